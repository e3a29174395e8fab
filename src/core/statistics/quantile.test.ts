import { describe, expect, it } from "vitest";
import fixture from "./quantile.fixture.json" with { type: "json" };
import { median, quantileOfSorted, quantiles, weightedQuantile } from "./quantile.ts";

describe("quantiles", () => {
  it("equal numpy's default (type 7)", () => {
    for (const [values, ps, expected] of fixture.quantiles as [number[], number[], number[]][]) {
      quantiles(values, ps).forEach((q, i) => expect(q).toBeCloseTo(expected[i] as number, 14));
    }
  });

  it("equal numpy's weighted inverted_cdf", () => {
    for (const [values, weights, p, expected] of fixture.weighted as [number[], number[], number, number][]) {
      expect(weightedQuantile(values, weights, p)).toBe(expected);
    }
  });

  it("leave NaN out and answer NaN when nothing is left", () => {
    expect(median([Number.NaN, 3, 1, Number.NaN, 2])).toBe(2);
    expect(median([])).toBeNaN();
    expect(median([Number.NaN])).toBeNaN();
    expect(weightedQuantile([1, Number.NaN], [0, 5], 0.5)).toBeNaN();
    expect(quantileOfSorted([1, 2], 1.1)).toBeNaN();
  });

  it("keep infinities without turning them into NaN", () => {
    const sorted = [Number.NEGATIVE_INFINITY, 0, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(quantileOfSorted(sorted, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(quantileOfSorted(sorted, 0.9)).toBe(Number.POSITIVE_INFINITY);
    expect(quantileOfSorted(sorted, 0.6)).not.toBeNaN();
  });

  it("do not change the input", () => {
    const values = [3, 1, 2];
    quantiles(values, [0.5]);
    expect(values).toEqual([3, 1, 2]);
  });
});
