import type { Form } from "./cell-form.ts";
import type { TextDictionary } from "./text-dictionary.ts";

/**
 * Some rows of a file in columns, with what is needed to point back at them: line numbers and raw text. Every reader
 * (CSV, JSON lines, Parquet) makes these; every check reads only these. A block is valid until the next one is asked for.
 */
export interface CheckBlock {
  readonly rows: number;
  readonly columns: readonly CheckColumn[];
  /** Line on which each row begins (from 1); the row's number for formats without lines. */
  readonly lines: Uint32Array;
  /** The row as it stands in the file, without its line end. */
  raw(row: number): string;
  /** What was found on the way that is not a row: counted, quarantined, never lost. */
  readonly rejects: readonly RejectedLine[];
}

export interface RejectedLine {
  readonly line: number;
  readonly raw: string;
  /** Check and sentence. */
  readonly check: string;
  readonly reason: string;
}

export interface CheckColumn {
  readonly name: string;
  /** What each cell is; meaningless where `uniform` is set. */
  readonly forms: Uint8Array;
  /** Set where all cells of the block have this form. */
  readonly uniform: Form | null;
  /** The number, time (milliseconds since 1970) or boolean (1, 0); else NaN. Longer than `rows` at times. */
  readonly numbers: Float64Array;
  /** Code of the cell's text, `noCode` where it has none (numbers, nulls, texts that the dictionary turned away). */
  readonly codes: Uint32Array;
  readonly dictionary: TextDictionary;
  /** Low half of the hash of cells without code and without number, where texts were turned away. */
  readonly hashes: Uint32Array | null;
  /** The cell as written. */
  text(row: number): string;
}
