import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { OverrideEffect } from "../../core/serving/overrides.ts";
import type { RecordProblem } from "../../core/serving/record-rules.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import type { Rows } from "../ports/serving-runtime.ts";

/** One call of any door, in the form that the path takes. */
export interface PredictRequest {
  readonly model: string;
  /** Asked for by name: no routing then. */
  readonly version: string | null;
  readonly rows: Rows;
  /** True where the client wants the output tensors. */
  readonly allOutputs: boolean;
  /** Of the whole request; else each record's own column. */
  readonly unit: string | null;
  readonly context: FeatureRecord | null;
  readonly time: number | null;
  /** The caller's own key of the request. */
  readonly key: string | null;
  /** True where the records are one list to be put in order. */
  readonly list: boolean;
  readonly door: string;
  /** A test of load: answered like any other, and kept apart in the log, so that nothing is learnt from it. */
  readonly test?: boolean;
}

export interface PredictReply {
  /** Id of the request; the prediction's own where there is one row. */
  readonly request: string;
  readonly rows: readonly RowReply[];
  /** Undefined where they were not asked for. */
  readonly outputs: readonly Tensor[] | undefined;
  /** False where the log could not keep it (mode `written` or `early` only). */
  readonly logged: boolean;
}

export interface RowReply {
  readonly id: string;
  /** Index of the record in the request. */
  readonly row: number;
  /** A list where the model answers several numbers (or texts) a row that are no classes. */
  readonly prediction: number | string | readonly number[] | readonly string[] | null;
  /** Probability per class, where there are several. */
  readonly classes: Readonly<Record<string, number>> | null;
  readonly version: string | null;
  readonly cohort: string;
  readonly arm: string;
  readonly fallback: string | null;
  readonly marks: readonly RecordProblem[];
  /** Why there is no prediction. */
  readonly rejected: readonly RecordProblem[];
  readonly overrides: readonly OverrideEffect[];
  readonly item: string | null;
}
