/**
 * Mean |y[t] - y[t - period]| of the training labels, for `mase`: `labels` in order of time within each series, `starts`
 * the first position of each series (default: one series). Pairs of all series are pooled. NaN without a pair.
 */
export function naiveError(labels: ArrayLike<number>, period: number, starts: readonly number[] = [0]): number {
  let sum = 0;
  let pairs = 0;
  for (let s = 0; s < starts.length; s++) {
    const end = starts[s + 1] ?? labels.length;
    for (let t = starts[s]! + period; t < end; t++) {
      sum += Math.abs(labels[t]! - labels[t - period]!);
      pairs++;
    }
  }
  return pairs > 0 ? sum / pairs : Number.NaN;
}
