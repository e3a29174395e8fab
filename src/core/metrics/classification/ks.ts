import type { RankMetric } from "../metric.ts";
import { total } from "../totals.ts";

/** scipy `ks_2samp(score of positives, score of negatives).statistic`; the influence is that of the two shares at the best cut. */
export const ks: RankMetric = {
  name: "ks",
  shape: "rank",
  tasks: ["binary"],
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Largest distance between the score distributions of positive and negative rows (scipy ks_2samp, two-sided: it does not see which way the scores point).",
  undefinedWhen: "only one class occurs",
  evaluate(positives, negatives, _request, influence) {
    const groups = positives.length;
    const allPositive = total(positives);
    const allNegative = total(negatives);
    if (!(allPositive > 0 && allNegative > 0)) return { value: Number.NaN, positive: null, negative: null };
    let best = { distance: 0, cut: -1, positiveShare: 0, negativeShare: 0 };
    let hits = 0;
    let alarms = 0;
    for (let g = 0; g < groups; g++) {
      hits += positives[g]!;
      alarms += negatives[g]!;
      const distance = hits / allPositive - alarms / allNegative;
      if (Math.abs(distance) > Math.abs(best.distance)) {
        best = { distance, cut: g, positiveShare: hits / allPositive, negativeShare: alarms / allNegative };
      }
    }
    const value = Math.abs(best.distance);
    if (!influence) return { value, positive: null, negative: null };

    const rows = allPositive + allNegative;
    const sign = Math.sign(best.distance);
    const positive = new Float64Array(groups);
    const negative = new Float64Array(groups);
    for (let g = 0; g < groups; g++) {
      const above = g <= best.cut ? 1 : 0;
      positive[g] = sign * (rows / allPositive) * (above - best.positiveShare);
      negative[g] = -sign * (rows / allNegative) * (above - best.negativeShare);
    }
    return { value, positive, negative };
  },
};
