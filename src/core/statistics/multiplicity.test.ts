import { describe, expect, it } from "vitest";
import fixture from "./classical.fixture.json" with { type: "json" };
import { dersimonianLaird, probabilityOfLoss } from "./empirical-bayes.ts";
import { benjaminiHochberg, benjaminiYekutieli, eBenjaminiHochberg, holm, mergeEValues } from "./multiplicity.ts";
import { createRandom } from "./random.ts";

describe("corrections for many hypotheses", () => {
  it("equal statsmodels", () => {
    const { p, bh, by, holm: byHolm } = fixture.multiplicity;
    const cases = [
      [benjaminiHochberg(p), bh],
      [benjaminiYekutieli(p), by],
      [holm(p), byHolm],
    ] as const;
    for (const [result, expected] of cases) {
      expected.forEach((value, i) => expect(result.adjusted[i]).toBeCloseTo(value, 13));
    }
  });

  it("leave NaN out of the family", () => {
    const result = benjaminiHochberg([0.01, Number.NaN, 0.04]);
    expect(result.family).toBe(2);
    expect(Array.from(result.adjusted)).toEqual([0.02, Number.NaN, 0.04]);
    expect(holm([]).family).toBe(0);
  });

  it("reject by e-BH what its definition rejects", () => {
    expect(eBenjaminiHochberg([50, 1, 30, 0.2, Number.NaN], 0.1)).toEqual({
      rejected: [true, false, true, false, false],
      family: 4,
    });
    expect(eBenjaminiHochberg([39, 1, 1, 1], 0.1).rejected).toEqual([false, false, false, false]);
    expect(eBenjaminiHochberg([Number.POSITIVE_INFINITY, 1], 0.1).rejected).toEqual([true, false]);
  });

  it("merge e-values by their mean", () => {
    expect(mergeEValues([4, Number.NaN, 0])).toBe(2);
    expect(mergeEValues([])).toBeNaN();
    expect(mergeEValues([Number.POSITIVE_INFINITY, 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it("keep the false discovery rate of e-BH under strong dependence", () => {
    const random = createRandom(12);
    let discoveries = 0;
    for (let t = 0; t < 4000; t++) {
      const shared = random.nextNormal();
      // Likelihood ratios of N(2, 1) against N(0, 1), all on nearly the same draw: every rejection is false.
      const e = Array.from({ length: 10 }, () => Math.exp(2 * (0.95 * shared + 0.312 * random.nextNormal()) - 2));
      if (eBenjaminiHochberg(e, 0.1).rejected.includes(true)) discoveries++;
    }
    expect(discoveries / 4000).toBeLessThan(0.1);
  });
});

describe("empirical Bayes", () => {
  it("has the between-slice variance, mean and Q of statsmodels", () => {
    const { d, se, tau2, q, mean, meanError } = fixture.dersimonianLaird;
    const result = dersimonianLaird(d, se);
    expect(result.betweenVariance).toBeCloseTo(tau2, 12);
    expect(result.q).toBeCloseTo(q, 11);
    expect(result.mean).toBeCloseTo(mean, 12);
    expect(result.meanStandardError).toBeCloseTo(meanError, 12);
  });

  it("leaves unusable slices null and does not shrink a single one", () => {
    const result = dersimonianLaird([1, Number.NaN, 2, 3, 4], [1, 1, 0, 1, Number.POSITIVE_INFINITY]);
    expect(result.n).toBe(2);
    expect(result.slices.map((s) => s !== null)).toEqual([true, false, false, true, false]);
    expect(dersimonianLaird([1], [1])).toMatchObject({ mean: null, n: 1, slices: [null] });
    expect(dersimonianLaird([1], [1]).reason).toContain("fewer than two");
  });

  it("draws everything to the mean when slices differ by no more than noise", () => {
    const result = dersimonianLaird([0.1, -0.1, 0.05], [1, 1, 1]);
    expect(result.betweenVariance).toBe(0);
    expect(result.slices[0]?.shrinkage).toBe(1);
    expect(result.slices[0]?.value).toBeCloseTo(0.05 / 3, 14);
    expect(
      probabilityOfLoss(
        { value: 0, standardError: 1, interval: { low: 0, high: 0, confidence: 0.95 }, shrinkage: 0 },
        0,
      ),
    ).toBe(0.5);
  });

  it("cuts the squared error of 40 slices of 20 to 2,000 units to about a third of the raw one", () => {
    const random = createRandom(40);
    let raw = 0;
    let shrunk = 0;
    let oracle = 0;
    let covered = 0;
    const trials = 400;
    for (let t = 0; t < trials; t++) {
      const truth: number[] = [];
      const d: number[] = [];
      const se: number[] = [];
      for (let s = 0; s < 40; s++) {
        const n = 20 * 100 ** random.next();
        const error = 0.5 / Math.sqrt(n);
        truth.push(0.01 + 0.045 * random.nextNormal());
        oracle += (error * 0.045) ** 2 / (error ** 2 + 0.045 ** 2);
        se.push(error);
        d.push((truth[s] as number) + error * random.nextNormal());
      }
      const result = dersimonianLaird(d, se);
      for (let s = 0; s < 40; s++) {
        const slice = result.slices[s];
        if (!slice) throw new Error("every slice is usable here");
        raw += ((d[s] as number) - (truth[s] as number)) ** 2;
        shrunk += (slice.value - (truth[s] as number)) ** 2;
        if (slice.interval.low <= (truth[s] as number) && slice.interval.high >= (truth[s] as number)) covered++;
      }
    }
    // Knowing mean and spread of the truth would give `oracle`; estimating them costs little.
    expect(shrunk / oracle).toBeGreaterThan(0.97);
    expect(shrunk / oracle).toBeLessThan(1.15);
    expect(shrunk / raw).toBeLessThan(0.42);
    expect(covered / (40 * trials)).toBeGreaterThan(0.93);
    expect(covered / (40 * trials)).toBeLessThan(0.97);
  });
});
