import type { ListMetric } from "../metric.ts";
import { optionalCutoff } from "../parameters.ts";

const words = {
  shape: "list",
  graded: true,
  tasks: ["ranking"],
  direction: 1,
  range: [0, 1],
  needs: [],
  parameter: optionalCutoff,
  undefinedWhen: "no list has a row with gain",
} as const;

/** scikit-learn `ndcg_score` with ties broken. */
export const ndcg: ListMetric = {
  ...words,
  name: "ndcg",
  convention:
    "Mean over lists of DCG / ideal DCG, gain = relevance, discount log2(rank + 1), up to k if given; every grade counts, also one that `positive` makes no hit; ties by item id (by row without one), lists without any gain left out (scikit-learn ndcg_score with ignore_ties; Järvelin and Kekäläinen 2002).",
  list: (gains, start, end, _positives, ideal, request) =>
    !(ideal[start]! > 0)
      ? Number.NaN
      : linear(gains, start, lastRank(start, end, request.parameter)) /
        linear(ideal, start, lastRank(start, end, request.parameter)),
};

/** The form with exponential gain (Burges et al. 2005; LightGBM, XGBoost). */
export const ndcgExp: ListMetric = {
  ...words,
  name: "ndcg_exp",
  convention:
    "As ndcg with gain 2^relevance - 1 (Burges et al. 2005; the gain of LightGBM and XGBoost), so that it differs from ndcg on graded relevance only.",
  list: (gains, start, end, _positives, ideal, request) =>
    !(ideal[start]! > 0)
      ? Number.NaN
      : exponential(gains, start, lastRank(start, end, request.parameter)) /
        exponential(ideal, start, lastRank(start, end, request.parameter)),
};

function lastRank(start: number, end: number, k: number | null): number {
  return k === null ? end : Math.min(end, start + k);
}

function linear(gains: Float64Array, start: number, stop: number): number {
  let sum = 0;
  for (let i = start; i < stop; i++) {
    if (gains[i]! !== 0) sum += Math.abs(gains[i]!) * discountOf(i - start);
  }
  return sum;
}

function exponential(gains: Float64Array, start: number, stop: number): number {
  let sum = 0;
  for (let i = start; i < stop; i++) {
    if (gains[i]! !== 0) sum += (2 ** Math.abs(gains[i]!) - 1) * discountOf(i - start);
  }
  return sum;
}

const discounts = Float64Array.from({ length: 1024 }, (_, rank) => 1 / Math.log2(rank + 2));

function discountOf(rank: number): number {
  return discounts[rank] ?? 1 / Math.log2(rank + 2);
}
