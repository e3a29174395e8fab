import type { ColumnSchema, Table } from "../../core/tables/table.ts";

/** Opens files of any supported format as one table. */
export interface TableReader {
  /**
   * @param inputs file paths or globs, in the order given; all files must have the same columns
   * @throws Failure FILE_MISSING, FILE_UNREADABLE, FILE_EMPTY naming the file
   */
  open(inputs: readonly string[]): Promise<TableSource>;
  close(): Promise<void>;
}

export interface TableSource {
  /** Files after glob expansion, in reading order. */
  readonly files: readonly string[];
  readonly columns: readonly ColumnSchema[];
  /** True where the files state their types (Parquet); in text, types are guesses, and reading finds what does not fit. */
  readonly typed: boolean;
  /** Exact number of rows, when the format tells without reading (Parquet); otherwise after the first full read. */
  countRows(): Promise<number>;
  /** SHA-256 over names, sizes and bytes of the files; the `data` fingerprint of a verdict. */
  fingerprint(): Promise<string>;
  /**
   * Rows in file order, in blocks of `blockRows` (the last one shorter). Dictionaries are complete from the first
   * block on and shared by all.
   * @throws Failure COLUMN_MISSING with the nearest names, COLUMN_TYPE with the file, line and value that does not fit
   */
  read(request: ReadRequest): AsyncIterable<TableBlock>;
  /**
   * Rows that agree on all of the columns (an id that should name one row); null where there are none.
   * @throws Failure COLUMN_MISSING with the nearest names
   */
  duplicates(columns: readonly string[]): Promise<Duplicates | null>;
  /** Rows in which one of the columns is null. */
  rowsWithNull(columns: readonly string[]): Promise<number>;
}

export interface Duplicates {
  /** Distinct values that occur more than once. */
  readonly keys: number;
  /** Rows beyond the first of each. */
  readonly rows: number;
  /** The first few in file order: texts of the columns and how many rows have them. */
  readonly examples: readonly { readonly values: readonly string[]; readonly count: number }[];
}

export interface ReadRequest {
  readonly columns: readonly ColumnRequest[];
  /** Columns that together name a unit: adds `folds` (first byte of SHA-256 of the unit's text) and `units` codes. */
  readonly unit?: readonly string[];
  /** Columns that together name a list: adds `groups`. */
  readonly group?: readonly string[];
  readonly blockRows?: number;
  /** A block is valid until the next one is asked for: its memory is filled again. Saves most of the work of memory. */
  readonly reuseBlocks?: boolean;
  readonly onProgress?: (rowsDone: number, rowsTotal: number | null) => void;
  readonly signal?: AbortSignal;
}

/** `auto` follows the file: text → category, everything else as its kind. `float32` is enough for ONNX inputs. */
export interface ColumnRequest {
  readonly name: string;
  readonly as: "auto" | "number" | "float32" | "category" | "time" | "boolean";
}

export interface TableBlock extends Table {
  /** Per row, when `unit` was asked for: fold, and dense code of the unit over the whole input. */
  readonly folds?: Uint8Array;
  readonly units?: Uint32Array;
  /** Per row, when `group` was asked for: dense code of the list over the whole input, by first appearance. */
  readonly groups?: Uint32Array;
}
