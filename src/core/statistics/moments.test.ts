import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import fixture from "./classical.fixture.json" with { type: "json" };
import { midranks } from "./midranks.ts";
import {
  addValue,
  excessKurtosis,
  mergeMoments,
  momentsOf,
  noMoments,
  sampleVariance,
  skewness,
  standardErrorOfMean,
} from "./moments.ts";
import { createRandom } from "./random.ts";

describe("moments", () => {
  it("equal numpy and scipy, also far from zero", () => {
    for (const [values, mean, variance, skew, kurtosis] of fixture.moments as [
      number[],
      number,
      number,
      number,
      number,
    ][]) {
      const moments = momentsOf(values);
      expect(relativeError(moments.mean, mean)).toBeLessThan(1e-14);
      expect(relativeError(sampleVariance(moments), variance)).toBeLessThan(1e-12);
      expect(Math.abs(skewness(moments) - skew)).toBeLessThan(1e-9);
      expect(Math.abs(excessKurtosis(moments) - kurtosis)).toBeLessThan(1e-9);
    }
  });

  it("merge in any split, and one value at a time, to those of one pass", () => {
    const random = createRandom(5);
    const values = Array.from({ length: 999 }, () => 1000 + random.nextNormal() ** 3);
    const whole = momentsOf(values);
    const halves = mergeMoments(momentsOf(values.slice(0, 13)), momentsOf(values.slice(13)));
    const single = values.reduce(addValue, noMoments);
    for (const other of [halves, single]) {
      expect(other.n).toBe(999);
      expect(other.minimum).toBe(whole.minimum);
      expect(other.maximum).toBe(whole.maximum);
      for (const key of ["mean", "m2", "m3", "m4"] as const) {
        expect(relativeError(other[key], whole[key]), `of ${key}`).toBeLessThan(1e-9);
      }
    }
    expect(mergeMoments(noMoments, whole)).toBe(whole);
    expect(mergeMoments(whole, noMoments)).toBe(whole);
  });

  it("say NaN where they say nothing: no value, one value, no spread, an infinity", () => {
    expect(momentsOf([]).mean).toBeNaN();
    expect(sampleVariance(momentsOf([]))).toBeNaN();
    expect(sampleVariance(momentsOf([3]))).toBeNaN();
    expect(sampleVariance(momentsOf([3, 3]))).toBe(0);
    expect(skewness(momentsOf([3, 3]))).toBeNaN();
    expect(excessKurtosis(momentsOf([3, 3]))).toBeNaN();
    expect(momentsOf([Number.NaN, 2, 4])).toMatchObject({ n: 2, mean: 3, m2: 2 });
    expect(momentsOf([1, Number.POSITIVE_INFINITY]).mean).toBe(Number.POSITIVE_INFINITY);
    expect(sampleVariance(momentsOf([1, Number.POSITIVE_INFINITY]))).toBeNaN();
    expect(addValue(noMoments, Number.NaN)).toBe(noMoments);
    expect(standardErrorOfMean(momentsOf([1, 3]))).toBe(1);
  });
});

describe("midranks", () => {
  it("equal scipy's rankdata with ties", () => {
    const [values, ranks] = fixture.midranks as [number[], number[]];
    expect(Array.from(midranks(values))).toEqual(ranks);
  });

  it("leave NaN without a rank and rank infinities at the ends", () => {
    expect(Array.from(midranks([Number.POSITIVE_INFINITY, Number.NaN, 2, Number.NEGATIVE_INFINITY, 2]))).toEqual([
      4,
      Number.NaN,
      2.5,
      1,
      2.5,
    ]);
    expect(midranks([]).length).toBe(0);
  });
});
