import type { Task } from "../../metrics/metric.ts";
import { binaryEstimator } from "./binary-estimate.ts";
import type { Estimator } from "./estimator.ts";
import { multiclassEstimator } from "./multiclass-estimate.ts";
import { regressionEstimator } from "./regression-estimate.ts";

/** Every estimator of quality without labels, one a task. */
const estimators: readonly Estimator[] = [binaryEstimator, multiclassEstimator, regressionEstimator];

/** The estimator of a task; null: there is none. */
export function estimatorOf(task: Task): Estimator | null {
  return estimators.find((each) => each.task === task) ?? null;
}
