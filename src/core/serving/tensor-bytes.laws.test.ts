import fc from "fast-check";
import { expect, test } from "vitest";
import { halfToNumber, numberToHalf } from "./half-float.ts";
import { allocate, type Datatype, datatypes, joinRows, sliceRows, takeRows, type Tensor } from "./tensor.ts";
import { bytesToTensor, tensorToBytes } from "./tensor-bytes.ts";

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    datatype: fc.constantFrom(...datatypes),
    rows: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  })
  .map(({ datatype, rows, width, seed }) => {
    const count = rows * width;
    const shape = [rows, width];
    if (datatype === "BYTES") {
      return {
        name: "t",
        datatype,
        shape,
        data: Array.from({ length: count }, (_, i) => `é${(seed * (i + 1)) % 977}`),
      };
    }
    const data = allocate(datatype, count);
    for (let i = 0; i < count; i++) {
      const value = datatype === "BOOL" ? (seed + i) % 2 : (seed * (i + 3)) % 101;
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
      else data[i] = value;
    }
    return { name: "t", datatype: datatype as Datatype, shape, data };
  });

test("a tensor of any datatype comes back from its bytes", () => {
  fc.assert(
    fc.property(tensor, (given) => {
      const count = given.shape[0]! * given.shape[1]!;
      expect(bytesToTensor("t", given.datatype, count, tensorToBytes(given))).toEqual(given.data);
    }),
  );
});

test("texts that are not UTF-8 keep their bytes", () => {
  const bytes = Uint8Array.from([2, 0, 0, 0, 0xff, 0xfe]);
  const data = bytesToTensor("t", "BYTES", 1, bytes);
  expect(tensorToBytes({ name: "t", datatype: "BYTES", shape: [1], data })).toEqual(bytes);
});

test("bytes of another number than the shape needs are refused", () => {
  for (const datatype of datatypes) {
    expect(() => bytesToTensor("t", datatype, 2, new Uint8Array(3))).toThrow(/bytes/);
  }
  expect(() => bytesToTensor("t", "BYTES", 1, Uint8Array.from([255, 255, 255, 255, 1]))).toThrow(/elements/);
});

test("parts of a tensor joined again are the tensor, and rows are taken in the order asked", () => {
  fc.assert(
    fc.property(tensor, fc.nat(5), (given, cut) => {
      const rows = given.shape[0]!;
      const at = cut % (rows + 1);
      const parts = [sliceRows(given, 0, at), sliceRows(given, at, rows)].filter((part) => part.shape[0]! > 0);
      expect(joinRows(parts).data).toEqual(given.data);
      const back = takeRows(takeRows(given, [...Array(rows).keys()].reverse()), [...Array(rows).keys()].reverse());
      expect(back.data).toEqual(given.data);
    }),
  );
});

test("every 16-bit float survives the way through a number", () => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = halfToNumber(bits);
    if (Number.isNaN(value)) expect(Number.isNaN(halfToNumber(numberToHalf(value)))).toBe(true);
    else expect(numberToHalf(value)).toBe(bits);
  }
});

test("numbers between two 16-bit floats go to the nearer one", () => {
  fc.assert(
    fc.property(fc.double({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
      const bits = numberToHalf(value);
      const error = Math.abs(halfToNumber(bits) - value);
      for (const other of [bits - 1, bits + 1]) {
        const near = halfToNumber(other & 0xffff);
        if (Number.isFinite(near)) expect(error).toBeLessThanOrEqual(Math.abs(near - value));
      }
    }),
  );
});
