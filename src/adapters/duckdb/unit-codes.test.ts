import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldOfText, KeyCodes, OffsetCodes } from "./unit-codes.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });

describe("codes of 64-bit keys", () => {
  it("are those of a map by first appearance, however many keys there are and where the calls are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.integer({ min: 0, max: 3 })), { maxLength: 12_000 }),
        fc.nat(),
        (keys, cut) => {
          const known = new Map<string, number>();
          const expected = keys.map(([low, high]) => {
            const key = `${low},${high}`;
            if (!known.has(key)) known.set(key, known.size);
            return known.get(key);
          });
          const codes = new KeyCodes();
          const words = Uint32Array.from(keys.flat());
          const out = new Uint32Array(keys.length);
          const first = keys.length === 0 ? 0 : cut % keys.length;
          codes.encode(words, first, out, null, 0);
          codes.encode(words.subarray(2 * first), keys.length - first, out, null, first);
          expect([...out]).toEqual(expected);
          for (const [i, [low, high]] of keys.entries()) expect(codes.code(low, high)).toBe(expected[i]);
        },
      ),
      { numRuns: 20, seed: 1 },
    );
  });

  it("keep the fold that was announced, past growing", () => {
    const codes = new KeyCodes();
    for (let i = 0; i < 20_000; i++) codes.announce(i * 7, i, i % 256);
    const words = Uint32Array.from({ length: 40_000 }, (_, at) => (at % 2 === 0 ? (at / 2) * 7 : (at - 1) / 2));
    const folds = new Uint8Array(20_000);
    codes.encode(words, 20_000, new Uint32Array(20_000), folds, 0);
    expect([...folds]).toEqual(Array.from({ length: 20_000 }, (_, i) => i % 256));
  });
});

describe("codes of small integers", () => {
  it("fold the number's text, and rows without a unit as the empty text", () => {
    const codes = new OffsetCodes(-5n, 100, true);
    expect([codes.code(7), codes.code(0), codes.code(7), codes.codeOfNull(), codes.code(1)]).toEqual([0, 1, 0, 2, 3]);
    expect([0, 1, 2, 3].map((code) => codes.foldOf(code))).toEqual(["2", "-5", "", "-4"].map(foldOfText));
  });
});
