import type { ListMetric } from "../metric.ts";
import { optionalCutoff } from "../parameters.ts";

/** Mean average precision over lists (METHODS section 1). */
export const meanAveragePrecision: ListMetric = {
  name: "map",
  shape: "list",
  tasks: ["ranking"],
  direction: 1,
  range: [0, 1],
  needs: [],
  parameter: optionalCutoff,
  convention:
    "Mean over lists of (sum over relevant ranks i, up to k if given, of precision at i) / min(k, relevant rows); ties by item id (by row without one), lists without a relevant row left out (trec_eval map; with k the divisor of Kaggle's MAP@k).",
  undefinedWhen: "no list has a relevant row",
  list(gains, start, end, positives, _ideal, request) {
    if (positives === 0) return Number.NaN;
    const k = request.parameter ?? Number.POSITIVE_INFINITY;
    const stop = Math.min(end, start + k);
    let hits = 0;
    let sum = 0;
    for (let i = start; i < stop; i++) {
      if (gains[i]! > 0) sum += ++hits / (i - start + 1);
    }
    return sum / Math.min(k, positives);
  },
};
