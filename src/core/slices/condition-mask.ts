import { InternalError } from "../failures.ts";
import {
  type BooleanColumn,
  type CategoryColumn,
  type Column,
  type NumberColumn,
  nullCode,
  type Table,
  type TimeColumn,
} from "../tables/table.ts";
import { type ClockPart, type Condition, clockPart, inRange, type Range, type Scalar } from "./condition.ts";

/**
 * Per row of the table: 1 where the condition holds, else 0. Text is compared by dictionary code, so the cost is one
 * pass over each column that the condition reads.
 *
 * @throws InternalError where a column was not read into the table
 */
export function conditionMask(condition: Condition, table: Table): Uint8Array {
  switch (condition.kind) {
    case "all":
      return combine(condition.of, table, 1);
    case "any":
      return combine(condition.of, table, 0);
    case "not":
      return inverted(conditionMask(condition.of, table));
    case "null":
      return nullMask(columnOf(table, condition.column), table.rows, condition.isNull);
    case "is":
      return withoutNulls(isMask(columnOf(table, condition.column), condition.values, table.rows), table, condition);
    case "range":
      return withoutNulls(rangeMask(columnOf(table, condition.column), condition.range, table.rows), table, condition);
    case "clock":
      return withoutNulls(clockMask(columnOf(table, condition.column), condition, table.rows), table, condition);
  }
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new InternalError(`the condition reads column "${name}", which was not loaded`);
  return column;
}

/** `neutral` 1: all of the parts; 0: any of them. */
function combine(parts: readonly Condition[], table: Table, neutral: 0 | 1): Uint8Array {
  const first = parts[0];
  if (first === undefined) return new Uint8Array(table.rows).fill(neutral);
  const out = conditionMask(first, table);
  for (const part of parts.slice(1)) {
    const mask = conditionMask(part, table);
    if (neutral === 1) for (let i = 0; i < out.length; i++) out[i]! &= mask[i]!;
    else for (let i = 0; i < out.length; i++) out[i]! |= mask[i]!;
  }
  return out;
}

function inverted(mask: Uint8Array): Uint8Array {
  for (let i = 0; i < mask.length; i++) mask[i]! ^= 1;
  return mask;
}

function withoutNulls(mask: Uint8Array, table: Table, condition: { readonly column: string }): Uint8Array {
  const nulls = columnOf(table, condition.column).nulls;
  if (nulls !== undefined) for (let i = 0; i < mask.length; i++) mask[i]! &= nulls[i]! ^ 1;
  return mask;
}

function nullMask(column: Column, rows: number, wanted: boolean): Uint8Array {
  const out = new Uint8Array(rows);
  if (column.kind === "category") {
    const none = nullCode(column.codes);
    for (let i = 0; i < rows; i++) out[i] = column.codes[i] === none ? 1 : 0;
  } else if (column.kind === "boolean") {
    for (let i = 0; i < rows; i++) out[i] = column.values[i]! > 1 ? 1 : 0;
  } else {
    const values = column.values;
    for (let i = 0; i < rows; i++) out[i] = values[i] === values[i] ? 0 : 1;
  }
  const nulls = column.nulls;
  if (nulls !== undefined) for (let i = 0; i < rows; i++) out[i]! |= nulls[i]!;
  return wanted ? out : inverted(out);
}

function isMask(column: Column, values: readonly Scalar[], rows: number): Uint8Array {
  if (column.kind === "category") {
    const wanted = new Set(values.map(String));
    return categoryMask(column, rows, (text) => wanted.has(text));
  }
  if (column.kind === "boolean") return booleanMask(column, values, rows);
  return numbersMask(
    column,
    values.filter((value) => typeof value === "number"),
    rows,
  );
}

function booleanMask(column: BooleanColumn, values: readonly Scalar[], rows: number): Uint8Array {
  const out = new Uint8Array(rows);
  const accepted = new Uint8Array(256);
  if (values.includes(true)) accepted[1] = 1;
  if (values.includes(false)) accepted[0] = 1;
  for (let i = 0; i < rows; i++) out[i] = accepted[column.values[i]!]!;
  return out;
}

function categoryMask(column: CategoryColumn, rows: number, accepts: (text: string) => boolean): Uint8Array {
  const texts = column.dictionary.texts;
  const accepted = new Uint8Array(texts.length);
  for (let code = 0; code < texts.length; code++) accepted[code] = accepts(texts[code]!) ? 1 : 0;
  const out = new Uint8Array(rows);
  const codes = column.codes;
  const size = accepted.length;
  for (let i = 0; i < rows; i++) {
    const code = codes[i]!;
    out[i] = code < size ? accepted[code]! : 0;
  }
  return out;
}

const FEW = 4;

function numbersMask(column: NumberColumn | TimeColumn, wanted: readonly number[], rows: number): Uint8Array {
  const out = new Uint8Array(rows);
  const values = column.values;
  if (wanted.length <= FEW) {
    for (const value of wanted) for (let i = 0; i < rows; i++) out[i]! |= values[i] === value ? 1 : 0;
    return out;
  }
  // A Set takes -0 for 0 and NaN for NaN; NaN is filtered, as no value equals it.
  const set = new Set(wanted.filter((value) => value === value));
  for (let i = 0; i < rows; i++) out[i] = set.has(values[i]!) ? 1 : 0;
  return out;
}

function rangeMask(column: Column, range: Range, rows: number): Uint8Array {
  if (column.kind === "category") return categoryMask(column, rows, (text) => inRange(numberOfText(text), range));
  const out = new Uint8Array(rows);
  if (column.kind === "boolean") return out;
  const values = column.values;
  const { lowest, lowestOpen, highest, highestOpen } = tightest(range);
  if (lowestOpen) for (let i = 0; i < rows; i++) out[i] = values[i]! > lowest ? 1 : 0;
  else for (let i = 0; i < rows; i++) out[i] = values[i]! >= lowest ? 1 : 0;
  if (highestOpen) for (let i = 0; i < rows; i++) out[i]! &= values[i]! < highest ? 1 : 0;
  else if (highest < Infinity) for (let i = 0; i < rows; i++) out[i]! &= values[i]! <= highest ? 1 : 0;
  return out;
}

/** Both lower and both upper bounds as one each. */
function tightest(range: Range): { lowest: number; lowestOpen: boolean; highest: number; highestOpen: boolean } {
  const { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity } = range;
  const lowestOpen = range.above !== undefined && above >= from;
  const highestOpen = range.below !== undefined && below <= to;
  return { lowest: lowestOpen ? above : from, lowestOpen, highest: highestOpen ? below : to, highestOpen };
}

function numberOfText(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function clockMask(
  column: Column,
  condition: { readonly part: ClockPart; readonly values: readonly number[] },
  rows: number,
): Uint8Array {
  const out = new Uint8Array(rows);
  if (column.kind === "category" || column.kind === "boolean") return out;
  const accepted = new Uint8Array(32);
  for (const value of condition.values) if (value >= 0 && value < 32) accepted[value] = 1;
  for (let i = 0; i < rows; i++) {
    const value = column.values[i]!;
    out[i] = value === value ? accepted[clockPart(value, condition.part)]! : 0;
  }
  return out;
}
