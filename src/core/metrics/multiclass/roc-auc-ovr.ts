import type { RankMetric } from "../metric.ts";
import { areaUnderRoc } from "../classification/roc-auc.ts";

/**
 * scikit-learn `roc_auc_score(multi_class="ovr", average="macro")`. `evaluate` gives one class against the rest; the
 * caller averages over classes as {@link RankMetric.oneVsRest} says.
 */
export const rocAucOvr: RankMetric = {
  name: "roc_auc_ovr",
  shape: "rank",
  tasks: ["multiclass"],
  oneVsRest: true,
  direction: 1,
  range: [0, 1],
  needs: ["probability"],
  convention:
    "Plain mean over classes of roc_auc of the class against the rest by its probability, ties count half; classes without a row, or with all rows, are left out of the mean (scikit-learn roc_auc_score, multi_class=ovr, average=macro).",
  undefinedWhen: "only one class occurs",
  evaluate: areaUnderRoc,
};
