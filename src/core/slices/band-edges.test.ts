import { expect, test } from "vitest";
import { createQuantileSample } from "./band-edges.ts";

test("values that alternate with the row number are both kept, in equal parts, of more than fit", () => {
  for (const capacity of [100, 101]) {
    const sample = createQuantileSample(capacity);
    for (let from = 0; from < 2000; from += 40) {
      sample.add(
        Float64Array.from({ length: 40 }, (_, i) => (from + i) % 2),
        40,
        undefined,
      );
    }
    const kept = sample.sorted();
    expect(kept.length).toBeGreaterThanOrEqual(50);
    expect(kept.length).toBeLessThanOrEqual(capacity);
    const ones = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    expect(ones).toBeGreaterThan(0.3);
    expect(ones).toBeLessThan(0.7);
  }
});

test("the same rows are kept however they come, and all below the capacity", () => {
  const values = Float64Array.from({ length: 1777 }, (_, row) => row);
  const kept = [1777, 100, 7].map((length) => {
    const sample = createQuantileSample(64);
    for (let from = 0; from < 1777; from += length) {
      const part = values.subarray(from, from + length);
      sample.add(part, part.length, undefined);
    }
    return [...sample.sorted()];
  });
  expect(kept[1]).toEqual(kept[0]);
  expect(kept[2]).toEqual(kept[0]);
  const all = createQuantileSample(2000);
  all.add(values, values.length, undefined);
  expect([...all.sorted()]).toEqual([...values]);
});
