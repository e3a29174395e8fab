import { accumulate } from "../../core/evaluation/accumulate.ts";
import { foldValuesOf } from "../../core/evaluation/evidence-fold-values.ts";
import { planEvaluation } from "../../core/evaluation/plan.ts";
import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { Scored, ScoredModel } from "../scoring/scored.ts";
import { evaluationBlock } from "./evaluation-block.ts";
import { evaluationFacts } from "./evaluation-facts.ts";
import { decideRows } from "./thresholds.ts";

/** Models in the order champion, challenger, baselines. */
export interface SeatedScores {
  readonly rows: Scored;
  readonly notes: readonly Note[];
}

/**
 * Puts the best baseline (by the deciding metric over all rows) on the champion's seat where the policy has no
 * champion yet, and says so. Scores arrive in the order champion (if any), challenger, baselines.
 */
export function seatChampion(policy: Policy, scored: Scored): SeatedScores {
  if (policy.models.champion !== null) return { rows: scored, notes: [] };
  const [challenger, ...baselines] = scored.models;
  if (baselines.length === 0) {
    throw new Failure("POLICY", {
      message: "there is no champion and no baseline, so the challenger has nothing to be compared with",
      mend: ["baselines:", "  naive: { prior: true }"],
    });
  }
  const best = bestOf(policy, scored, baselines);
  const rest = baselines.filter((model) => model !== best);
  const message = `there is no champion yet: the best baseline, ${best.name}, stands in`;
  return {
    rows: { ...scored, models: [best, challenger!, ...rest] },
    notes: [{ code: "no-champion", severity: "info", message }],
  };
}

function bestOf(policy: Policy, scored: Scored, baselines: readonly ScoredModel[]): ScoredModel {
  const rows = { ...scored, models: baselines };
  const deciding = policy.metrics[0]!;
  const plan = planEvaluation(
    evaluationFacts(policy, rows),
    baselines.map((model) => model.name),
    [],
    [deciding],
  );
  const block = evaluationBlock(rows, { groupings: [], predicted: [], item: policy.columns.item });
  const { predicted } = decideRows(rows, block.folds, policy);
  const models = block.models.map((model, m) => ({ ...model, predicted: predicted[m] ?? null }));
  const { overall, direction } = foldValuesOf(accumulate(plan, { ...block, models }), plan, deciding);
  const worth = (index: number): number => {
    const value = overall.values[index] ?? null;
    return value === null ? Number.NEGATIVE_INFINITY : direction * value;
  };
  return baselines.reduce((best, model, index) => (worth(index) > worth(baselines.indexOf(best)) ? model : best));
}
