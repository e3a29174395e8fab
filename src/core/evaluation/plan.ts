import { findMetric, type FoundMetric } from "../metrics/catalog.ts";
import type { TaskFacts } from "../metrics/metric.ts";

/** What to sum up: models, slices and metrics by name. The slice of all rows is added as the last one. */
export interface EvaluationPlan {
  readonly facts: TaskFacts;
  readonly models: readonly string[];
  readonly sliceNames: readonly string[];
  readonly metrics: readonly FoundMetric[];
}

/** Finds the metrics and states the plan; throws POLICY failures for metrics that do not exist or do not fit the task. */
export function planEvaluation(
  facts: TaskFacts,
  models: readonly string[],
  sliceNames: readonly string[],
  metrics: readonly string[],
): EvaluationPlan {
  return { facts, models, sliceNames, metrics: metrics.map((text) => findMetric(text, facts.task)) };
}

/** A plan as plain data, metrics by their text. */
export interface PlanNames extends Omit<EvaluationPlan, "metrics"> {
  readonly metrics: readonly string[];
}

export function planNames(plan: EvaluationPlan): PlanNames {
  return { ...plan, metrics: plan.metrics.map(({ request }) => request.text) };
}

export function planOf({ facts, models, sliceNames, metrics }: PlanNames): EvaluationPlan {
  return planEvaluation(facts, models, sliceNames, metrics);
}

/** Number of rows: the same for all models, so it is kept once, under the first, whatever the metrics. */
export const ROWS_MOMENT = "0/n";

/** Names of the row moments that a plan's metrics need: `0/n`, then per model `0/log_loss`, `1/log_loss`, … */
export function momentNames(plan: EvaluationPlan): string[] {
  const needed = new Set<string>();
  for (const { metric, request } of plan.metrics) {
    if (metric.shape === "moments") for (const name of metric.moments(request, plan.facts)) needed.add(name);
  }
  needed.delete("n");
  return [ROWS_MOMENT, ...plan.models.flatMap((_, model) => Array.from(needed, (name) => `${model}/${name}`))];
}

/** The name under which a model's moment is kept. */
export function momentName(model: number, moment: string): string {
  return moment === "n" ? ROWS_MOMENT : `${model}/${moment}`;
}
