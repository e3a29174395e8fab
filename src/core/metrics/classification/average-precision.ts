import type { RankMetric } from "../metric.ts";
import { total } from "../totals.ts";

/**
 * scikit-learn `average_precision_score`: the sum over tie groups g of (share of positives in g) * T_g / (T_g + F_g),
 * T and F being the positives and negatives down to and including g. Its derivative by the weight of a row in group h:
 * one positive more adds T_h / (T_h + F_h) of its own and F_g / (T_g + F_g)^2 to each positive from h down; one negative
 * more takes T_g / (T_g + F_g)^2 from each.
 */
export const averagePrecision: RankMetric = {
  name: "average_precision",
  shape: "rank",
  tasks: ["binary"],
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Sum over distinct scores of (step in recall) * precision at that score, without interpolation; rows with equal scores enter together (scikit-learn average_precision_score).",
  undefinedWhen: "there is no positive row",
  evaluate(positives, negatives, _request, influence) {
    const groups = positives.length;
    const allPositive = total(positives);
    if (!(allPositive > 0)) return { value: Number.NaN, positive: null, negative: null };
    let hits = 0;
    let taken = 0;
    let sum = 0;
    for (let g = 0; g < groups; g++) {
      hits += positives[g]!;
      taken += positives[g]! + negatives[g]!;
      if (positives[g]! > 0) sum += (positives[g]! * hits) / taken;
    }
    const value = sum / allPositive;
    if (!influence) return { value, positive: null, negative: null };

    const rows = taken;
    const positive = new Float64Array(groups);
    const negative = new Float64Array(groups);
    let gained = 0;
    let lost = 0;
    for (let g = groups - 1; g >= 0; g--) {
      if (taken > 0) {
        gained += (positives[g]! * (taken - hits)) / taken / taken;
        lost += (positives[g]! * hits) / taken / taken;
        positive[g] = (rows / allPositive) * (hits / taken + gained - value);
        negative[g] = (-rows / allPositive) * lost;
      }
      hits -= positives[g]!;
      taken -= positives[g]! + negatives[g]!;
    }
    return { value, positive, negative };
  },
};
