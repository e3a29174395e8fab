import { describe, expect, it } from "vitest";
import { additiveShrinkage } from "./additive-shrinkage.ts";
import fixture from "./classical.fixture.json" with { type: "json" };
import { dersimonianLaird } from "./empirical-bayes.ts";
import { createRandom } from "./random.ts";

describe("shrinkage of crossed slices", () => {
  it("is plain DerSimonian-Laird without columns", () => {
    const { d, se } = fixture.dersimonianLaird;
    const additive = additiveShrinkage(
      d,
      se,
      d.map(() => []),
    );
    const plain = dersimonianLaird(d, se);
    expect(additive.betweenVariance).toBeCloseTo(plain.betweenVariance as number, 12);
    plain.slices.forEach((slice, i) => {
      expect(additive.slices[i]?.value).toBeCloseTo(slice?.value ?? Number.NaN, 12);
      expect(additive.slices[i]?.standardError).toBeCloseTo(slice?.standardError ?? Number.NaN, 12);
    });
  });

  it("finds the additive fit exactly where the cells are additive", () => {
    const factors = [0, 1, 2].flatMap((a) => [0, 1, 2, 3].map((b) => [a, b] as const));
    const d = factors.map(([a, b]) => 0.1 * a - 0.03 * b + 0.5);
    const result = additiveShrinkage(
      d,
      factors.map((_, i) => 0.1 + 0.02 * i),
      factors,
    );
    expect(result.betweenVariance).toBe(0);
    d.forEach((value, i) => expect(result.priorMeans[i]).toBeCloseTo(value, 12));
  });

  it("has the coefficients, variance and trace of numpy's pseudo-inverse on unbalanced cells", () => {
    const { d, se, factors, tau2, means } = fixture.additive;
    const result = additiveShrinkage(d, se, factors);
    expect(result.betweenVariance).toBeCloseTo(tau2, 11);
    means.forEach((mean, i) => expect(result.priorMeans[i]).toBeCloseTo(mean, 11));
  });

  it("errs less than one common mean where columns matter, and covers", () => {
    const random = createRandom(61);
    const factors = Array.from({ length: 30 }, (_, i) => [i % 5, Math.floor(i / 5)]);
    let additive = 0;
    let common = 0;
    let covered = 0;
    for (let t = 0; t < 150; t++) {
      const a = Array.from({ length: 5 }, () => 0.1 * random.nextNormal());
      const b = Array.from({ length: 6 }, () => 0.1 * random.nextNormal());
      const se = factors.map(() => 0.03 + 0.12 * random.next());
      const truth = factors.map(
        ([i, j]) => (a[i as number] as number) + (b[j as number] as number) + 0.03 * random.nextNormal(),
      );
      const d = truth.map((value, s) => value + (se[s] as number) * random.nextNormal());
      const first = additiveShrinkage(d, se, factors).slices;
      const second = dersimonianLaird(d, se).slices;
      truth.forEach((value, s) => {
        additive += ((first[s]?.value ?? Number.NaN) - value) ** 2;
        common += ((second[s]?.value ?? Number.NaN) - value) ** 2;
        const interval = first[s]?.interval;
        if (interval && interval.low <= value && interval.high >= value) covered++;
      });
    }
    expect(additive / common).toBeLessThan(0.75);
    expect(covered / 4500).toBeGreaterThan(0.91);
    expect(covered / 4500).toBeLessThan(0.97);
  });

  it("says when there are too few cells, and leaves unusable ones out", () => {
    const result = additiveShrinkage(
      [1, 2],
      [1, 1],
      [
        [0, 0],
        [1, 1],
      ],
    );
    expect(result.reason).toContain("not more usable cells");
    expect(result.slices).toEqual([null, null]);
    expect(additiveShrinkage([], [], []).n).toBe(0);
    const partial = additiveShrinkage([1, 2, 3, Number.NaN], [1, 1, 1, 1], [[0], [1], [0], [1]]);
    expect(partial.n).toBe(3);
    expect(partial.slices[3]).toBeNull();
    expect(partial.priorMeans[3]).toBeNaN();
  });
});
