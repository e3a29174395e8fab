/** One column against a cut: 1 at or above it (or below, where `above` is false). */
export interface Cut {
  readonly at: number;
  readonly above: boolean;
}

/**
 * The cut of one feature that separates positives best: it maximises the balanced accuracy on the training rows, in
 * either direction (the first such cut, from below, where several tie). Cuts lie half-way between neighbouring values.
 * Rows where the feature is missing are left out.
 */
export function learnCut(feature: ArrayLike<number>, positive: ArrayLike<number>): Cut {
  const rows = Uint32Array.from({ length: feature.length }, (_, i) => i).filter((i) => Number.isFinite(feature[i]!));
  rows.sort((a, b) => feature[a]! - feature[b]! || a - b);
  let positives = 0;
  for (const i of rows) positives += positive[i]! > 0 ? 1 : 0;
  const negatives = rows.length - positives;
  let best: Cut = { at: rows.length > 0 ? feature[rows[0]!]! : 0, above: true };
  let bestRate = 0.5;
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (let k = 0; k + 1 < rows.length; k++) {
    if (positive[rows[k]!]! > 0) positivesBelow++;
    else negativesBelow++;
    const [here, next] = [feature[rows[k]!]!, feature[rows[k + 1]!]!];
    if (here === next) continue;
    const rate = ((positives - positivesBelow) / positives + negativesBelow / negatives) / 2;
    const above = rate >= 0.5;
    if (Math.max(rate, 1 - rate) <= bestRate) continue;
    bestRate = Math.max(rate, 1 - rate);
    best = { at: here + (next - here) / 2, above };
  }
  return best;
}

/** 1 where the feature is on the cut's side, else 0; 0 where it is missing. */
export function applyCut(feature: ArrayLike<number>, { at, above }: Cut): Float64Array {
  return Float64Array.from({ length: feature.length }, (_, i) => {
    const value = feature[i]!;
    return (above ? value >= at : value < at) ? 1 : 0;
  });
}
