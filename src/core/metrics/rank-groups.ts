/** Rows in groups of equal score, best score first. */
export interface RankGroups {
  /** Weight (count) of positive and of negative rows per group. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** The group of each row. */
  readonly group: Int32Array;
}

/** Sorts rows by score, descending, into tie groups; `isPositive(row)` tells the class of a row. O(n log n). */
export function rankGroups(score: ArrayLike<number>, isPositive: (row: number) => boolean): RankGroups {
  const n = score.length;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  order.sort((a, b) => score[b]! - score[a]!);
  const group = new Int32Array(n);
  let groups = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0 && score[order[i]!] !== score[order[i - 1]!]) groups++;
    group[order[i]!] = groups;
  }
  const count = n === 0 ? 0 : groups + 1;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    const counts = isPositive(i) ? positives : negatives;
    counts[group[i]!]! += 1;
  }
  return { positives, negatives, group };
}
