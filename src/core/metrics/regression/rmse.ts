import type { MomentMetric } from "../metric.ts";

/** scikit-learn `root_mean_squared_error`. */
export const rmse: MomentMetric = {
  name: "rmse",
  shape: "moments",
  tasks: ["regression"],
  direction: -1,
  range: [0, Number.POSITIVE_INFINITY],
  needs: [],
  convention: "Square root of the mean of (prediction - label)^2 (scikit-learn root_mean_squared_error).",
  undefinedWhen: "there are no rows",
  moments: () => ["n", "squared_error"],
  value: (sums) => (sums[0]! > 0 ? Math.sqrt(sums[1]! / sums[0]!) : Number.NaN),
  gradient(sums, out) {
    const root = Math.sqrt(sums[1]! / sums[0]!);
    // A model without any error has none to lose to first order.
    out[0] = -root / (2 * sums[0]!);
    out[1] = root > 0 ? 1 / (2 * root * sums[0]!) : 0;
  },
};
