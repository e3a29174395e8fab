import type { MetricRequest, RankMetric } from "../metric.ts";
import { total } from "../totals.ts";

/** scikit-learn `roc_auc_score`; influence by DeLong's placement values. */
export const rocAuc: RankMetric = {
  name: "roc_auc",
  shape: "rank",
  tasks: ["binary"],
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Probability that a random positive row scores above a random negative one, ties count half (scikit-learn roc_auc_score; influence: placement values of DeLong et al. 1988).",
  undefinedWhen: "only one class occurs",
  evaluate: areaUnderRoc,
};

/** Area under the ROC curve of tie groups, best first; shared by `roc_auc` and `roc_auc_ovr`. */
export function areaUnderRoc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  _request: MetricRequest,
  influence: boolean,
): ReturnType<RankMetric["evaluate"]> {
  const groups = positives.length;
  const allPositive = total(positives);
  const allNegative = total(negatives);
  if (!(allPositive > 0 && allNegative > 0)) return { value: Number.NaN, positive: null, negative: null };
  let negativesAbove = 0;
  let pairs = 0;
  for (let g = 0; g < groups; g++) {
    const own = negatives[g]!;
    pairs += positives[g]! * (allNegative - negativesAbove - own / 2);
    negativesAbove += own;
  }
  const value = pairs / allPositive / allNegative;
  if (!influence) return { value, positive: null, negative: null };

  const rows = allPositive + allNegative;
  const positive = new Float64Array(groups);
  const negative = new Float64Array(groups);
  let positivesAbove = 0;
  negativesAbove = 0;
  for (let g = 0; g < groups; g++) {
    const placementOfPositive = 1 - (negativesAbove + negatives[g]! / 2) / allNegative;
    const placementOfNegative = (positivesAbove + positives[g]! / 2) / allPositive;
    positive[g] = (rows / allPositive) * (placementOfPositive - value);
    negative[g] = (rows / allNegative) * (placementOfNegative - value);
    positivesAbove += positives[g]!;
    negativesAbove += negatives[g]!;
  }
  return { value, positive, negative };
}
