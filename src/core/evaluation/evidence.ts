import type { SliceCounts } from "./fold-values.ts";
import type { Task } from "../metrics/metric.ts";

/**
 * Evidence: the mergeable summary of how models did, per slice. Row moments and histograms merge exactly; fold sums of
 * influence values (rank metrics, medians) merge approximately and say so. The last slice is that of all rows.
 */
export interface Evidence {
  readonly task: Task;
  readonly models: readonly string[];
  readonly sliceNames: readonly string[];
  /** Metrics in the form of the policy: `map`, `ndcg@10`. */
  readonly metrics: readonly string[];
  readonly counts: CountTable;
  readonly moments: MomentTable;
  /** Metrics that are not functions of row moments, by metric text. */
  readonly direct: ReadonlyMap<string, DirectTable>;
  /** Per model label-by-score histograms; binary only. */
  readonly histograms: HistogramTable[];
  /** How many separately accumulated parts this is the sum of. */
  parts: number;
}

/**
 * [slice], the last entry is all rows. For a ranking, `groups` and `units` count what is judged: lists with a relevant
 * row, and their units. Units are exact within one part.
 */
export interface CountTable {
  readonly rows: Float64Array;
  readonly groups: Float64Array;
  readonly units: Float64Array;
  readonly positives: Float64Array;
  /** Lists left out of list metrics because no row in them is relevant. */
  readonly listsWithoutPositive: Float64Array;
}

/** Sums of row moments: `sums[((slice * 256) + fold) * names.length + k]`; names carry the model: `0/log_loss`. */
export interface MomentTable {
  readonly names: readonly string[];
  readonly sums: Float64Array;
}

/**
 * A metric with its own fold sums. `weights[slice * 256 + fold]`; `sums[model][slice * 256 + fold]` add up to
 * value x weight; `values[model][slice]`, NaN where it has none.
 */
export interface DirectTable {
  readonly weights: Float64Array;
  readonly sums: readonly Float64Array[];
  readonly values: readonly Float64Array[];
  /** From the distribution binned into 1,024 codes: the largest error that the binning can make, [model][slice]. */
  readonly binningError: readonly Float64Array[] | null;
}

/** `counts[((slice * 2) + label) * 1024 + bin]`. */
export interface HistogramTable {
  /** Scores all lie in [0, 1]: decides the code. */
  readonly unit: boolean;
  readonly counts: Float64Array;
}

/** What a slice holds. */
export function countsOf(evidence: Evidence, slice: number): SliceCounts {
  const { rows, groups, units, positives } = evidence.counts;
  const ranking = evidence.task === "ranking";
  const labelled = evidence.task === "binary" || ranking;
  return {
    rows: rows[slice]!,
    groups: ranking ? groups[slice]! : null,
    units: units[slice]!,
    positives: labelled ? positives[slice]! : null,
  };
}
