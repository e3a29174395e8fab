import type { ExpectedEvent } from "../drift/events.ts";
import type { Severity } from "../findings.ts";
import type { Condition } from "../slices/condition.ts";

/** What a table must look like: the form behind `contract.yaml`. Shares are between 0 and 1. */
export interface Contract {
  readonly name: string;
  /** Of the contract itself; raise it when a rule changes. */
  readonly version: number;
  readonly owner: string | null;
  readonly meaning: string | null;
  readonly file: FileContract;
  /** Rows of one file or load. */
  readonly rows: { readonly usual: number | null; readonly from: number; readonly to: number } | null;
  /** Share of bad rows beyond which the whole file is refused. */
  readonly badRows: number;
  /** Columns that together name a row. */
  readonly key: readonly string[];
  readonly label: string | null;
  readonly time: TimeContract | null;
  readonly columnOrder: "any" | "fixed";
  readonly unknownColumns: Severity | "off";
  /** Share of rows that may repeat the content of another row, key aside. Null: not checked. */
  readonly repeats: number | null;
  readonly columns: readonly ColumnContract[];
  readonly rules: readonly RowCondition[];
  readonly severity: SeverityMap;
  /** Announced changes: a load within one is unusual as expected, and teaches nothing. */
  readonly expected?: readonly ExpectedEvent[];
}

/** Severity per check name; `off` switches the check off. */
export type SeverityMap = Readonly<Record<string, Severity | "off">>;

export interface FileContract {
  readonly format: "csv" | "json-lines" | "json" | "parquet" | null;
  readonly delimiter: string | null;
  readonly finalNewline: boolean | null;
}

export interface TimeContract {
  readonly column: string;
  readonly ordered: boolean;
  /** Longest allowed distance between neighbouring times, milliseconds. */
  readonly gap: number | null;
  /** Greatest age of the newest row, milliseconds. */
  readonly age: number | null;
}

export type ColumnType = "integer" | "number" | "boolean" | "text" | "time" | "any";

/** How times are written. */
export type TimeFormat = "iso" | "day-first" | "month-first" | "day-or-month-first" | "dotted" | "year-first" | "words";

export interface ColumnContract {
  readonly name: string;
  readonly type: ColumnType;
  readonly format: TimeFormat | null;
  /** False: the file may come without this column. */
  readonly required: boolean;
  readonly meaning: string | null;
  readonly unit: string | null;
  /** Largest share of nulls; 0 with severity error sends each null to quarantine. */
  readonly nulls: number | null;
  readonly range: { readonly from: number | null; readonly to: number | null } | null;
  readonly values: { readonly any: readonly (string | number | boolean)[]; readonly unseen: number } | null;
  readonly pattern: string | null;
  readonly length: { readonly from: number; readonly to: number } | null;
  readonly unique: boolean;
  /** Share of rows that hold a value. */
  readonly proportions: Readonly<Record<string, { readonly from: number; readonly to: number }>> | null;
  readonly severity: SeverityMap;
  readonly reference: ColumnReference | null;
}

/** What the reference looked like, for what no rule can say: unit, swap, stuck, flip. */
export interface ColumnReference {
  readonly rows: number;
  readonly nulls: number;
  readonly distinct: number;
  /** At 0, 1/20, … 1. */
  readonly quantiles: readonly number[] | null;
  readonly mean: number | null;
  /** Most frequent texts and their shares. */
  readonly top: Readonly<Record<string, number>> | null;
  /** Correlation (Spearman) with the label. */
  readonly withLabel: number | null;
  readonly longestRun: number | null;
}

/** A rule across columns; rows that break it fail. */
export type RowCondition = RowConditionBase &
  (
    | { readonly kind: "holds"; readonly when: Condition | null; readonly holds: Condition }
    /** Each column at most the next, null aside. */
    | { readonly kind: "ordered"; readonly columns: readonly string[]; readonly strict: boolean }
    /** Never falls from row to row (within equal values of `within`). */
    | { readonly kind: "monotone"; readonly column: string; readonly within: string | null; readonly falling: boolean }
    | { readonly kind: "sum"; readonly columns: readonly string[]; readonly equals: string; readonly tolerance: number }
  );

interface RowConditionBase {
  readonly name: string;
  readonly severity: Severity;
  readonly meaning: string | null;
}

/** The severity of a check for a column (or the table) under a contract: column, then contract, then catalogue. */
export function severityFor(
  check: string,
  usual: Severity,
  contract: Contract | null,
  column: ColumnContract | null,
): Severity | "off" {
  return column?.severity[check] ?? contract?.severity[check] ?? usual;
}

export function columnOf(contract: Contract | null, name: string): ColumnContract | null {
  return contract?.columns.find((column) => column.name === name) ?? null;
}
