import type { Task } from "../../core/metrics/metric.ts";
import type { ColumnSchema, Table } from "../../core/tables/table.ts";
import type { ColumnRequest } from "./table-reader.ts";

/** Loads a model and answers rows. Implementations: ONNX in process, remote servers, rule, constant. */
export interface ModelRuntime {
  load(spec: ModelSpec): Promise<LoadedModel>;
}

export interface ModelSpec {
  readonly path: string;
  /** Column names in the order of the tensor; undefined where the inputs are named like columns. */
  readonly features?: readonly string[];
  /** Category to number, per column. */
  readonly encode?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What a null becomes, per column or for all; default NaN for numbers, "" for strings. */
  readonly missing?: number | string | Readonly<Record<string, number | string>>;
  readonly output?: string;
  /** Class name, or else column of the output from 0, that is the score (binary). */
  readonly class?: string | number;
  /** `path` is an address: how the server there is asked. */
  readonly remote?: {
    readonly protocol?: "open-inference" | "mlflow" | "json";
    readonly request?: string;
    readonly response?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** The label's value that is a hit (binary): the class of that name is the score, where `class` names none. */
  readonly positive?: string;
  /** Decides whether all class columns are scores (multiclass) or one. */
  readonly task?: Task;
  /** The columns of the table, so that an error can offer the nearest of them. */
  readonly columns?: readonly ColumnSchema[];
  /** Columns with another role (label, id, unit), which an error does not offer as features. */
  readonly notFeatures?: readonly string[];
}

export interface LoadedModel {
  /** SHA-256 of the artifact. */
  readonly digest: string;
  /** The table columns that it reads, and how they should be read. */
  readonly needs: readonly ColumnRequest[];
  /** Multiclass: names of the score columns in order, where the artifact holds them. */
  readonly classes?: readonly string[];
  /** Scores of all rows; width 1 for binary, regression and ranking, number of classes for multiclass (row major). */
  score(
    table: Table,
    onProgress?: (rowsDone: number, rowsTotal: number) => void,
  ): Promise<{ readonly width: number; readonly values: Float64Array }>;
  close(): Promise<void>;
}
