import { InternalError } from "../failures.ts";
import type { ColumnSchema } from "../tables/table.ts";
import type { Condition, Range, Scalar } from "./condition.ts";
import type { SqlDialect } from "./sql-dialects.ts";

/**
 * A condition as a boolean SQL expression that is never null, so that `not` and `where` mean what they say. Only the
 * condition's own literals and column names enter the text, quoted by the dialect.
 *
 * @param columns the table's columns by name: types decide how literals are written and where NaN can occur
 * @throws InternalError where a column is not in `columns` (conditions are checked against the data before)
 */
export function conditionSql(
  condition: Condition,
  columns: ReadonlyMap<string, ColumnSchema>,
  dialect: SqlDialect,
): string {
  switch (condition.kind) {
    case "all":
      return joined(condition.of, " and ", "true", columns, dialect);
    case "any":
      return joined(condition.of, " or ", "false", columns, dialect);
    case "not":
      return `(not ${conditionSql(condition.of, columns, dialect)})`;
    case "null":
      return nullSql(columnOf(columns, condition.column), condition.isNull, dialect);
    case "is":
      return isSql(columnOf(columns, condition.column), condition.values, dialect);
    case "range":
      return rangeSql(columnOf(columns, condition.column), condition.range, dialect);
    case "clock":
      return clockSql(columnOf(columns, condition.column), condition, dialect);
  }
}

function columnOf(columns: ReadonlyMap<string, ColumnSchema>, name: string): ColumnSchema {
  const column = columns.get(name);
  if (column === undefined) throw new InternalError(`the condition reads column "${name}", which the table lacks`);
  return column;
}

function joined(
  parts: readonly Condition[],
  word: string,
  empty: string,
  columns: ReadonlyMap<string, ColumnSchema>,
  dialect: SqlDialect,
): string {
  if (parts.length === 0) return empty;
  return `(${parts.map((part) => conditionSql(part, columns, dialect)).join(word)})`;
}

/** Only floating-point columns can hold NaN, which engines order above every number. */
function mayBeNan(column: ColumnSchema): boolean {
  return column.kind === "number" && /^(float|double|real)/i.test(column.type);
}

function nullSql(column: ColumnSchema, isNull: boolean, dialect: SqlDialect): string {
  const name = dialect.identifier(column.name);
  const sql = mayBeNan(column) ? `(${name} is null or ${dialect.isNan(name)})` : `(${name} is null)`;
  return isNull ? sql : `(not ${sql})`;
}

function isSql(column: ColumnSchema, values: readonly Scalar[], dialect: SqlDialect): string {
  const literals = values.filter((value) => value === value).map((value) => literal(value, column, dialect));
  if (literals.length === 0) return "false";
  return `coalesce(${dialect.identifier(column.name)} in (${literals.join(", ")}), false)`;
}

function literal(value: Scalar, column: ColumnSchema, dialect: SqlDialect): string {
  if (typeof value === "string") return dialect.text(value);
  if (typeof value === "boolean") return String(value);
  return column.kind === "time" ? dialect.time(value, column.type) : dialect.number(value);
}

const OPERATORS = [
  ["from", ">="],
  ["above", ">"],
  ["to", "<="],
  ["below", "<"],
] as const;

function rangeSql(column: ColumnSchema, range: Range, dialect: SqlDialect): string {
  const name = dialect.identifier(column.name);
  const parts: string[] = [];
  for (const [key, operator] of OPERATORS) {
    const bound = range[key];
    if (bound !== undefined) parts.push(`${name} ${operator} ${literal(bound, column, dialect)}`);
  }
  if (mayBeNan(column)) parts.push(`not ${dialect.isNan(name)}`);
  return parts.length === 0
    ? nullSql(column, false, dialect)
    : `coalesce(${parts.length === 1 ? parts[0] : `(${parts.join(" and ")})`}, false)`;
}

function clockSql(column: ColumnSchema, condition: Extract<Condition, { kind: "clock" }>, dialect: SqlDialect): string {
  if (condition.values.length === 0) return "false";
  const part = dialect.clock(condition.part, dialect.identifier(column.name), column.type);
  return `coalesce(${part} in (${condition.values.map((value) => dialect.number(value)).join(", ")}), false)`;
}
