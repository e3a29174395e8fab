import { expect, test } from "vitest";
import type { Table } from "../tables/table.ts";
import { makeFrame } from "./make-frame.ts";
import { createProfile, createProfiler } from "./profile.ts";
import { summariseProfile } from "./profile-summary.ts";

function summaryOf(values: Float64Array) {
  const table: Table = {
    rows: values.length,
    firstRow: 0,
    columns: new Map([["x", { name: "x", kind: "number", values }]]),
  };
  const frame = makeFrame(table);
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, table);
  return summariseProfile(profile)[0]!;
}

test("values too large to square have extremes and quantiles, and no moments instead of NaN", () => {
  const summary = summaryOf(Float64Array.of(-1e308, 0, 1, 1e308));
  expect(summary).toMatchObject({ minimum: -1e308, maximum: 1e308, sd: null, kurtosis: null });
});

test("a constant column has its value as mean and median, deviation 0, and no shape", () => {
  const summary = summaryOf(new Float64Array(40).fill(0.1));
  expect(summary).toMatchObject({ mean: 0.1, sd: 0, skewness: null, distinct: 1 });
  expect(summary.quantiles["0.5"]).toBe(0.1);
});

test("0 and -0 are one value", () => {
  expect(summaryOf(Float64Array.of(0, -0, 0, -0)).distinct).toBe(1);
});
