import { nearest } from "../nearest.ts";
import { parseTime } from "../tables/parse-time.ts";
import type { ColumnSchema } from "../tables/table.ts";
import type { Condition, Range, Scalar } from "./condition.ts";
import { whyNeverTrue } from "./condition-never.ts";

/** What is known of the data when a condition is checked. Values are complete or absent, never a sample. */
export interface BindingFacts {
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** All values of a text column, or a few of any other, to show in messages. */
  readonly values?: (column: string) => readonly string[] | undefined;
  /** How the data are called in a message: `data/test.parquet`. */
  readonly source: string;
}

export interface ConditionProblem {
  readonly severity: "error" | "warning";
  /** The column at which the reader should look; null where it is the whole condition. */
  readonly column: string | null;
  readonly message: string;
  readonly mend: readonly string[];
}

/**
 * Fits a condition to the columns of a table: dates on time columns become milliseconds, numbers on 32-bit columns are
 * rounded as the column is, so that mask, predicate and SQL compare the same numbers. Problems are returned, all of
 * them; the condition is usable only where none is an error.
 */
export function bindCondition(
  condition: Condition,
  facts: BindingFacts,
): { readonly condition: Condition; readonly problems: readonly ConditionProblem[] } {
  const problems: ConditionProblem[] = [];
  const bound = bind(condition, facts, problems);
  if (!problems.some((problem) => problem.severity === "error")) {
    const reason = whyNeverTrue(bound);
    if (reason !== null) {
      problems.push({ severity: "error", column: null, message: `can never be true: ${reason}`, mend: [] });
    }
  }
  return { condition: bound, problems };
}

function bind(condition: Condition, facts: BindingFacts, problems: ConditionProblem[]): Condition {
  if (condition.kind === "all" || condition.kind === "any") {
    return { kind: condition.kind, of: condition.of.map((part) => bind(part, facts, problems)) };
  }
  if (condition.kind === "not") return { kind: "not", of: bind(condition.of, facts, problems) };
  const column = facts.columns.get(condition.column);
  if (column === undefined) {
    problems.push(missingColumn(condition.column, facts));
    return condition;
  }
  if (condition.kind === "null") return condition;
  const say = (message: string, mend: readonly string[] = []): Condition => {
    problems.push({ severity: "error", column: column.name, message, mend });
    return condition;
  };
  if (column.kind === "other") return say(`column "${column.name}" is ${column.type}, which conditions cannot compare`);
  if (condition.kind === "is") return bindValues(condition, column, facts, problems, say);
  if (condition.kind === "range") return bindRange(condition, column, say);
  return column.kind === "time"
    ? condition
    : say(`column "${column.name}" is ${kindWord(column)}; only a time has a ${condition.part}`);
}

/** @returns the problem, with the nearest columns and some of their values */
export function missingColumn(name: string, facts: BindingFacts): ConditionProblem {
  const near = nearest(name, facts.columns.keys());
  const all = [...facts.columns.keys()];
  const whole = all.length === 1 && /\s/.test(all[0]!.trim()) && all[0]!.trim().split(/\s+/).includes(name);
  const mend = whole
    ? [`the file was read as one column, "${all[0]!}": separate its fields by commas or tabs, not by blanks`]
    : near.length > 0
      ? [`nearest: ${near.map((other) => withValues(other, facts)).join(", ")}`]
      : [`columns: ${some([...facts.columns.keys()], 20)}`];
  return { severity: "error", column: name, message: `there is no column "${name}" in ${facts.source}`, mend };
}

function withValues(name: string, facts: BindingFacts): string {
  const values = facts.values?.(name);
  return values === undefined || values.length === 0 ? name : `${name} (${some(values, 4)})`;
}

function some(texts: readonly string[], limit: number): string {
  const shown = texts.slice(0, limit).map((text) => (text.length > 30 ? `${text.slice(0, 29)}…` : text));
  return texts.length > limit ? `${shown.join(", ")}, … ${texts.length - limit} more` : shown.join(", ");
}

type Say = (message: string, mend?: readonly string[]) => Condition;

function bindValues(
  condition: Extract<Condition, { kind: "is" }>,
  column: ColumnSchema,
  facts: BindingFacts,
  problems: ConditionProblem[],
  say: Say,
): Condition {
  if (condition.values.length === 0) return say(`the list of values for "${column.name}" is empty and selects nothing`);
  const values: Scalar[] = [];
  for (const value of condition.values) {
    const bound = boundValue(value, column);
    if (bound === null) return say(mismatch(value, column), mismatchMend(value, column, facts));
    values.push(bound);
  }
  if (column.kind === "category") problems.push(...unseenValues(values, column, facts));
  const shape = { kind: "is", column: column.name, values } as const;
  return column.kind === "time" ? { ...shape, time: true } : shape;
}

/** The value as the column's arrays hold it; null where the types do not fit. */
function boundValue(value: Scalar, column: ColumnSchema): Scalar | null {
  switch (column.kind) {
    case "number":
      return typeof value === "number" ? asStored(value, column) : null;
    case "category":
      return typeof value === "string" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "time":
      return typeof value === "string" ? parseTime(value) : typeof value === "number" ? value : null;
    default:
      return null;
  }
}

/** True where the engine keeps the column as 32-bit floats. */
export function isSinglePrecision(column: ColumnSchema): boolean {
  return column.kind === "number" && /^(float|float4|real)$/i.test(column.type);
}

function asStored(value: number, column: ColumnSchema): number {
  return isSinglePrecision(column) ? Math.fround(value) : value;
}

function kindWord(column: ColumnSchema): string {
  const words = { number: "a number", time: "a time", category: "text", boolean: "true or false", other: "of a kind" };
  return `${words[column.kind]} (${column.type})`;
}

function mismatch(value: Scalar, column: ColumnSchema): string {
  return `column "${column.name}" is ${kindWord(column)}, so it is never equal to ${
    typeof value === "string" ? `the text ${JSON.stringify(value)}` : String(value)
  }`;
}

function mismatchMend(value: Scalar, column: ColumnSchema, facts: BindingFacts): string[] {
  if (column.kind === "category") return [`write it as text: ${column.name}: "${value}"`];
  if (column.kind === "time") return [`write a date: ${column.name}: { from: 2026-01-31, below: 2026-02-01 }`];
  if (column.kind === "boolean") return [`write ${column.name}: true or ${column.name}: false`];
  const number = typeof value === "boolean" ? Number(value) : value === "" ? Number.NaN : Number(value);
  if (!Number.isNaN(number)) return [`write it as a number: ${column.name}: ${number}`];
  const values = facts.values?.(column.name);
  return [
    ...(values === undefined || values.length === 0 ? [] : [`values: ${some(values, 6)}`]),
    `a band of a number is written ${column.name}: { from: 18, below: 30 }`,
  ];
}

function unseenValues(values: readonly Scalar[], column: ColumnSchema, facts: BindingFacts): ConditionProblem[] {
  const known = facts.values?.(column.name);
  if (known === undefined) return [];
  const present = new Set(known);
  return values
    .filter((value) => !present.has(String(value)))
    .map((value) => {
      const near = nearest(String(value), known);
      return {
        severity: "warning",
        column: column.name,
        message: `no row of ${facts.source} has ${column.name} = ${String(value)}`,
        mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `values: ${some(known, 6)}`],
      };
    });
}

function bindRange(condition: Extract<Condition, { kind: "range" }>, column: ColumnSchema, say: Say): Condition {
  if (column.kind === "time") return { ...condition, time: true };
  if (column.kind !== "number") {
    return say(`column "${column.name}" is ${kindWord(column)}; only numbers and times have a range`);
  }
  if (condition.time === true) {
    return say(`column "${column.name}" is ${kindWord(column)}, so it cannot be compared with a date`);
  }
  if (!isSinglePrecision(column)) return condition;
  const range: Range = Object.fromEntries(
    Object.entries(condition.range).map(([key, bound]) => [key, Math.fround(bound)]),
  );
  return { ...condition, range };
}
