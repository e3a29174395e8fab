import type { Task } from "../metrics/metric.ts";

/** Answers of one version, with the labels that have come so far. Arrays are row-aligned. */
export interface AnswerRows {
  readonly task: Task;
  readonly n: number;
  /** Binary: probability or score. Regression: the value. Ranking: the score. Multiclass: unused. */
  readonly score: Float64Array;
  /** Binary: decision 0/1. Multiclass: class code. Null for other tasks. */
  readonly predicted: Uint8Array | Int32Array | null;
  /** Multiclass: row-major, one a class, NaN in rows that have none; null: the answers name classes alone. */
  readonly probabilities: Float64Array | null;
  /** As an evaluation reads it; whatever where `known` is 0. */
  readonly label: Float64Array;
  readonly known: Uint8Array;
  /** Milliseconds since the prediction. */
  readonly age: Float64Array;
  /** Dense codes: what comes back. */
  readonly units: Uint32Array;
  /** Ranking: dense codes of lists and items. */
  readonly lists: Uint32Array | null;
  readonly items: Uint32Array | null;
}
