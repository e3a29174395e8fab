import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { withCodes } from "../slices/grouping-source.ts";
import type { Grouping } from "../slices/slice.ts";
import { accumulate } from "./accumulate.ts";
import type { EvaluationBlock } from "./block.ts";
import { foldValuesOf } from "./evidence-fold-values.ts";
import { mergeEvidence } from "./merge.ts";
import { planEvaluation } from "./plan.ts";

const facts = { task: "binary" as const, classes: [], costs: null };

function binaryBlock(rows: number, seed: number): EvaluationBlock {
  const random = createRandom(seed);
  const units = Uint32Array.from({ length: rows }, () => random.nextBelow(200));
  const label = Uint8Array.from({ length: rows }, () => (random.next() < 0.3 ? 1 : 0));
  const score = (gap: number) =>
    Float64Array.from(label, (y) => 1 / (1 + Math.exp(-(gap * y + random.nextNormal() - 1))));
  const model = (name: string, gap: number) => {
    const scores = score(gap);
    return { name, scores, width: 1, predicted: Uint8Array.from(scores, (s) => (s >= 0.5 ? 1 : 0)) };
  };
  const grouping: Grouping = {
    codes: Uint8Array.from({ length: rows }, () => random.nextBelow(4)),
    none: 3,
    slices: [0, 1, 2],
  };
  return {
    rows,
    folds: Uint8Array.from(units, (unit) => (unit * 7) % 256),
    units,
    unitCount: 200,
    groupings: [grouping],
    label,
    models: [model("champion", 1), model("challenger", 1.5)],
    lists: null,
  };
}

const metrics = ["roc_auc", "log_loss", "accuracy", "f1", "average_precision", "ece"];
const plan = planEvaluation(facts, ["champion", "challenger"], ["a", "b", "c"], metrics);

describe("evidence", () => {
  it("fold sums of every metric add up to value times weight", () => {
    const evidence = accumulate(plan, binaryBlock(3000, 1));
    for (const metric of metrics) {
      const values = foldValuesOf(evidence, plan, metric);
      for (const slice of [...values.slices, values.overall]) {
        const weight = slice.weight.reduce((a, b) => a + b, 0);
        slice.sums.forEach((sums, model) => {
          expect(sums.reduce((a, b) => a + b, 0) / weight).toBeCloseTo(slice.values[model]!, 9);
        });
      }
    }
  });

  it("gives no probability metric to a model whose scores lie outside 0 to 1, and says why", () => {
    const block = binaryBlock(3000, 1);
    const [champion, challenger] = block.models;
    const raw = { ...champion!, scores: champion!.scores.map((score) => 24 * score) };
    const evidence = accumulate(plan, { ...block, models: [raw, challenger!] });
    for (const metric of ["log_loss", "ece"]) {
      const { overall } = foldValuesOf(evidence, plan, metric);
      expect(overall.values[0]).toBeNull();
      expect(overall.reasons[0]).toContain("outside 0 to 1");
      expect(overall.values[1]).not.toBeNull();
    }
    expect(foldValuesOf(evidence, plan, "roc_auc").overall.values[0]).not.toBeNull();
  });

  it("counts rows, positives and distinct units of every slice and of all rows", () => {
    const block = binaryBlock(3000, 2);
    const { counts } = accumulate(plan, block);
    const of = (code: number) =>
      Array.from({ length: 3000 }, (_, i) => i).filter((i) => withCodes(block.groupings[0]!).codes[i] === code);
    for (const code of [0, 1, 2]) {
      expect(counts.rows[code]).toBe(of(code).length);
      expect(counts.units[code]).toBe(new Set(of(code).map((i) => block.units![i])).size);
      expect(counts.positives[code]).toBe(of(code).filter((i) => block.label[i] === 1).length);
    }
    expect(counts.rows[3]).toBe(3000);
    expect(counts.units[3]).toBe(200);
  });

  it("merges to the same moments, counts and histograms as one pass, in any order", () => {
    const whole = binaryBlock(2000, 3);
    const part = (from: number, to: number): EvaluationBlock => ({
      ...whole,
      rows: to - from,
      folds: whole.folds.subarray(from, to),
      units: whole.units!.subarray(from, to),
      groupings: whole.groupings.map((g) => ({ ...g, codes: withCodes(g).codes.subarray(from, to) }) as Grouping),
      label: (whole.label as Uint8Array).subarray(from, to),
      models: whole.models.map((m) => ({
        ...m,
        scores: m.scores.subarray(from, to),
        predicted: (m.predicted as Uint8Array).subarray(from, to),
      })),
    });
    const once = accumulate(plan, whole);
    const parts = [accumulate(plan, part(0, 700)), accumulate(plan, part(700, 900)), accumulate(plan, part(900, 2000))];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ]) {
      const merged = order.map((i) => parts[i]!).reduce(mergeEvidence);
      expect(merged.counts.rows).toEqual(once.counts.rows);
      expect(merged.histograms).toEqual(once.histograms);
      merged.moments.sums.forEach((sum, i) => expect(sum).toBeCloseTo(once.moments.sums[i]!, 9));
      const auc = (e: typeof once) => foldValuesOf(e, plan, "roc_auc").overall.values[1]!;
      expect(Math.abs(auc(merged) - auc(once))).toBeLessThan(2e-3);
    }
  });
});
