import type { MomentMetric } from "../metric.ts";
import { beta } from "../parameters.ts";
import { fMeasure } from "./f-measure.ts";

/** scikit-learn `fbeta_score`. */
export const fBeta: MomentMetric = fMeasure(
  {
    name: "f_beta",
    tasks: ["binary"],
    direction: 1,
    range: [0, 1],
    needs: ["threshold"],
    parameter: beta,
    convention:
      "(1 + b^2) tp / ((1 + b^2) tp + fp + b^2 fn): recall counts b times as much as precision (scikit-learn fbeta_score).",
    undefinedWhen: "no row is positive and none is predicted positive",
  },
  (request) => (request.parameter ?? 1) ** 2,
);
