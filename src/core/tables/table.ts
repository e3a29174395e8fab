/**
 * Columns in memory: what every kernel reads. A table is a block of rows in file order; a big file is many blocks
 * that share dictionaries, so that codes mean the same in all of them.
 */
export type Column = NumberColumn | TimeColumn | CategoryColumn | BooleanColumn;

interface ColumnBase {
  readonly name: string;
  /** 1 where the value is null, undefined when the block has none. Nulls in `values` read as NaN or code 0xff…. */
  readonly nulls?: Uint8Array | undefined;
}

/** Numbers; null and NaN are both NaN in `values`, told apart by `nulls`. */
export interface NumberColumn extends ColumnBase {
  readonly kind: "number";
  readonly values: Float64Array | Float32Array | Int32Array | Uint8Array;
  /** True where the file holds integers only (conditions and charts print them without decimals). */
  readonly integer?: boolean;
}

/** Milliseconds since 1970 UTC; null is NaN. */
export interface TimeColumn extends ColumnBase {
  readonly kind: "time";
  readonly values: Float64Array;
}

/** 1 true, 0 false; null is 255 (and 1 in `nulls`). */
export interface BooleanColumn extends ColumnBase {
  readonly kind: "boolean";
  readonly values: Uint8Array;
}

/** Text by dictionary: `dictionary.texts[codes[i]]`; null is `nullCode`. */
export interface CategoryColumn extends ColumnBase {
  readonly kind: "category";
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly dictionary: Dictionary;
}

/** Shared by all blocks of a table. Codes are given in order of first appearance in file order, from 0. */
export interface Dictionary {
  readonly texts: readonly string[];
}

export interface Table {
  readonly rows: number;
  /** Row number of the first row in the whole input, from 0. */
  readonly firstRow: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** The code that stands for null in a category column: the largest that the array's type holds. */
export function nullCode(codes: Uint8Array | Uint16Array | Uint32Array): number {
  if (codes instanceof Uint8Array) return 0xff;
  if (codes instanceof Uint16Array) return 0xffff;
  return 0xffffffff;
}

/** What a file says about a column before its rows are read. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: "number" | "time" | "category" | "boolean" | "other";
  /** The engine's own type name (BIGINT, VARCHAR, …), for messages. */
  readonly type: string;
}
