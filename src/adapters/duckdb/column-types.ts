import type { ColumnSchema } from "../../core/tables/table.ts";

const integers = new Set(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"]);
const wideIntegers = new Set(["HUGEINT", "UHUGEINT"]);
const small = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"]);

/** The kind of a column whose values have this engine type; nested and binary types are `other`. */
export function kindOfType(type: string): ColumnSchema["kind"] {
  if (
    isInteger(type) ||
    wideIntegers.has(type) ||
    type === "FLOAT" ||
    type === "DOUBLE" ||
    type.startsWith("DECIMAL")
  ) {
    return "number";
  }
  if (type === "BOOLEAN") return "boolean";
  if (type === "DATE" || /^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/.test(type)) return "time";
  if (type === "VARCHAR" || type === "UUID" || type === "JSON" || /^ENUM\([^)]*\)$/s.test(type)) return "category";
  return "other";
}

/** Integers of at most 64 bits. */
export function isInteger(type: string): boolean {
  return integers.has(type);
}

/** True where the file holds whole numbers only, whatever their width. */
export function isWhole(type: string): boolean {
  return integers.has(type) || wideIntegers.has(type) || /^DECIMAL\(\d+,0\)$/.test(type);
}

/** Integers that fit a signed 32-bit array. */
export function fitsInt32(type: string): boolean {
  return small.has(type);
}

/**
 * SQL text of a value as it stands for a category, a unit or a group: integers without decimals (also those that a
 * null turned into floating point), times in ISO form, booleans `true` and `false`.
 */
export function textSql(column: string, type: string): string {
  if (type === "VARCHAR") return column;
  if (type === "JSON") return `(${column} ->> '$')`;
  if (type === "FLOAT" || type === "DOUBLE") return `regexp_replace(CAST(${column} AS VARCHAR), '\\.0$', '')`;
  return `CAST(${column} AS VARCHAR)`;
}
