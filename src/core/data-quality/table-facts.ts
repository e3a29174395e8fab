import type { CheckBlock } from "./check-block.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { ColumnTally } from "./column-tally.ts";
import { hashRows, tellingColumns } from "./row-hash.ts";
import { type RowSample, RowSampler } from "./row-sample.ts";
import { SeenRows } from "./seen-rows.ts";

/** What one pass over a file finds out. */
export interface TableFacts {
  /** Rows that were read as rows; rejected lines are not among them. */
  readonly rows: number;
  /** Lines that are not rows, or cannot be read as one. */
  readonly rejected: number;
  readonly columns: readonly ColumnFacts[];
  readonly sample: RowSample;
  /** Rows whose content, key columns aside, equals an earlier row's. */
  readonly repeats: { readonly rows: number; readonly exact: boolean; readonly ignoring: readonly string[] };
  /** Last line of the file and whether it ended with a line end; null for formats without lines. */
  readonly end: { readonly line: number; readonly newline: boolean } | null;
  readonly source: SourceFacts;
}

/** What the reader knows about the file. */
export interface SourceFacts {
  readonly format: "csv" | "json-lines" | "json" | "parquet";
  readonly delimiter: string | null;
  readonly bytes: number;
}

export class TableTally {
  readonly #columns: ColumnTally[] = [];
  readonly #names: string[] = [];
  readonly #sampler = new RowSampler();
  readonly #seen = new SeenRows(100_000);
  readonly #ignored: (name: string, index: number) => boolean;
  /** Columns whose values tell rows apart, and for how many columns they were chosen. */
  #content: readonly number[] = [];
  #contentOf = 0;
  #rows = 0;
  #rejected = 0;
  #lo = new Uint32Array(0);
  #hi = new Uint32Array(0);

  /** @param ignored which columns do not count as content (keys) */
  constructor(ignored: (name: string, index: number) => boolean) {
    this.#ignored = ignored;
  }

  add(block: CheckBlock): void {
    for (let index = this.#columns.length; index < block.columns.length; index++) {
      this.#names.push(block.columns[index]!.name);
      this.#columns.push(new ColumnTally(this.#names[index]!, index));
    }
    this.#columns.forEach((tally, index) => {
      const column = block.columns[index];
      if (column !== undefined) tally.add(column, block);
    });
    this.#sampler.add(block);
    this.#countRepeats(block);
    this.#rows += block.rows;
    this.#rejected += block.rejects.length;
  }

  #countRepeats(block: CheckBlock): void {
    if (this.#lo.length < block.rows) {
      this.#lo = new Uint32Array(block.rows);
      this.#hi = new Uint32Array(block.rows);
    }
    if (this.#contentOf !== block.columns.length && block.rows > 0) {
      const all = this.#names.map((_, index) => index).filter((index) => !this.#ignored(this.#names[index]!, index));
      this.#content = this.#contentOf === 0 ? tellingColumns(block, all) : all;
      this.#contentOf = block.columns.length;
    }
    const content = this.#content;
    if (content.length === 0) return;
    hashRows(block, content, this.#lo, this.#hi);
    for (let row = 0; row < block.rows; row++) this.#seen.add(this.#lo[row]!, this.#hi[row]!);
  }

  finish(end: TableFacts["end"], source: SourceFacts, declaredTypes: readonly string[] | null): TableFacts {
    const sample = this.#sampler.finish();
    return {
      rows: this.#rows,
      rejected: this.#rejected,
      columns: this.#columns.map((tally, index) =>
        tally.finish(sample.columns[index], sample.complete, declaredTypes?.[index] ?? null),
      ),
      sample,
      repeats: {
        rows: this.#seen.repeats,
        exact: this.#seen.exact,
        ignoring: this.#names.filter((name, index) => this.#ignored(name, index)),
      },
      end,
      source,
    };
  }
}

/** Names that by habit hold an identifier of the row. */
export function looksLikeId(name: string): boolean {
  return /^(id|uuid|guid|key|index|unnamed: 0|rowid|rownum(ber)?)$|(_|\b)(id|uuid|guid|key|nr)$|[a-z]I[dD]$/i.test(
    name.trim(),
  );
}

export function columnNamed(facts: TableFacts, name: string): ColumnFacts | null {
  return facts.columns.find((column) => column.name === name) ?? null;
}
