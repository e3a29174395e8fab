import fc from "fast-check";
import { expect, test } from "vitest";
import { type Datatype, datatypes, type Tensor } from "./tensor.ts";
import { bytesToTensor, tensorToBytes } from "./tensor-bytes.ts";

test("tensors of every type survive the way into bytes and back, wherever in a buffer the bytes stand", () => {
  const pool = Buffer.alloc(4096, 0xa5);
  fc.assert(
    fc.property(
      fc.constantFrom<Datatype>(...datatypes.filter((datatype) => datatype !== "BYTES" && datatype !== "FP16")),
      fc.integer({ min: 0, max: 63 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (datatype, at, content) => {
        const count = datatype.endsWith("64") ? 4 : datatype.endsWith("32") ? 8 : datatype.endsWith("16") ? 16 : 32;
        const clean = datatype === "BOOL" ? content.map((byte) => byte & 1) : content;
        pool.set(clean, at);
        const data = bytesToTensor("x", datatype, count, pool.subarray(at, at + 32));
        pool.fill(0xa5);
        const tensor = { name: "x", datatype, shape: [count], data } as Tensor;
        expect(data).toHaveLength(count);
        expect(Buffer.from(tensorToBytes(tensor)).equals(clean)).toBe(true);
      },
    ),
    { seed: 11 },
  );
});

test("texts and bytes that are no text survive the way into bytes and back", () => {
  const data = ["Zoë", "", Uint8Array.of(0xff, 0, 0xfe)];
  const bytes = tensorToBytes({ name: "x", datatype: "BYTES", shape: [3], data });
  expect(bytesToTensor("x", "BYTES", 3, Buffer.from(bytes))).toEqual(data);
});

test("bytes of another length than the shape needs are refused with both numbers", () => {
  expect(() => bytesToTensor("x", "FP32", 2, new Uint8Array(7))).toThrow(/has 7 bytes; its shape and datatype need 8/);
  expect(() => bytesToTensor("x", "BYTES", 1, Uint8Array.of(9, 0, 0, 0, 65))).toThrow(/do not hold 1 elements/);
});
