import type { GatePolicy } from "../../core/gates/decision.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { Condition } from "../../core/slices/condition.ts";
import type { Costs } from "../../core/slices/slice.ts";
import type { SliceEntry } from "../../core/slices/slice-entry.ts";

/** `umpire.yaml` as the rest of the product sees it: checked, defaults filled in, conditions parsed. */
export interface Policy {
  readonly model: string;
  readonly task: Task;
  /** Paths and globs as written: relative to the folder of the policy file. */
  readonly data: { readonly test: readonly string[]; readonly train: readonly string[] | null };
  readonly columns: PolicyColumns;
  readonly models: { readonly champion: ModelSource | null; readonly challenger: ModelSource };
  readonly baselines: readonly BaselineEntry[];
  /** At least one; the first decides. Checked against the catalogue for the task. */
  readonly metrics: readonly string[];
  /** Empty: one slice of everything. */
  readonly slices: readonly SliceEntry[];
  readonly gate: GatePolicy;
  /** On the label column: what counts as a hit. Null: the label's own 1 or true. */
  readonly positive: Condition | null;
  readonly threshold: Threshold;
  readonly costs: Costs | null;
  readonly aggregate: Aggregate | null;
  readonly seed: number;
  /** Sections of later parts of the product: a file name or the section itself, unread. */
  readonly contract: unknown;
  readonly release: unknown;
  readonly monitors: unknown;
  readonly alerts: unknown;
}

export interface PolicyColumns {
  readonly id: readonly string[];
  /** Ranking: the columns that name a list; empty for other tasks. */
  readonly group: readonly string[];
  readonly item: string | null;
  /** What comes back, and whence that is known: the policy, else the lists, else each row by itself. */
  readonly unit: { readonly columns: readonly string[]; readonly source: "policy" | "group" | "row" };
  readonly time: string | null;
  readonly label: string;
  /** When a column's value is known; columns that are not named are known with the request. */
  readonly available: Readonly<Record<string, Availability>>;
}

export type Availability = "request" | "prepared" | "after";

export type ModelSource =
  | { readonly kind: "column"; readonly column: string }
  /** Multiclass: the column of each class's probability. */
  | { readonly kind: "columns"; readonly columns: Readonly<Record<string, string>> }
  | OnnxSource
  | UrlSource
  | { readonly kind: "rule"; readonly rule: Rule }
  | { readonly kind: "constant"; readonly value: number | string };

export interface OnnxSource extends ModelDescription {
  readonly kind: "onnx";
  readonly onnx: string;
}

/** A model behind an address. `features` are the columns that it is sent. */
export interface UrlSource {
  readonly kind: "url";
  readonly url: string;
  readonly features?: readonly string[];
  readonly output?: string;
  readonly class?: string | number;
  readonly protocol?: "open-inference" | "mlflow" | "json";
  readonly request?: string;
  readonly response?: string;
  /** With `${ENV}` as written. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an ONNX file is fed and read; may also stand in a file beside the model. */
export interface ModelDescription {
  readonly features?: readonly string[];
  readonly encode?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly missing?: number | string | Readonly<Record<string, number | string>>;
  readonly output?: string;
  readonly class?: string | number;
}

/** A score or a class, or a condition that decides between two rules. */
export type Rule = number | string | { readonly when: Condition; readonly yes: Rule; readonly no: Rule };

export interface BaselineEntry {
  readonly name: string;
  readonly baseline: Baseline;
}

export type Baseline =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "random"; readonly seed: number }
  | { readonly kind: "majority" | "prior" }
  | { readonly kind: "mean" | "median"; readonly by: readonly string[] }
  | { readonly kind: "last"; readonly by: readonly string[] }
  /** `period` in rows, or a span of time in milliseconds. */
  | {
      readonly kind: "seasonal_last";
      readonly period: { readonly rows: number } | { readonly milliseconds: number };
      readonly by: readonly string[];
    }
  | { readonly kind: "value"; readonly value: number }
  /** One column against a cut; the cut is learnt on `data.train` where `at` is null. */
  | { readonly kind: "threshold"; readonly column: string; readonly at: number | null }
  /** Null: every number column that is not an id, a label or a score. */
  | { readonly kind: "linear" | "logistic"; readonly features: readonly string[] | null };

export type Threshold =
  | { readonly kind: "fixed"; readonly value: number }
  | { readonly kind: "recall" | "precision"; readonly value: number }
  | { readonly kind: "minimal-cost" };

export const aggregations = ["max", "min", "mean", "sum", "first", "last"] as const;

/** Rows are joined by the columns `by` before anything is judged. */
export interface Aggregate {
  readonly by: readonly string[];
  readonly score: (typeof aggregations)[number];
  readonly label: (typeof aggregations)[number];
}
