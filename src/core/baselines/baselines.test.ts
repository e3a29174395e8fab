import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { applyCut, learnCut } from "./cut.ts";
import { fitLogistic, logisticProbabilities } from "./logistic.ts";
import { fitMultinomial, multinomialProbabilities } from "./multinomial.ts";
import { fitRidge, linearValues } from "./ridge.ts";
import type { FeatureRows } from "./scaling.ts";
import { solveSymmetric } from "./solve-symmetric.ts";

interface Fixture {
  readonly x: number[][];
  readonly y: number[];
  readonly classes: number[];
  readonly target: number[];
  readonly fresh: number[][];
  readonly separable: number[];
  readonly ridge: Record<string, number[]>;
  readonly logistic: Record<string, number[]>;
  readonly logistic_separable: number[];
  readonly multinomial: number[][];
  readonly best_balanced_accuracy: number;
}

const fixture = JSON.parse(readFileSync(new URL("./baselines.fixture.json", import.meta.url), "utf8")) as Fixture;
const rowsOf = (rows: number[][]): FeatureRows => ({ width: rows[0]!.length, values: Float64Array.from(rows.flat()) });
const [train, fresh] = [rowsOf(fixture.x), rowsOf(fixture.fresh)];
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) : Number.POSITIVE_INFINITY;

describe("ridge regression", () => {
  for (const [penalty, expected] of Object.entries(fixture.ridge)) {
    it(`predicts what scikit-learn predicts at penalty ${penalty}`, () => {
      const model = fitRidge(train, Float64Array.from(fixture.target), Number(penalty));
      expect(worst(linearValues(model, fresh), expected)).toBeLessThan(1e-9);
    });
  }

  it("takes the mean for a missing feature and ignores a constant one", () => {
    const rows = { width: 2, values: Float64Array.of(1, 7, 2, 7, 3, 7, 4, 7) };
    const model = fitRidge(rows, Float64Array.of(1, 2, 3, 4), 0.001);
    expect(linearValues(model, { width: 2, values: Float64Array.of(Number.NaN, 9) })[0]).toBeCloseTo(2.5, 12);
  });
});

describe("logistic regression", () => {
  for (const [penalty, expected] of Object.entries(fixture.logistic)) {
    it(`gives the probabilities of scikit-learn at penalty ${penalty}`, () => {
      const model = fitLogistic(train, Uint8Array.from(fixture.y), Number(penalty));
      expect(worst(logisticProbabilities(model, fresh), expected)).toBeLessThan(1e-6);
    });
  }

  it("stays finite where one feature separates the classes", () => {
    const model = fitLogistic(train, Uint8Array.from(fixture.separable), 1);
    expect(worst(logisticProbabilities(model, fresh), fixture.logistic_separable)).toBeLessThan(1e-6);
  });

  it("gives the share of positives where there are no features to tell rows apart", () => {
    const model = fitLogistic(
      { width: 1, values: new Float64Array(10).fill(3) },
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    );
    expect(logisticProbabilities(model, { width: 1, values: Float64Array.of(3) })[0]).toBeCloseTo(0.2, 9);
  });
});

describe("multinomial regression", () => {
  it("gives the probabilities of scikit-learn", () => {
    const model = fitMultinomial(train, Int32Array.from(fixture.classes), 3);
    expect(worst(multinomialProbabilities(model, fresh), fixture.multinomial.flat())).toBeLessThan(1e-6);
  });
});

describe("a cut of one feature", () => {
  const feature = fixture.x.map((row) => row[0]!);
  const balanced = (predicted: ArrayLike<number>): number => {
    const rate = (wanted: number): number => {
      const rows = fixture.y.flatMap((y, i) => (y === wanted ? [i] : []));
      return rows.filter((i) => predicted[i] === wanted).length / rows.length;
    };
    return (rate(0) + rate(1)) / 2;
  };

  it("reaches the best balanced accuracy that any cut reaches", () => {
    expect(balanced(applyCut(feature, learnCut(feature, fixture.y)))).toBeCloseTo(fixture.best_balanced_accuracy, 12);
  });

  it("turns round where positives lie below", () => {
    const turned = feature.map((value) => -value);
    const cut = learnCut(turned, fixture.y);
    expect(cut.above).toBe(false);
    expect(balanced(applyCut(turned, cut))).toBeCloseTo(fixture.best_balanced_accuracy, 12);
  });
});

describe("solving a symmetric system", () => {
  it("says that a matrix without an inverse has none", () => {
    expect(solveSymmetric(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 2))).toBeNull();
  });
});
