import { afterAll, describe, expect, it } from "vitest";
import { accumulateTogether } from "../../app/judge/accumulate-together.ts";
import { accumulate } from "../../core/evaluation/accumulate.ts";
import type { EvaluationBlock } from "../../core/evaluation/block.ts";
import { planEvaluation } from "../../core/evaluation/plan.ts";
import { EXACT_RANK_ROWS } from "../../core/evaluation/rank-order.ts";
import type { Grouping } from "../../core/slices/slice.ts";
import { createRandom } from "../../core/statistics/random.ts";
import { createEvidenceHelper } from "./evidence-worker-helper.ts";

const helper = createEvidenceHelper();
afterAll(() => helper.close());

/** Three groupings of which one follows from another; `none` occurs in the second. */
function block(rows: number): EvaluationBlock {
  const random = createRandom(4);
  const units = Uint32Array.from({ length: rows }, () => random.nextBelow(3000));
  const label = Uint8Array.from(units, () => (random.next() < 0.3 ? 1 : 0));
  const fine = Uint8Array.from(units, () => random.nextBelow(6));
  const grouping = (codes: Uint8Array, first: number, size: number): Grouping => ({
    codes,
    none: 255,
    slices: Array.from({ length: size }, (_, i) => first + i),
  });
  const model = (name: string, gap: number) => {
    const scores = Float64Array.from(label, (y) => 1 / (1 + Math.exp(-(gap * y + 2 * random.next() - 1.5))));
    return { name, scores, width: 1, predicted: Uint8Array.from(scores, (s) => (s >= 0.5 ? 1 : 0)) };
  };
  return {
    rows,
    folds: Uint8Array.from(units, (unit) => (unit * 7) % 256),
    units,
    unitCount: 3000,
    groupings: [
      grouping(fine, 0, 6),
      grouping(
        Uint8Array.from(units, () => [0, 1, 255][random.nextBelow(3)]!),
        6,
        2,
      ),
      grouping(
        fine.map((code) => code >> 1),
        8,
        3,
      ),
    ],
    label,
    models: [model("champion", 1), model("challenger", 1.2), model("baseline", 0.1)],
    lists: null,
  };
}

const names = Array.from({ length: 11 }, (_, i) => `slice ${i}`);
const plan = planEvaluation(
  { task: "binary", classes: [], costs: null },
  ["champion", "challenger", "baseline"],
  names,
  ["log_loss", "roc_auc", "f1", "average_precision"],
);

describe("evidence by two threads", () => {
  it.each([
    ["exact ranks", 20_000],
    ["binned ranks", EXACT_RANK_ROWS + 1],
  ])("is that of one thread, bit for bit (%s)", async (_, rows) => {
    const rowsOfBoth = block(rows);
    expect(await accumulateTogether(plan, rowsOfBoth, helper)).toEqual(accumulate(plan, rowsOfBoth));
  });

  it("fails where the thread fails, with its reason", async () => {
    const share = { block: null, refinement: null, scoreCodes: [], evidence: null } as never;
    const failing = helper.accumulate({ facts: plan.facts, models: [], sliceNames: [], metrics: ["log_loss"] }, share);
    await expect(failing).rejects.toThrow("the evidence thread failed: TypeError");
  });
});
