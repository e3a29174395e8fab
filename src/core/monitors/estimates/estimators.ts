import type { Task } from "../../metrics/metric.ts";
import { binaryEstimator } from "./binary-estimate.ts";
import type { Estimator } from "./estimator.ts";
import { multiclassEstimator } from "./multiclass-estimate.ts";
import { rankingEstimator } from "./ranking-estimate.ts";
import { regressionEstimator } from "./regression-estimate.ts";

/** Every estimator of quality without labels, by task. */
export const estimators: Readonly<Record<Task, Estimator>> = {
  binary: binaryEstimator,
  multiclass: multiclassEstimator,
  regression: regressionEstimator,
  ranking: rankingEstimator,
};
