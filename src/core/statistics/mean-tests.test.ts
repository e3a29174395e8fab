import { describe, expect, it } from "vitest";
import fixture from "./classical.fixture.json" with { type: "json" };
import { studentMean, welchDifference } from "./mean-tests.ts";
import { momentsOf } from "./moments.ts";

describe("means", () => {
  it("have Welch's test and interval of scipy", () => {
    const { first, second, statistic, p, df, interval } = fixture.welch;
    const result = welchDifference(momentsOf(first), momentsOf(second));
    expect(result.statistic).toBeCloseTo(statistic, 12);
    expect(result.degreesOfFreedom).toBeCloseTo(df, 11);
    expect(result.pValue).toBeCloseTo(p, 13);
    expect(result.interval?.low).toBeCloseTo(interval[0] as number, 12);
    expect(result.interval?.high).toBeCloseTo(interval[1] as number, 12);
  });

  it("have Student's one-sample test and interval of scipy", () => {
    const [statistic, p, low, high] = fixture.welch.one as [number, number, number, number];
    const result = studentMean(momentsOf(fixture.welch.second), 0.95, 0.2);
    expect(result.statistic).toBeCloseTo(statistic, 12);
    expect(result.pValue).toBeCloseTo(p, 13);
    expect(result.interval?.low).toBeCloseTo(low, 12);
    expect(result.interval?.high).toBeCloseTo(high, 12);
  });

  it("say why there is no interval, and keep the value where there is one", () => {
    expect(studentMean(momentsOf([]))).toMatchObject({ value: null, pValue: null, reason: "there are no values" });
    expect(studentMean(momentsOf([4]))).toMatchObject({
      value: 4,
      interval: null,
      reason: "one value says nothing about spread",
    });
    expect(studentMean(momentsOf([1, Number.POSITIVE_INFINITY]))).toMatchObject({
      value: null,
      reason: "a value is not finite",
    });
    expect(welchDifference(momentsOf([1]), momentsOf([1, 2])).reason).toBe("each side needs two values");
  });

  it("answer p = 1 or 0 when nothing varies", () => {
    expect(studentMean(momentsOf([2, 2, 2]), 0.95, 2).pValue).toBe(1);
    expect(studentMean(momentsOf([2, 2, 2]), 0.95, 0).pValue).toBe(0);
    expect(welchDifference(momentsOf([1, 1]), momentsOf([1, 1])).pValue).toBe(1);
    expect(welchDifference(momentsOf([1, 1]), momentsOf([2, 2]))).toMatchObject({
      value: 1,
      pValue: 0,
      interval: { low: 1, high: 1 },
    });
  });
});
