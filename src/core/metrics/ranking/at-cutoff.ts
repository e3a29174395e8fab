import type { ListMetric } from "../metric.ts";
import { cutoff, optionalCutoff } from "../parameters.ts";

const words = {
  shape: "list",
  tasks: ["ranking"],
  direction: 1,
  range: [0, 1],
  needs: [],
  parameter: cutoff,
  undefinedWhen: "no list has a relevant row",
} as const;

/** trec_eval `recall_k`. */
export const recallAt: ListMetric = {
  ...words,
  name: "recall",
  convention:
    "Mean over lists of the share of the list's relevant rows that are among its first k; ties by item id (by row without one), lists without a relevant row left out (trec_eval recall_k).",
  list: (gains, start, end, positives, _ideal, request) =>
    positives === 0 ? Number.NaN : hitsAt(gains, start, end, request.parameter) / positives,
};

/** trec_eval `P_k`. */
export const precisionAt: ListMetric = {
  ...words,
  name: "precision",
  convention:
    "Mean over lists of (relevant rows among the first k) / k, also where the list is shorter than k; ties by item id (by row without one), lists without a relevant row left out (trec_eval P_k).",
  list: (gains, start, end, positives, _ideal, request) =>
    positives === 0 ? Number.NaN : hitsAt(gains, start, end, request.parameter) / (request.parameter ?? end - start),
};

/** trec_eval `success_k`. */
export const hitRateAt: ListMetric = {
  ...words,
  name: "hit_rate",
  convention:
    "Share of lists with a relevant row among the first k; ties by item id (by row without one), lists without a relevant row left out (trec_eval success_k).",
  list: (gains, start, end, positives, _ideal, request) =>
    positives === 0 ? Number.NaN : hitsAt(gains, start, end, request.parameter) > 0 ? 1 : 0,
};

/** trec_eval `recip_rank`. */
export const meanReciprocalRank: ListMetric = {
  ...words,
  name: "mrr",
  parameter: optionalCutoff,
  convention:
    "Mean over lists of 1 / rank of the first relevant row (0 where it comes after k, if given); ties by item id (by row without one), lists without a relevant row left out (trec_eval recip_rank).",
  list(gains, start, end, positives, _ideal, request) {
    if (positives === 0) return Number.NaN;
    const stop = Math.min(end, start + (request.parameter ?? Number.POSITIVE_INFINITY));
    for (let i = start; i < stop; i++) {
      if (gains[i]! > 0) return 1 / (i - start + 1);
    }
    return 0;
  },
};

function hitsAt(gains: Float64Array, start: number, end: number, k: number | null): number {
  const stop = Math.min(end, start + (k ?? Number.POSITIVE_INFINITY));
  let hits = 0;
  for (let i = start; i < stop; i++) {
    if (gains[i]! > 0) hits++;
  }
  return hits;
}
