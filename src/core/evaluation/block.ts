import type { GroupingSource } from "../slices/grouping-source.ts";

/** Rows ready to be summed up: labels known, scores finite, all arrays row-aligned. */
export interface EvaluationBlock extends RowsOfBlock {
  readonly groupings: readonly GroupingSource[];
}

/** The rows alone. */
export interface RowsOfBlock {
  readonly rows: number;
  /** Fold of the row's unit. */
  readonly folds: Uint8Array;
  /** Dense unit codes, or null when every row is its own unit. */
  readonly units: Uint32Array | null;
  readonly unitCount: number;
  /** Binary: 0/1. Multiclass: class codes. Regression: the value. Ranking: the gain (0 = not relevant, below 0: a grade that is no hit). */
  readonly label: Uint8Array | Int32Array | Float64Array;
  readonly models: readonly BlockModel[];
  readonly lists: BlockLists | null;
}

export interface BlockModel {
  readonly name: string;
  /** Row-major, `width` per row. */
  readonly scores: Float64Array;
  readonly width: number;
  /** Binary: 1 where the score reaches the threshold. Multiclass: predicted class. Unused otherwise. */
  readonly predicted: Uint8Array | Int32Array | null;
}

/** Ranking: which rows are one list, and the items in them. */
export interface BlockLists {
  /** Dense list code per row, by first appearance. */
  readonly groups: Uint32Array;
  readonly count: number;
  /** Dense item code per row, or null when the policy names no item. */
  readonly items: Uint32Array | null;
  readonly itemCount: number;
  /** Per item code: its place among all items, for ties; null when ties keep the row order. */
  readonly itemOrder: Uint32Array | null;
}
