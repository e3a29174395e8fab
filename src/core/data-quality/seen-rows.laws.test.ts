import fc from "fast-check";
import { expect, test } from "vitest";
import { SeenRows } from "./seen-rows.ts";
import { type Hash, hashText } from "./text-hash.ts";

const hash = (text: string): Hash => {
  const into = { lo: 0, hi: 0 };
  hashText(text, into);
  return into;
};

test("up to the limit, repeats and distinct rows are exactly those of a set", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 3000 }), (values) => {
      const seen = new SeenRows(5000);
      const truth = new Set<number>();
      for (const value of values) {
        const { lo, hi } = hash(String(value));
        expect(seen.add(lo, hi)).toBe(truth.has(value));
        truth.add(value);
      }
      const counts = values.map((value) => values.filter((other) => other === value).length);
      expect(seen.exact).toBe(true);
      expect(seen.distinct).toBe(truth.size);
      expect(seen.repeats).toBe(values.length - truth.size);
      expect(seen.mostRepeated).toBe(Math.max(1, ...counts));
    }),
    { numRuns: 30 },
  );
});

test("beyond the limit, counts are estimates within a few percent and say so", () => {
  const seen = new SeenRows(20_000);
  for (let i = 0; i < 300_000; i++) {
    const { lo, hi } = hash(String(i % 200_000));
    seen.add(lo, hi);
  }
  expect(seen.exact).toBe(false);
  expect(seen.distinct / 200_000).toBeCloseTo(1, 1);
  expect(seen.repeats / 100_000).toBeCloseTo(1, 1);
});
