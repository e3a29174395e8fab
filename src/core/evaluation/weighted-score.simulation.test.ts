import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../statistics/random.ts";
import { accumulate } from "./accumulate.ts";
import type { EvaluationBlock } from "./block.ts";
import { foldValuesOf } from "./evidence-fold-values.ts";
import { pairModels } from "./paired.ts";
import { planEvaluation } from "./plan.ts";
import { weightedDifference } from "./weighted-score.ts";

/** `slices` cells of `rowsEach` rows, one unit a row; two equally good models that share part of their noise. */
function manySmallSlices(random: Random, slices: number, rowsEach: number, positiveRate: number): EvaluationBlock {
  const rows = slices * rowsEach;
  const label = Uint8Array.from({ length: rows }, () => (random.next() < positiveRate ? 1 : 0));
  const shared = Float64Array.from(label, (y) => y + random.nextNormal());
  const model = (name: string) => ({
    name,
    scores: shared.map((score) => score + 0.7 * random.nextNormal()),
    width: 1,
    predicted: null,
  });
  return {
    rows,
    folds: Uint8Array.from({ length: rows }, () => random.nextBelow(256)),
    units: Uint32Array.from({ length: rows }, (_, row) => row),
    unitCount: rows,
    groupings: [
      {
        codes: Uint16Array.from({ length: rows }, (_, row) => Math.floor(row / rowsEach)),
        none: slices,
        slices: Array.from({ length: slices }, (_, slice) => slice),
      },
    ],
    label,
    models: [model("champion"), model("challenger")],
    lists: null,
  };
}

/** Stated standard error of the score (root mean square) over the spread that the score really has. */
function statedOverReal(metric: string, slices: number, rowsEach: number, positiveRate: number): number {
  const names = Array.from({ length: slices }, (_, slice) => `cell ${slice}`);
  const facts = { task: "binary" as const, classes: [], costs: null };
  const plan = planEvaluation(facts, ["champion", "challenger"], names, [metric]);
  const weights = new Float64Array(slices).fill(1);
  let stated = 0;
  let real = 0;
  for (let round = 0; round < 400; round++) {
    const block = manySmallSlices(createRandom(9000 + round), slices, rowsEach, positiveRate);
    const values = foldValuesOf(accumulate(plan, block), plan, metric);
    const pairs = values.slices.map((slice) => pairModels(slice, 1, 0, 1));
    const score = weightedDifference(pairs, weights)!;
    stated += score.standardError ** 2;
    real += score.difference ** 2;
  }
  return Math.sqrt(stated / real);
}

describe("the standard error of a score over 60 small slices, as stated over as it is", () => {
  it("roc_auc, four positives in twenty rows: within a tenth (it was a sixth too small)", () => {
    const ratio = statedOverReal("roc_auc", 60, 20, 0.2);
    expect(ratio).toBeGreaterThan(0.92);
    expect(ratio).toBeLessThan(1.12);
  });

  it("roc_auc, eight positives in forty rows: within a tenth", () => {
    const ratio = statedOverReal("roc_auc", 60, 40, 0.2);
    expect(ratio).toBeGreaterThan(0.92);
    expect(ratio).toBeLessThan(1.12);
  });
});
