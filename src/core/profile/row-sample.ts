import type { CategoryColumn, Column, Dictionary, Table } from "../tables/table.ts";
import { nestedRowOfBlock } from "../tables/even-rows.ts";
import { nullCode } from "../tables/table.ts";

/**
 * A bounded, even sample of the rows that stream by: every row up to `limit`, then one of every two, four, … by a hash of
 * their place in the input, so it is the same however the input was cut into blocks, and nothing that alternates with
 * the row number is left out. `complete` says that no row is missing.
 */
export interface RowSample {
  readonly table: Table;
  /** Numbers of the sampled rows in the input. */
  readonly rowNumbers: Float64Array;
  readonly every: number;
  readonly complete: boolean;
}

export interface RowSampler {
  add(table: Table): void;
  finish(): RowSample;
}

/**
 * @param limit most rows that are kept; at least half as many are kept of an input that is longer
 * @param expected rows that will come, where known: the same sample without keeping rows that will not stay
 */
export function createRowSampler(names: readonly string[], limit: number, expected = 0): RowSampler {
  const parts = new Map<string, Part>();
  let kept = 0;
  let level = 0;
  while (Math.ceil(expected / 2 ** level) > limit) level++;
  let numbers = new Float64Array(Math.min(limit, 4096));
  const halve = (): void => {
    level++;
    const every = 2 ** level;
    const survivors: number[] = [];
    for (let i = 0; i < kept; i++) {
      const number = numbers[i]!;
      if (nestedRowOfBlock(Math.floor(number / every), level) === number) survivors.push(i);
    }
    for (const part of parts.values()) part.keep(survivors);
    for (let i = 0; i < survivors.length; i++) numbers[i] = numbers[survivors[i]!]!;
    kept = survivors.length;
  };
  const add = (table: Table): void => {
    const end = table.firstRow + table.rows;
    let first = table.firstRow;
    while (first < end) {
      // A block of every `limit` has a place in the sample; a row beyond them means that half of the sample must go.
      const upTo = Math.min(end, limit * 2 ** level);
      const take = rowsBetween(first, upTo, level, table.firstRow);
      first = Math.max(first, upTo);
      numbers = grow(numbers, kept + take.length);
      for (let i = 0; i < take.length; i++) numbers[kept + i] = table.firstRow + take[i]!;
      for (const name of names) {
        const column = table.columns.get(name);
        if (column === undefined) continue;
        let part = parts.get(name);
        if (part === undefined) {
          part = createPart(column);
          parts.set(name, part);
        }
        part.append(column, take, kept);
      }
      kept += take.length;
      if (first < end) halve();
    }
  };
  const finish = (): RowSample => {
    const columns = new Map<string, Column>();
    for (const [name, part] of parts) columns.set(name, part.column(name, kept));
    return {
      table: { rows: kept, firstRow: 0, columns },
      rowNumbers: numbers.slice(0, kept),
      every: 2 ** level,
      complete: level === 0,
    };
  };
  return { add, finish };
}

/** Places in the table of the chosen rows whose numbers in the input are in [from, to). */
function rowsBetween(from: number, to: number, level: number, firstRow: number): Uint32Array {
  if (level === 0) return Uint32Array.from({ length: Math.max(0, to - from) }, (_, i) => from - firstRow + i);
  const every = 2 ** level;
  const take: number[] = [];
  for (let block = Math.floor(from / every); block * every < to; block++) {
    const row = nestedRowOfBlock(block, level);
    if (row >= from && row < to) take.push(row - firstRow);
  }
  return Uint32Array.from(take);
}

interface Part {
  append(column: Column, rows: Uint32Array, at: number): void;
  keep(rows: readonly number[]): void;
  column(name: string, count: number): Column;
}

function createPart(first: Column): Part {
  const isCategory = first.kind === "category";
  const integer = first.kind === "number" && first.integer === true;
  let dictionary: Dictionary | null = isCategory ? first.dictionary : null;
  let values = new Float64Array(1024);
  let nulls = new Uint8Array(1024);
  const append = (column: Column, rows: Uint32Array, at: number): void => {
    values = grow(values, at + rows.length);
    if (nulls.length < values.length) {
      const larger = new Uint8Array(values.length);
      larger.set(nulls);
      nulls = larger;
    }
    const source = column.kind === "category" ? column.codes : column.values;
    const none = column.kind === "category" ? nullCode(column.codes) : column.kind === "boolean" ? 255 : Number.NaN;
    const marks = column.nulls;
    for (let i = 0; i < rows.length; i++) {
      const value = source[rows[i]!]!;
      values[at + i] = value;
      nulls[at + i] = marks === undefined ? (value === none ? 1 : 0) : marks[rows[i]!]!;
    }
    if (column.kind === "category") dictionary = column.dictionary;
  };
  const keep = (rows: readonly number[]): void => {
    for (let i = 0; i < rows.length; i++) {
      values[i] = values[rows[i]!]!;
      nulls[i] = nulls[rows[i]!]!;
    }
  };
  const column = (name: string, count: number): Column => {
    const marks = nulls.slice(0, count);
    const cut = values.subarray(0, count);
    if (dictionary !== null) return categoryColumn(name, cut, marks, dictionary);
    if (first.kind === "boolean") return { name, kind: "boolean", values: Uint8Array.from(cut), nulls: marks };
    if (first.kind === "time") return { name, kind: "time", values: cut.slice(), nulls: marks };
    return { name, kind: "number", values: cut.slice(), nulls: marks, integer };
  };
  return { append, keep, column };
}

function categoryColumn(name: string, codes: Float64Array, nulls: Uint8Array, dictionary: Dictionary): CategoryColumn {
  const wide = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) wide[i] = nulls[i] === 1 ? 0xffffffff : codes[i]!;
  return { name, kind: "category", codes: wide, dictionary, nulls };
}

function grow(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const larger = new Float64Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
