import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../failures.ts";
import { decodeArrayDocument, encodeArrayDocument } from "./array-document.ts";

const leaf = fc.oneof(
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.float64Array(),
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
);
// -0 is written as 0 by JSON; typed arrays keep it.
const document = fc
  .dictionary(
    fc.string({ maxLength: 5 }).filter((key) => !key.startsWith("$") && key !== "__proto__"),
    fc.oneof(leaf, fc.array(leaf, { maxLength: 4 })),
  )
  .filter((value) => !JSON.stringify(value).includes("-0"));

describe("the array document", () => {
  it("gives back every bit of what was written", () => {
    fc.assert(
      fc.property(document, (value) => {
        const back = decodeArrayDocument(encodeArrayDocument(value), "record");
        expect(encodeArrayDocument(back)).toEqual(encodeArrayDocument(value));
      }),
    );
  });

  it("reads bytes that lie inside a larger buffer, as a file's do", () => {
    const bytes = encodeArrayDocument({ a: Float64Array.of(1, 2, 3) });
    const inside = Buffer.concat([Buffer.from("xxxxxxxx"), bytes]).subarray(8);
    expect(decodeArrayDocument(inside, "record")).toEqual({ a: Float64Array.of(1, 2, 3) });
  });

  it("refuses any changed bit behind the head, never with wrong data", () => {
    const bytes = encodeArrayDocument({ a: Float64Array.of(1, 2, 3), b: Uint8Array.of(1, 2, 3), c: "text" });
    for (let bit = 16 * 8; bit < bytes.length * 8; bit++) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeArrayDocument(changed, "record")).toThrow(Failure);
    }
  });

  it("refuses any cut of its bytes with a failure, never with wrong data", () => {
    const bytes = encodeArrayDocument({ a: Float64Array.of(1, 2, 3), m: new Map([["x", Number.NaN]]) });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeArrayDocument(bytes.subarray(0, length), "record")).toThrow(Failure);
    }
  });
});
