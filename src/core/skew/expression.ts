/**
 * The small language of transformations: arithmetic over columns, a few functions, parts of a time. Parsed into a tree
 * and walked; nothing is ever evaluated as code.
 *
 *   temperature_c / 41      (x - 32) * 5 / 9      month of timestamp      fill(age, 38)      log1p(income)      copy
 */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "column"; readonly name: string }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly name: FunctionName; readonly of: readonly Expression[] }
  | { readonly kind: "time"; readonly part: TimePart; readonly of: Expression }
  | {
      readonly kind: "map";
      readonly of: Expression;
      readonly values: ReadonlyMap<string, number | string>;
      /** For values that are not named; null makes them missing. */
      readonly otherwise: number | string | null;
    };

/** Name, number of arguments. `fill(x, v)`: v where x is missing. */
export const functionArity = {
  abs: 1,
  ceil: 1,
  clip: 3,
  exp: 1,
  fill: 2,
  floor: 1,
  log: 1,
  log1p: 1,
  lower: 1,
  max: 2,
  min: 2,
  round: 1,
  sqrt: 1,
  trim: 1,
  upper: 1,
} as const;
export type FunctionName = keyof typeof functionArity;

export const timeParts = ["year", "quarter", "month", "day", "weekday", "hour", "minute", "second"] as const;
export type TimePart = (typeof timeParts)[number];

/** A value of a row: a number, a text, or missing. Times are milliseconds since 1970 UTC. */
export type Cell = number | string | null;

/** Columns that an expression reads. */
export function columnsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
      return [];
    case "column":
      return [expression.name];
    case "arithmetic":
      return [...columnsOf(expression.left), ...columnsOf(expression.right)];
    case "call":
      return expression.of.flatMap(columnsOf);
    case "time":
    case "map":
      return columnsOf(expression.of);
  }
}

/** Value of an expression on one row; missing in, missing out, except for `fill`. */
export function evaluate(expression: Expression, cell: (column: string) => Cell): Cell {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "column":
      return cell(expression.name);
    case "arithmetic":
      return arithmetic(expression.operator, evaluate(expression.left, cell), evaluate(expression.right, cell));
    case "call":
      return call(
        expression.name,
        expression.of.map((argument) => evaluate(argument, cell)),
      );
    case "time": {
      const time = toNumber(evaluate(expression.of, cell));
      return time === null ? null : timePart(time, expression.part);
    }
    case "map": {
      const value = evaluate(expression.of, cell);
      return value === null ? null : (expression.values.get(String(value)) ?? expression.otherwise);
    }
  }
}

function toNumber(cell: Cell): number | null {
  if (cell === null) return null;
  const value = typeof cell === "number" ? cell : cell.trim() === "" ? Number.NaN : Number(cell);
  return Number.isNaN(value) ? null : value;
}

function arithmetic(operator: "+" | "-" | "*" | "/", left: Cell, right: Cell): number | null {
  const a = toNumber(left);
  const b = toNumber(right);
  if (a === null || b === null) return null;
  const value = operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b;
  return Number.isNaN(value) ? null : value;
}

function call(name: FunctionName, cells: readonly Cell[]): Cell {
  const [first = null, second = null, third = null] = cells;
  if (name === "fill") return first === null ? second : first;
  if (first === null) return null;
  if (name === "lower") return String(first).toLowerCase();
  if (name === "upper") return String(first).toUpperCase();
  if (name === "trim") return String(first).trim();
  const x = toNumber(first);
  const y = toNumber(second);
  const z = toNumber(third);
  if (x === null) return null;
  if (name === "min" || name === "max") return y === null ? null : Math[name](x, y);
  if (name === "clip") return y === null || z === null ? null : Math.min(z, Math.max(y, x));
  const value = Math[name](x);
  return Number.isNaN(value) ? null : value;
}

/** Part of a time in UTC; months and quarters from 1, weekdays from 0 (Sunday). */
export function timePart(time: number, part: TimePart): number {
  const date = new Date(time);
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "quarter":
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case "month":
      return date.getUTCMonth() + 1;
    case "day":
      return date.getUTCDate();
    case "weekday":
      return date.getUTCDay();
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    case "second":
      return date.getUTCSeconds();
  }
}
