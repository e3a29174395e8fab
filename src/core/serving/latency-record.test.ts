import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyRecord } from "./latency-record.ts";

test("quantiles are within 1% of the sorted durations' own", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.002, max: 60_000, noNaN: true }), { minLength: 20, maxLength: 400 }),
      fc.constantFrom(0.1, 0.25, 0.5),
      (durations, share) => {
        const record = new LatencyRecord();
        for (const duration of durations) record.add(duration);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1]!;
        const found = record.quantile(share)!;
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(found).toBeLessThanOrEqual(exact * 1.0101);
      },
    ),
    { seed: 3 },
  );
});

test("a quantile with fewer than ten durations beyond it is not given", () => {
  const record = new LatencyRecord();
  for (let i = 0; i < 999; i++) record.add(1);
  expect(record.quantile(0.99)).toBeNull();
  record.add(1);
  expect(record.quantile(0.99)).toBe(1);
  expect(record.quantile(0.999)).toBeNull();
  expect(new LatencyRecord().mean).toBeNull();
});
