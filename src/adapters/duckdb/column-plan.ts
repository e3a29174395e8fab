import type { ColumnRequest } from "../../app/ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import { fitsInt32, isWhole, textSql } from "./column-types.ts";
import { quoteName } from "./sql-text.ts";
import type { KeyCodes } from "./unit-codes.ts";

/** How one column comes out of the engine: an expression, and the array that its values are copied into. */
export interface ColumnPlan {
  readonly name: string;
  readonly kind: "number" | "time" | "boolean" | "category";
  readonly sql: string;
  readonly wire: "f64" | "f32" | "i32" | "u8" | "u16" | "u32" | "u64";
  /** The array is narrowed to float32 while copying. */
  readonly narrow: boolean;
  readonly integer: boolean;
  /** Category only: the shared dictionary. */
  readonly texts?: readonly string[];
  /** Category with many values, `u64`: finds codes by the hash of the text, in the order of `texts`. */
  readonly keys?: KeyCodes;
}

/** What a request becomes once the file's own type is known; category columns get their SQL from the dictionary. */
export type ResolvedKind = "number" | "float32" | "time" | "boolean" | "category";

/** @throws Failure COLUMN_MISSING with the nearest names */
export function findColumn(name: string, columns: readonly ColumnSchema[], files: readonly string[]): ColumnSchema {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const names = columns.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new Failure("COLUMN_MISSING", {
    where: files[0] ?? "",
    message: `there is no column "${name}"`,
    mend:
      near.length > 0
        ? [`nearest names: ${near.join(", ")}`]
        : [`columns: ${names.slice(0, 30).join(", ")}${names.length > 30 ? ", …" : ""}`],
  });
}

/** @throws Failure COLUMN_TYPE for nested and binary columns */
export function resolveKind(request: ColumnRequest, column: ColumnSchema, files: readonly string[]): ResolvedKind {
  if (column.kind === "other") {
    throw new Failure("COLUMN_TYPE", {
      where: files[0] ?? "",
      message: `column "${column.name}" has the type ${column.type.slice(0, 80)}, which cannot be read as one value per row`,
      mend: ["write its parts into columns of their own"],
    });
  }
  return request.as === "auto" ? column.kind : request.as;
}

/** The plan of a column that needs no dictionary. `type` is the type in the relation that is read. */
export function planColumn(
  name: string,
  kind: Exclude<ResolvedKind, "category">,
  type: string,
  epoch: number,
): ColumnPlan {
  const column = quoteName(name);
  const integer = isWhole(type);
  const base = { name, narrow: false, integer };
  if (kind === "boolean") {
    return { ...base, kind: "boolean", sql: `CAST(${booleanSql(column, type)} AS UTINYINT)`, wire: "u8" };
  }
  if (kind === "time") return { ...base, kind: "time", sql: timeSql(column, type, epoch), wire: "f64" };
  if (fitsInt32(type)) {
    if (kind === "float32") return { ...base, kind: "number", sql: `CAST(${column} AS FLOAT)`, wire: "f32" };
    return { ...base, kind: "number", sql: `CAST(${column} AS INTEGER)`, wire: "i32" };
  }
  if (type === "BOOLEAN")
    return { ...base, kind: "number", sql: `CAST(${column} AS INTEGER)`, wire: "i32", integer: true };
  if (type === "FLOAT") return { ...base, kind: "number", sql: column, wire: "f32" };
  const sql = isTime(type) ? timeSql(column, type, epoch) : `CAST(${plainText(column, type)} AS DOUBLE)`;
  return { ...base, kind: "number", sql, wire: "f64", narrow: kind === "float32" };
}

/** Strict test that a text value fits a kind: SQL that is null where it does not. */
export function tryCastSql(column: string, type: string, kind: ResolvedKind): string {
  const text = plainText(column, type);
  if (kind === "time") return `TRY_CAST(${text} AS TIMESTAMPTZ)`;
  if (kind === "boolean") return `TRY_CAST(${text} AS BOOLEAN)`;
  return `TRY_CAST(${text} AS DOUBLE)`;
}

/** Factor from a number column's unit to milliseconds, by its largest value: seconds, ms, µs or ns since 1970. */
export function epochFactor(largest: number): number {
  if (largest < 1e11) return 1000;
  if (largest < 1e14) return 1;
  return largest < 1e17 ? 1e-3 : 1e-6;
}

function isTime(type: string): boolean {
  return type === "DATE" || type.startsWith("TIMESTAMP");
}

function plainText(column: string, type: string): string {
  return type === "VARCHAR" || isNumeric(type) ? column : textSql(column, type);
}

function isNumeric(type: string): boolean {
  return !(type === "JSON" || type === "UUID" || type.startsWith("ENUM"));
}

function booleanSql(column: string, type: string): string {
  if (type === "BOOLEAN") return column;
  if (type === "VARCHAR" || !isNumeric(type)) return `CAST(${textSql(column, type)} AS BOOLEAN)`;
  return `(CASE WHEN ${column} = 0 THEN false WHEN ${column} = 1 THEN true WHEN ${column} IS NOT NULL THEN CAST(CAST(${column} AS VARCHAR) || ' is neither 0 nor 1' AS BOOLEAN) END)`;
}

function timeSql(column: string, type: string, epoch: number): string {
  if (isTime(type)) {
    // An infinite timestamp has no place on the axis; epoch_us answers null for it.
    return `(CAST(epoch_us(${column}) AS DOUBLE) / 1000e0)`;
  }
  if (type === "VARCHAR" || !isNumeric(type)) {
    return `(CAST(epoch_us(CAST(${textSql(column, type)} AS TIMESTAMPTZ)) AS DOUBLE) / 1000e0)`;
  }
  const factor = epoch >= 1 ? `* ${epoch}e0` : `/ ${Math.round(1 / epoch)}e0`;
  return `(CAST(${column} AS DOUBLE) ${factor})`;
}
