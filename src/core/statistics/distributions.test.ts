import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import fixture from "./distributions.fixture.json" with { type: "json" };
import {
  normalCdf,
  normalQuantile,
  normalSurvival,
  normalTwoSided,
  normalUpperQuantile,
} from "./normal-distribution.ts";
import {
  studentCdf,
  studentQuantile,
  studentSurvival,
  studentTwoSided,
  studentUpperQuantile,
} from "./student-distribution.ts";

describe("the normal distribution", () => {
  it("has both tails within 1e-12 of mpmath, 38 standard deviations out", () => {
    for (const [z, lower, upper] of fixture.normal as [number, number, number][]) {
      expect(relativeError(normalCdf(z), lower), `cdf ${z}`).toBeLessThan(1e-12);
      expect(relativeError(normalSurvival(z), upper), `sf ${z}`).toBeLessThan(1e-12);
    }
    expect(normalTwoSided(-1.959963984540054)).toBeCloseTo(0.05, 15);
  });

  it("has quantiles within 1e-14 of mpmath, down to p = 1e-300", () => {
    for (const [p, z] of fixture.normalQuantile as [number, number][]) {
      expect(relativeError(normalQuantile(p), z), `p=${p}`).toBeLessThan(1e-14);
      expect(normalUpperQuantile(p)).toBe(-normalQuantile(p));
    }
  });

  it("has infinite quantiles at 0 and 1 and none outside", () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(Number.NaN)).toBeNaN();
  });
});

describe("Student's t", () => {
  it("has its upper tail within 1e-12 of mpmath", () => {
    for (const [t, df, upper] of fixture.student as [number, number, number][]) {
      expect(relativeError(studentSurvival(t, df), upper), `t=${t} df=${df}`).toBeLessThan(1e-12);
      expect(studentCdf(-t, df)).toBe(studentSurvival(t, df));
      expect(studentTwoSided(-t, df)).toBe(2 * studentSurvival(t, df));
    }
  });

  it("has quantiles within 1e-12 of mpmath", () => {
    for (const [q, df, t] of fixture.studentQuantile as [number, number, number][]) {
      expect(relativeError(studentUpperQuantile(q, df), t), `q=${q} df=${df}`).toBeLessThan(1e-12);
      expect(studentQuantile(q, df)).toBe(-studentUpperQuantile(q, df));
    }
  });

  it("goes over into the normal for very many degrees of freedom", () => {
    // 1.9599639847772812 is scipy's t.isf(0.025, 1e10); 2.8665157187924225e-07 its t.sf(5, 1e15).
    expect(relativeError(studentUpperQuantile(0.025, 1e10), 1.9599639847772812)).toBeLessThan(1e-14);
    expect(relativeError(studentSurvival(5, 1e15), 2.8665157187924225e-7)).toBeLessThan(1e-13);
    expect(studentUpperQuantile(0.025, 1e300)).toBe(normalUpperQuantile(0.025));
  });

  it("is the normal at infinite degrees of freedom and has defined edges", () => {
    expect(studentUpperQuantile(0.025, Number.POSITIVE_INFINITY)).toBe(normalUpperQuantile(0.025));
    expect(studentSurvival(2, Number.POSITIVE_INFINITY)).toBe(normalSurvival(2));
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentQuantile(0, 3)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(studentQuantile(0.9, 0)).toBeNaN();
    expect(studentSurvival(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentSurvival(1, -1)).toBeNaN();
  });
});
