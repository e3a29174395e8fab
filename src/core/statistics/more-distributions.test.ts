import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import {
  betaCdf,
  betaQuantile,
  betaSurvival,
  betaUpperQuantile,
  binomialCdf,
  binomialLogMass,
  binomialMass,
  binomialSurvival,
  fCdf,
  fSurvival,
} from "./beta-distribution.ts";
import {
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
  chiSquaredUpperQuantile,
  poissonCdf,
  poissonMass,
  poissonSurvival,
} from "./gamma-distribution.ts";
import { kolmogorovLimitSurvival, kolmogorovSurvival } from "./kolmogorov-distribution.ts";
import { kolmogorovSmirnov, kolmogorovSmirnovPValue } from "./kolmogorov-smirnov.ts";
import fixture from "./more-distributions.fixture.json" with { type: "json" };

function within(actual: number, expected: number, what: string, limit = 1e-12): string {
  return relativeError(actual, expected) < limit ? "close" : `${what}: ${actual}, expected ${expected}`;
}

describe("chi-squared, beta, F, binomial and Poisson", () => {
  it("have the tails of chi-squared that scipy has", () => {
    for (const [x, df, lower, upper] of fixture.chiSquared as [number, number, number, number][]) {
      expect(within(chiSquaredCdf(x, df), lower, `cdf ${x} ${df}`)).toBe("close");
      expect(within(chiSquaredSurvival(x, df), upper, `sf ${x} ${df}`)).toBe("close");
    }
  });

  it("have the quantiles of chi-squared from either end", () => {
    for (const [p, df, lower, upper] of fixture.chiSquaredQuantile as [number, number, number, number][]) {
      expect(within(chiSquaredQuantile(p, df), lower, `ppf ${p} ${df}`)).toBe("close");
      expect(within(chiSquaredUpperQuantile(p, df), upper, `isf ${p} ${df}`)).toBe("close");
    }
  });

  it("have the quantiles of beta from either end", () => {
    for (const [p, a, b, lower, upper] of fixture.betaQuantile as [number, number, number, number, number][]) {
      expect(within(betaQuantile(p, a, b), lower, `ppf ${p} ${a} ${b}`)).toBe("close");
      expect(within(betaUpperQuantile(p, a, b), upper, `isf ${p} ${a} ${b}`)).toBe("close");
      expect(within(betaCdf(lower, a, b), p, `cdf ${a} ${b}`, 1e-11)).toBe("close");
      // A double close to 1 cannot hold the tail beyond it to more digits.
      if (upper < 0.999) expect(within(betaSurvival(upper, a, b), p, `sf ${a} ${b}`, 1e-11)).toBe("close");
    }
  });

  it("have the tails of F", () => {
    for (const [x, a, b, lower, upper] of fixture.f as [number, number, number, number, number][]) {
      expect(within(fCdf(x, a, b), lower, `cdf ${x} ${a} ${b}`)).toBe("close");
      expect(within(fSurvival(x, a, b), upper, `sf ${x} ${a} ${b}`)).toBe("close");
    }
  });

  it("have mass and tails of the binomial", () => {
    for (const [k, n, p, logMass, lower, upper] of fixture.binomial as [
      number,
      number,
      number,
      number,
      number,
      number,
    ][]) {
      expect(Math.abs(binomialLogMass(k, n, p) - logMass)).toBeLessThan(1e-11 * Math.max(1, Math.abs(logMass)));
      expect(binomialMass(k, n, p)).toBe(Math.exp(binomialLogMass(k, n, p)));
      expect(within(binomialCdf(k, n, p), lower, `cdf ${k} ${n} ${p}`, 1e-12)).toBe("close");
      expect(within(binomialSurvival(k, n, p), upper, `sf ${k} ${n} ${p}`, 1e-12)).toBe("close");
    }
  });

  it("have mass and tails of the Poisson", () => {
    for (const [k, mean, mass, lower, upper] of fixture.poisson as [number, number, number, number, number][]) {
      expect(within(poissonMass(k, mean), mass, `pmf ${k} ${mean}`, 1e-12)).toBe("close");
      expect(within(poissonCdf(k, mean), lower, `cdf ${k} ${mean}`, 1e-12)).toBe("close");
      expect(within(poissonSurvival(k, mean), upper, `sf ${k} ${mean}`, 1e-12)).toBe("close");
    }
  });

  it("answer at the edges and outside their domain", () => {
    expect(chiSquaredSurvival(-1, 3)).toBe(1);
    expect(chiSquaredSurvival(1, 0)).toBeNaN();
    expect(chiSquaredQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(chiSquaredQuantile(-1, 3)).toBeNaN();
    expect(betaQuantile(0, 2, 3)).toBe(0);
    expect(betaQuantile(1, 2, 3)).toBe(1);
    expect(betaQuantile(0.5, 0, 3)).toBeNaN();
    expect(fSurvival(-1, 1, 1)).toBe(1);
    expect(fSurvival(1, 0, 1)).toBeNaN();
    expect(binomialMass(3, 2, 0.5)).toBe(0);
    expect(binomialMass(0, 5, 0)).toBe(1);
    expect(binomialCdf(-1, 5, 0.5)).toBe(0);
    expect(binomialSurvival(5, 5, 0.5)).toBe(0);
    expect(binomialCdf(1, 2, 1.5)).toBeNaN();
    expect(poissonCdf(-1, 2)).toBe(0);
    expect(poissonMass(0, 0)).toBe(1);
    expect(poissonMass(1, -1)).toBeNaN();
  });
});

describe("Kolmogorov and Smirnov", () => {
  it("have scipy's one-sample law for any n, in the tail too", () => {
    for (const [d, n, upper] of fixture.kolmogorovOne as [number, number, number][]) {
      // scipy's own one-sided tail beyond a million terms, and 1 - cdf in the middle, limit what can be compared.
      expect(within(kolmogorovSurvival(d, n), upper, `d=${d} n=${n}`, 1e-9)).toBe("close");
    }
    for (const [x, upper] of fixture.kolmogorovLimit as [number, number][]) {
      expect(within(kolmogorovLimitSurvival(x), upper, `x=${x}`)).toBe("close");
    }
  });

  it("have scipy's statistic and exact p on samples, with ties", () => {
    for (const [a, b, statistic, p] of fixture.ksSamples as [number[], number[], number, number][]) {
      const result = kolmogorovSmirnov(a, b);
      expect(within(result.statistic as number, statistic, "statistic")).toBe("close");
      expect(within(result.pValue as number, p, `p of ${a.length} v ${b.length}`, 1e-10)).toBe("close");
    }
  });

  it("have scipy's p by size, exact up to 10,000 and asymptotic beyond", () => {
    for (const [d, n, m, p] of fixture.ksSizes as [number, number, number, number][]) {
      expect(within(kolmogorovSmirnovPValue(d, n, m), p, `d=${d} ${n} v ${m}`, 1e-8)).toBe("close");
    }
  });

  it("say why there is no test of an empty sample", () => {
    expect(kolmogorovSmirnov([], [1])).toMatchObject({
      statistic: null,
      pValue: null,
      reason: "a sample has no values",
    });
    expect(kolmogorovSmirnovPValue(Number.NaN, 3, 3)).toBeNaN();
    expect(kolmogorovSurvival(0.2, 0)).toBeNaN();
    expect(kolmogorovSmirnov([1, Number.NaN], [0, 2]).reason).toBe("a value is not a number");
    expect(kolmogorovSmirnov([1, 2], [1, 2]).pValue).toBe(1);
    expect(kolmogorovSmirnov([1, 2], [3, 4]).statistic).toBe(1);
  });
});
