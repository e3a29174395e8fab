import type { ListMetric } from "../metric.ts";

/** Area under the ROC curve within each list, then the mean (the "GAUC" of recommender papers, without weights). */
export const listAuc: ListMetric = {
  name: "list_auc",
  shape: "list",
  tasks: ["ranking"],
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Mean over lists of the share of pairs (relevant, not relevant) in the right order; ties by item id (by row without one), lists with relevant rows only or none left out (roc_auc within each list).",
  undefinedWhen: "no list has both relevant and other rows",
  list(gains, start, end, positives) {
    const others = end - start - positives;
    if (positives === 0 || others === 0) return Number.NaN;
    let othersAbove = 0;
    let wrongPairs = 0;
    for (let i = start; i < end; i++) {
      if (gains[i]! > 0) wrongPairs += othersAbove;
      else othersAbove++;
    }
    return 1 - wrongPairs / positives / others;
  },
};
