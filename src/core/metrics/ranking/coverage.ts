import type { CatalogueMetric } from "../metric.ts";
import { cutoff } from "../parameters.ts";

/** Catalogue coverage (Ge et al. 2010). */
export const coverage: CatalogueMetric = {
  name: "coverage",
  shape: "catalogue",
  tasks: ["ranking"],
  direction: 1,
  range: [0, 1],
  needs: ["item"],
  parameter: cutoff,
  convention:
    "Share of all items in the data that come among the first k of at least one list; ties by item id (by row without one), every list counts (catalogue coverage, Ge et al. 2010).",
  undefinedWhen: "there are no items",
};

export interface FoldCoverage {
  readonly value: number;
  /** One per fold, adding up to 0: what the fold adds to weight * value, so that sums = weight * value + influence. */
  readonly influence: Float64Array;
}

/**
 * Coverage from the item codes that each fold's lists show in their first k (repetitions allowed) and the number of all
 * items; codes are below `items`. `weight[f]` is the fold's number of lists. Influence is the delete-one-fold jackknife:
 * (W - w_f) (value - value without fold f), centred in proportion to the weights (Efron and Tibshirani 1993, ch. 11).
 * Only items that no other fold shows are lost with a fold. The jackknife errs on the wide side (Efron and Stein 1981):
 * 1.4 times the true standard error in the simulation beside this file, where most items are shown seldom. NaN where
 * `items` is 0.
 */
export function coverageByFold(
  seenByFold: readonly ArrayLike<number>[],
  weight: ArrayLike<number>,
  items: number,
): FoldCoverage {
  const folds = seenByFold.length;
  const none = -1;
  const shared = -2;
  const owner = new Int32Array(items).fill(none);
  let covered = 0;
  for (let f = 0; f < folds; f++) {
    const seen = seenByFold[f]!;
    for (let i = 0; i < seen.length; i++) {
      const item = seen[i]!;
      if (owner[item] === none) {
        owner[item] = f;
        covered++;
      } else if (owner[item] !== f) owner[item] = shared;
    }
  }
  const influence = new Float64Array(folds);
  for (const fold of owner) if (fold >= 0) influence[fold]! += 1;
  let weights = 0;
  for (let f = 0; f < folds; f++) weights += weight[f]!;
  let sum = 0;
  for (let f = 0; f < folds; f++) {
    influence[f] = ((weights - weight[f]!) * influence[f]!) / items;
    sum += influence[f]!;
  }
  for (let f = 0; f < folds; f++) influence[f]! -= (sum * weight[f]!) / weights;
  return { value: items > 0 ? covered / items : Number.NaN, influence };
}
