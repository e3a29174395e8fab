/**
 * Quantiles by linear interpolation of order statistics: type 7 of Hyndman and Fan (1996), the default of numpy and R.
 * `sorted` ascending, without NaN; `p` in [0, 1]. NaN for an empty array or p outside.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0 || !(p >= 0 && p <= 1)) return Number.NaN;
  const position = (n - 1) * p;
  const index = Math.floor(position);
  const low = sorted[index] as number;
  const high = sorted[Math.min(index + 1, n - 1)] as number;
  const fraction = position - index;
  if (fraction === 0 || low === high) return low;
  // From the nearer end, as numpy does, so that the answer never leaves [low, high].
  const span = high - low;
  return fraction >= 0.5 ? high - span * (1 - fraction) : low + span * fraction;
}

/** Quantiles (type 7) of unsorted values; NaN values are left out. Copies, then sorts once. */
export function quantiles(values: ArrayLike<number>, probabilities: readonly number[]): number[] {
  const sorted = sortedFinite(values);
  return probabilities.map((p) => quantileOfSorted(sorted, p));
}

/** Median (type 7) of unsorted values; NaN for none. */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(sortedFinite(values), 0.5);
}

/** A sorted copy without NaN (infinities stay). */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const copy = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value)) copy[n++] = value;
  }
  return copy.subarray(0, n).sort();
}

/**
 * Weighted quantile: the smallest value whose cumulative weight reaches p of the total (the inverse of the weighted
 * distribution function; numpy's `inverted_cdf`). With equal weights it is Hyndman and Fan's type 1. Weight 2 equals the
 * row twice. NaN values and weights that are not above 0 are left out; NaN when nothing remains.
 */
export function weightedQuantile(values: ArrayLike<number>, weights: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const kept: number[] = [];
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] as number;
    if (!Number.isNaN(values[i] as number) && weight > 0) {
      kept.push(i);
      total += weight;
    }
  }
  kept.sort((i, j) => (values[i] as number) - (values[j] as number));
  const target = p * total;
  let cumulative = 0;
  for (const i of kept) {
    cumulative += weights[i] as number;
    // A relative slack, because p * total and the running sum round differently.
    if (cumulative >= target * (1 - 1e-14)) return values[i] as number;
  }
  return kept.length === 0 ? Number.NaN : (values[kept[kept.length - 1] as number] as number);
}
