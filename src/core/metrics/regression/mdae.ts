import type { RowsMetric } from "../metric.ts";

/**
 * scikit-learn `median_absolute_error`. Influence of a row on the median m of the absolute errors e: (1/2 - [e < m]) /
 * f(m), with [e = m] counting half. The density f(m) is the difference quotient 2h / (Q(1/2 + h) - Q(1/2 - h)) of the
 * empirical quantiles (Siddiqui 1960; Bloch and Gastwirth 1968) with Hall and Sheather's (1988) bandwidth at 95%. Where
 * that piece of the distribution is one value, the median cannot move and the influence is 0.
 */
export const mdae: RowsMetric = {
  name: "mdae",
  shape: "rows",
  tasks: ["regression"],
  direction: -1,
  range: [0, Number.POSITIVE_INFINITY],
  needs: [],
  convention:
    "Median of |prediction - label|, the mean of the middle two for an even number of rows (scikit-learn median_absolute_error).",
  undefinedWhen: "there are no rows",
  evaluate(label, prediction) {
    const n = label.length;
    const errors = new Float64Array(n);
    for (let i = 0; i < n; i++) errors[i] = Math.abs(prediction[i]! - label[i]!);
    const sorted = errors.slice().sort();
    if (n === 0) return { value: Number.NaN, influence: errors };
    const value = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
    return { value, influence: medianInfluence(errors, sorted, value) };
  },
};

function medianInfluence(errors: Float64Array, sorted: Float64Array, median: number): Float64Array {
  const n = errors.length;
  const influence = new Float64Array(n);
  // Hall-Sheather at the median: z^(2/3) (1.5 phi(0)^2 / (2 * 0 + 1))^(1/3) n^(-1/3), z = 1.96, phi(0)^2 = 1 / (2 pi).
  const h = Math.min(0.25, 1.959964 ** (2 / 3) * (1.5 / (2 * Math.PI)) ** (1 / 3) * n ** (-1 / 3));
  const width = quantileOf(sorted, 0.5 + h) - quantileOf(sorted, 0.5 - h);
  if (!(width > 0)) return influence;
  const sparsity = width / (2 * h);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const error = errors[i]!;
    influence[i] = error < median ? -0.5 * sparsity : error > median ? 0.5 * sparsity : 0;
    sum += influence[i]!;
  }
  for (let i = 0; i < n; i++) influence[i]! -= sum / n;
  return influence;
}

/** Linear interpolation between order statistics (numpy's default). */
function quantileOf(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
