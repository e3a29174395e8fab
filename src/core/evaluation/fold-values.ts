/**
 * The small form of evidence that decides: for one metric, per slice, the paired values of all models by fold.
 * Folds are groups of units (first byte of SHA-256 of the unit's text), so 256 at most. Everything after this
 * (intervals, weighted score, gates, live weights in the report) reads only this.
 *
 * For model m: value_m = sum over folds of sums[m][f] / sum over folds of weight[f], exactly for means (accuracy, MAP,
 * log loss) and to first order for others: there sums[m][f] = weight[f] * value_m + influence_m[f]
 * (infinitesimal jackknife, Efron 1982; for AUC these are DeLong's placement values).
 */
export interface FoldValues {
  readonly metric: string;
  /** +1 where more is better, -1 where less is. */
  readonly direction: 1 | -1;
  /** Models in the order of `sums`: champion, challenger, then baselines. */
  readonly models: readonly string[];
  readonly slices: readonly SliceFoldValues[];
  /** The same over all rows, each counted once. */
  readonly overall: SliceFoldValues;
}

export interface SliceFoldValues {
  /** Ids of the folds that hold rows of the slice, ascending. */
  readonly folds: Uint8Array;
  /** Share of the slice's evidence per present fold: rows (or lists) counted by the metric; positive. */
  readonly weight: Float64Array;
  /** [model][fold]. */
  readonly sums: readonly Float64Array[];
  /** [model] the point value; null where it cannot be computed, with the reason in `reasons`. */
  readonly values: readonly (number | null)[];
  readonly reasons: readonly (string | null)[];
}

/** What a slice holds; shown with every number. */
export interface SliceCounts {
  readonly rows: number;
  /** Lists, for ranking; null otherwise. */
  readonly groups: number | null;
  /** Distinct units; equal to `rows` when each row is its own unit. */
  readonly units: number;
  readonly positives: number | null;
}
