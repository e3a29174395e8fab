import type { MomentMetric } from "../metric.ts";

/** scikit-learn `r2_score`. */
export const r2: MomentMetric = {
  name: "r2",
  shape: "moments",
  tasks: ["regression"],
  direction: 1,
  range: [Number.NEGATIVE_INFINITY, 1],
  needs: [],
  convention:
    "1 - sum of squared errors / sum of squared distances of the labels from their mean, the mean of the slice's own rows (scikit-learn r2_score).",
  undefinedWhen: "all labels are equal to within rounding, or there are fewer than two rows",
  moments: () => ["n", "squared_error", "label_centred", "label_centred_squared"],
  value(sums) {
    const spread = labelSpread(sums);
    return spread > 0 ? 1 - sums[1]! / spread : Number.NaN;
  },
  gradient(sums, out) {
    const spread = labelSpread(sums);
    const bySpread = sums[1]! / spread ** 2;
    const mean = sums[2]! / sums[0]!;
    out[0] = bySpread * mean * mean;
    out[1] = -1 / spread;
    out[2] = -2 * bySpread * mean;
    out[3] = bySpread;
  },
};

/** Sum of squares around the mean; 0 where it is not above what rounding alone leaves. */
function labelSpread(sums: ArrayLike<number>): number {
  if (!(sums[0]! > 0)) return 0;
  const spread = sums[3]! - (sums[2]! * sums[2]!) / sums[0]!;
  return spread > sums[0]! * Number.EPSILON * sums[3]! ? spread : 0;
}
