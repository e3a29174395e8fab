/**
 * A block of rows of one model, ready to be measured: rows with a null label or without a score are left out before
 * (and counted), so nothing in here is null. Arrays may be longer than `n`; only the first `n` rows count.
 */
export type RowBlock = BinaryBlock | MulticlassBlock | RegressionBlock;

export interface BinaryBlock {
  readonly task: "binary";
  readonly n: number;
  /** 1 for a positive row, else 0. */
  readonly label: Uint8Array;
  /** Probability (or any score) of the positive class. */
  readonly score: Float64Array;
  /** 1 where the score reaches the threshold, else 0. */
  readonly predicted: Uint8Array;
}

export interface MulticlassBlock {
  readonly task: "multiclass";
  readonly n: number;
  /** Class codes, 0 to `width` - 1. */
  readonly label: Int32Array;
  /** Class code of the largest probability (the lowest code among equal ones), or the class that the model names. */
  readonly predicted: Int32Array;
  /** Row-major, `width` per row; empty where the model names a class only (metrics that need it are refused before). */
  readonly probabilities: Float64Array;
  readonly width: number;
}

export interface RegressionBlock {
  readonly task: "regression";
  readonly n: number;
  readonly label: Float64Array;
  /** The predicted value. */
  readonly score: Float64Array;
  /**
   * A number near the mean of all labels, the same for every block (default 0): moments of the label are taken around
   * it, so that `r2` keeps its digits where labels are large and close together. Any value gives the same metric.
   */
  readonly labelCentre?: number;
}
