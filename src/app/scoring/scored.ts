import type { Task } from "../../core/metrics/metric.ts";
import type { TableBlock } from "../ports/table-reader.ts";

/** Labels and scores of the rows that can be judged: row-aligned with `table`, nothing null, nothing infinite. */
export interface Scored {
  readonly task: Task;
  /** The rows that remain after rows without a label were left out (and aggregated, where the policy says so). */
  readonly table: TableBlock;
  /** Binary: 0/1. Multiclass: index into `classes`. Regression: the value. Ranking: the gain, 0 = not relevant, below 0: a grade that is no hit. */
  readonly label: Uint8Array | Int32Array | Float64Array;
  /** Multiclass: class names in code order; else empty. */
  readonly classes: readonly string[];
  /** Champion (where there is one), challenger, baselines, in the order asked for. */
  readonly models: readonly ScoredModel[];
  /** Rows left out because their label is null. */
  readonly rowsWithoutLabel: number;
  /** `mase@period`: mean absolute error of the naive forecast on the training labels, by period. */
  readonly naiveError?: ReadonlyMap<number, number>;
}

export interface ScoredModel {
  readonly name: string;
  /** Row-major, `width` per row: 1, or the number of classes. Empty where the model names classes only. */
  readonly scores: Float64Array;
  readonly width: number;
  /** Multiclass models that name a class and no probabilities: the class code per row. */
  readonly predicted?: Int32Array;
  /** SHA-256 of the artifact, or of the entry's canonical text for columns, rules and constants. */
  readonly fingerprint: string;
}
