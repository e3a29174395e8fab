import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import { betaCdf, betaQuantile, binomialCdf, binomialMass, binomialSurvival } from "./beta-distribution.ts";
import { deLongAuc } from "./delong.ts";
import { chiSquaredQuantile, chiSquaredSurvival } from "./gamma-distribution.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { maxT } from "./max-t.ts";
import { mergeMoments, momentsOf } from "./moments.ts";
import { benjaminiHochberg, holm } from "./multiplicity.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { clopperPearson, wilson } from "./proportion.ts";
import { quantileOfSorted, sortedFinite, weightedQuantile } from "./quantile.ts";
import { studentQuantile, studentSurvival } from "./student-distribution.ts";

const share = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
const shape = fc.double({ min: 0.05, max: 5000, noNaN: true });
const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
const coarse = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 30 });

// The same cases in every run: a law that fails must fail for the one who broke it.
fc.configureGlobal({ seed: 20261123, numRuns: 200 });

describe("laws of distributions", () => {
  it("both tails add to 1 and mirror", () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        const beta = incompleteBeta(a, b, x);
        const gamma = incompleteGamma(a, b);
        expect(beta.lower + beta.upper).toBeCloseTo(1, 12);
        expect(gamma.lower + gamma.upper).toBeCloseTo(1, 12);
        expect(Math.abs(incompleteBeta(b, a, 1 - x, x).upper - beta.lower)).toBeLessThan(1e-12);
      }),
    );
  });

  it("quantiles invert", () => {
    fc.assert(
      // Below a shape of 1/2 the smallest quantiles underflow.
      fc.property(share, fc.double({ min: 0.5, max: 5000, noNaN: true }), shape, (p, a, b) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-12);
        expect(Math.abs(1 - studentSurvival(studentQuantile(p, a), a) - p)).toBeLessThan(1e-11);
        expect(Math.abs(1 - chiSquaredSurvival(chiSquaredQuantile(p, a), a) - p)).toBeLessThan(1e-11);
        // Where the density is high the nearest double is a step away: compare with the mass of two steps.
        const x = betaQuantile(p, a, b);
        const slack = betaCdf(x * (1 + 4e-16), a, b) - betaCdf(x * (1 - 4e-16), a, b);
        if (x < 0.999) expect(Math.abs(betaCdf(x, a, b) - p)).toBeLessThan(1e-11 + slack);
      }),
    );
  });

  it("a binomial adds up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), share, (n, p) => {
        let sum = 0;
        for (let k = 0; k <= n; k++) {
          sum += binomialMass(k, n, p);
          expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 12);
          expect(binomialCdf(k, n, p) + binomialSurvival(k, n, p)).toBeCloseTo(1, 12);
        }
      }),
    );
  });
});

describe("laws of summaries and tests", () => {
  it("moments merge in any split", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const merged = mergeMoments(momentsOf(a), momentsOf(b));
        const whole = momentsOf([...a, ...b]);
        expect(merged.n).toBe(whole.n);
        expect(Math.abs(merged.mean - whole.mean)).toBeLessThan(1e-9);
        expect(Math.abs(merged.m2 - whole.m2)).toBeLessThanOrEqual(1e-9 * Math.max(whole.m2, 1));
      }),
    );
  });

  it("quantiles lie between the extremes and do not fall as p rises", () => {
    fc.assert(
      fc.property(numbers, share, share, (values, p, q) => {
        const sorted = sortedFinite(values);
        const [low, high] = [Math.min(p, q), Math.max(p, q)];
        expect(quantileOfSorted(sorted, low)).toBeGreaterThanOrEqual(sorted[0] as number);
        expect(quantileOfSorted(sorted, low)).toBeLessThanOrEqual(quantileOfSorted(sorted, high));
        expect(quantileOfSorted(sorted, high)).toBeLessThanOrEqual(sorted[sorted.length - 1] as number);
      }),
    );
  });

  it("weight 2 is the row twice", () => {
    fc.assert(
      fc.property(coarse, share, (values, p) => {
        const weights = values.map((_, i) => 1 + (i % 2));
        const repeated = values.flatMap((value, i) => (i % 2 === 1 ? [value, value] : [value]));
        expect(weightedQuantile(values, weights, p)).toBe(
          weightedQuantile(
            repeated,
            repeated.map(() => 1),
            p,
          ),
        );
      }),
    );
  });

  it("AUC is kept by any increasing map of the scores and reversed by a decreasing one", () => {
    fc.assert(
      fc.property(coarse, coarse, (positive, negative) => {
        const plain = deLongAuc({ positive, negative });
        const cube = (v: number): number => v ** 3 + v;
        const mapped = deLongAuc({ positive: positive.map(cube), negative: negative.map(cube) });
        const reversed = deLongAuc({ positive: positive.map((v) => -v), negative: negative.map((v) => -v) });
        expect(mapped).toEqual(plain);
        expect(reversed.value).toBeCloseTo(1 - (plain.value as number), 12);
      }),
    );
  });

  it("Kolmogorov-Smirnov is symmetric, and its p falls as samples move apart", () => {
    fc.assert(
      fc.property(coarse, coarse, (a, b) => {
        const [x, y] = [sortedFinite(a), sortedFinite(b)];
        const forward = kolmogorovSmirnov(x, y);
        expect(relativeError(kolmogorovSmirnov(y, x).pValue as number, forward.pValue as number)).toBeLessThan(1e-9);
        const apart = kolmogorovSmirnov(
          x,
          y.map((v) => v + 100),
        );
        expect(apart.statistic).toBe(1);
        expect(apart.pValue).toBeLessThanOrEqual((forward.pValue as number) * (1 + 1e-9));
      }),
    );
  });

  it("adjusted p-values are never below the plain ones, and keep their order", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 20 }), (p) => {
        for (const { adjusted } of [benjaminiHochberg(p), holm(p)]) {
          p.forEach((value, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(value);
            p.forEach((other, j) => {
              if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] as number);
            });
          });
        }
        expect(holm(p).adjusted.every((value, i) => value >= (benjaminiHochberg(p).adjusted[i] as number))).toBe(true);
      }),
    );
  });

  it("max-T never gives a p below that of the hypothesis alone, nor above that in the whole family", () => {
    const draw = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(draw, { minLength: 1, maxLength: 30 }), draw, (draws, observed) => {
        const { adjusted } = maxT(draws, observed);
        observed.forEach((t, s) => {
          const alone = (1 + draws.filter((d) => (d[s] as number) >= t).length) / (draws.length + 1);
          const whole = (1 + draws.filter((d) => Math.max(...d) >= Math.min(...observed)).length) / (draws.length + 1);
          expect(adjusted[s]).toBeGreaterThanOrEqual(alone);
          expect(adjusted[s]).toBeLessThanOrEqual(whole);
        });
      }),
    );
  });

  it("intervals of a share hold it and mirror when hits and misses change places", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), share, (n, p) => {
        const hits = Math.round(n * p);
        for (const method of [wilson, clopperPearson]) {
          const interval = method(hits, n).interval;
          const mirrored = method(n - hits, n).interval;
          expect(interval?.low).toBeLessThanOrEqual(hits / n);
          expect(interval?.high).toBeGreaterThanOrEqual(hits / n);
          expect(interval?.low).toBeCloseTo(1 - (mirrored?.high ?? Number.NaN), 12);
        }
      }),
    );
  });
});
