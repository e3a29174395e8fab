import { Failure } from "../failures.ts";
import { nearest } from "../nearest.ts";
import { ece, topLabelEce } from "./calibration-error.ts";
import { averagePrecision } from "./classification/average-precision.ts";
import { balancedAccuracy, cost, mcc, precision } from "./classification/confusion.ts";
import { fBeta } from "./classification/f-beta.ts";
import { f1 } from "./classification/f-measure.ts";
import { ks } from "./classification/ks.ts";
import { lift } from "./classification/lift.ts";
import { accuracy, brier, logLoss, recall, specificity } from "./classification/means.ts";
import { rocAuc } from "./classification/roc-auc.ts";
import type { Metric, MetricRequest, Task } from "./metric.ts";
import * as averaged from "./multiclass/averaged.ts";
import { balancedAccuracy as multiclassBalancedAccuracy } from "./multiclass/balanced-accuracy.ts";
import { mcc as multiclassMcc } from "./multiclass/mcc.ts";
import * as multiclass from "./multiclass/means.ts";
import { rocAucOvr } from "./multiclass/roc-auc-ovr.ts";
import { otherNames } from "./other-names.ts";
import { hitRateAt, meanReciprocalRank, precisionAt, recallAt } from "./ranking/at-cutoff.ts";
import { meanAveragePrecision } from "./ranking/average-precision.ts";
import { coverage } from "./ranking/coverage.ts";
import { listAuc } from "./ranking/list-auc.ts";
import { ndcg, ndcgExp } from "./ranking/ndcg.ts";
import { mdae } from "./regression/mdae.ts";
import { bias, mae, mape, mase, quantileLoss, smape } from "./regression/means.ts";
import { r2 } from "./regression/r2.ts";
import { rmse } from "./regression/rmse.ts";

/**
 * Every metric, in the order of the reference. A metric is added here and nowhere else: the policy reader, the evidence
 * kernel, the reference and the contract suite (`*.laws.test.ts`) all take it from this list. The same name may
 * stand once per task (`precision` of a binary task, `precision@k` of a ranking).
 */
export const metrics: readonly Metric[] = [
  rocAuc,
  averagePrecision,
  logLoss,
  brier,
  ece,
  ks,
  accuracy,
  balancedAccuracy,
  precision,
  recall,
  specificity,
  f1,
  fBeta,
  mcc,
  lift,
  cost,
  multiclass.accuracy,
  multiclassBalancedAccuracy,
  multiclass.topK,
  averaged.macroF1,
  averaged.macroPrecision,
  averaged.macroRecall,
  averaged.microF1,
  averaged.microPrecision,
  averaged.microRecall,
  averaged.weightedF1,
  averaged.weightedPrecision,
  averaged.weightedRecall,
  multiclassMcc,
  multiclass.logLoss,
  multiclass.brier,
  topLabelEce,
  rocAucOvr,
  mae,
  rmse,
  mape,
  smape,
  mdae,
  bias,
  r2,
  quantileLoss,
  mase,
  meanAveragePrecision,
  ndcg,
  ndcgExp,
  recallAt,
  precisionAt,
  meanReciprocalRank,
  hitRateAt,
  coverage,
  listAuc,
];

export interface FoundMetric {
  readonly metric: Metric;
  readonly request: MetricRequest;
}

/**
 * Reads a metric as a policy writes it: `map`, `ndcg@10`, `f_beta@0.5`. Throws a POLICY {@link Failure} (without
 * `where`: the policy reader knows the line) for a name that does not exist, a metric of another task, and a parameter
 * that is missing, unwanted or out of bounds; each with what to write instead.
 */
export function findMetric(text: string, task: Task): FoundMetric {
  const [name = "", ...rest] = text.trim().split("@");
  const metric = metrics.find((entry) => entry.name === name && entry.tasks.includes(task));
  if (metric === undefined) throw unknownMetric(text.trim(), name, task);
  return { metric, request: { text: text.trim(), parameter: parameterOf(metric, text.trim(), rest, task) } };
}

/** How a metric is written in a policy, with an example parameter where it needs one: `lift@0.1`, `map`. */
export function exampleOf(metric: Metric): string {
  return metric.parameter?.required ? `${metric.name}@${metric.parameter.example}` : metric.name;
}

function unknownMetric(text: string, name: string, task: Task): Failure {
  const ofTask = metrics.filter((entry) => entry.tasks.includes(task));
  const names = ofTask.map((entry) => entry.name);
  const known = (otherNames.get(name.toLowerCase()) ?? []).filter((other) => names.includes(other));
  const close = [...new Set([...known, ...nearest(name, names)])]
    .slice(0, 3)
    .map((near) => exampleOf(ofTask.find((entry) => entry.name === near)!));
  const mend = [
    ...(close.length > 0 ? [`nearest: ${close.join(", ")}`] : []),
    `metrics of task ${task}: ${ofTask.map(exampleOf).join(", ")}`,
  ];
  const elsewhere = metrics.filter((entry) => entry.name === name).flatMap((entry) => entry.tasks);
  if (elsewhere.length > 0) {
    const message = `the metric "${text}" is for ${elsewhere.join(" and ")} tasks; the task here is ${task}`;
    return new Failure("POLICY", { message, mend });
  }
  return new Failure("POLICY", { message: `there is no metric called "${text}"`, mend });
}

function parameterOf(metric: Metric, text: string, rest: readonly string[], task: Task): number | null {
  const { parameter, name } = metric;
  if (rest.length === 0) {
    if (!parameter?.required) return null;
    const message = `the metric "${name}" of a ${task} task needs its ${parameter.name} after an @`;
    throw new Failure("POLICY", {
      message,
      mend: [`write ${exampleOf(metric)}; ${parameter.name} is ${parameter.says}`],
    });
  }
  if (parameter === undefined) {
    const message = `the metric "${name}" of a ${task} task takes no parameter, but "${text}" gives one`;
    throw new Failure("POLICY", { message, mend: [`write ${name}`] });
  }
  const digits = rest.join("@");
  const value = /^\d+(\.\d+)?$|^\.\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (!parameter.check(value)) {
    const message = `"${digits}" in "${text}" is not a ${parameter.name} of the metric "${name}": it must be ${parameter.says}`;
    throw new Failure("POLICY", { message, mend: [`write for example ${name}@${parameter.example}`] });
  }
  return value;
}
