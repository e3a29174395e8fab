import type { Evidence } from "../evaluation/evidence.ts";
import { SCORE_BINS } from "../evaluation/score-code.ts";
import type { EvaluationPlan } from "../evaluation/plan.ts";
import { figure } from "./figure.ts";

/**
 * What to add to the method of a metric's numbers: that it was read from binned scores, how far that can move it, and
 * that its parts were merged. Empty where the number is exact.
 */
export function howTaken(evidence: Evidence, plan: EvaluationPlan, text: string, slice: number): string {
  const metric = plan.metrics.find(({ request }) => request.text === text)?.metric;
  if (metric === undefined || (metric.shape !== "rank" && metric.shape !== "rows")) return "";
  const errors = evidence.direct.get(text)?.binningError ?? null;
  const merged = evidence.parts > 1 ? `; ${evidence.parts} blocks of rows merged, the interval approximate` : "";
  if (errors === null) return merged;
  const bins = `; from ${SCORE_BINS.toLocaleString("en-US")} bins of the score`;
  if (metric.name !== "roc_auc") return `${bins}${merged}`;
  const worst = Math.max(...errors.map((model) => model[slice] ?? 0));
  return `${bins}, a value at most ${figure(worst)} off${merged}`;
}
