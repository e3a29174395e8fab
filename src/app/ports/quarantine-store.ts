import type { RowReason } from "../../core/data-quality/run-row-rules.ts";

/** One row (or line) that was set aside, exactly as it stood in the file. */
export interface QuarantinedRow {
  /** Unique within its run, from 1, in the order of the file. */
  readonly id: number;
  readonly line: number;
  readonly raw: string;
  readonly reasons: readonly RowReason[];
}

/** What a run says about itself; written when the run is complete. */
export interface QuarantineRun {
  /** Name of the run, `20261123-084500123-good.csv`. */
  readonly run: string;
  readonly file: string;
  readonly fingerprint: string;
  readonly at: number;
  readonly contract: { readonly name: string; readonly version: number } | null;
  /** How the raw rows are to be read: null for JSON records. */
  readonly header: string | null;
  readonly delimiter: string | null;
  readonly format: "csv" | "json-lines" | "json" | "parquet" | null;
  readonly read: number;
  readonly rows: number;
  /** True where the whole file was set aside: a copy of it lies in the store under `copy`. */
  readonly refused: boolean;
  readonly copy: string | null;
  readonly because: readonly { readonly check: string; readonly column: string | null; readonly message: string }[];
}

/** What happened to rows of a run after it was written: the trail of who did what. */
export interface TrailEntry {
  readonly at: number;
  readonly who: string;
  readonly run: string;
  readonly action: "mend" | "release" | "drop" | "undo";
  /** The rule in words: `age: map 'thirty' to 30`. */
  readonly rule: string;
  readonly ids: readonly number[];
  /** mend: the new raw text by id, and what is still wrong with it. */
  readonly mended?: Readonly<Record<string, { readonly raw: string; readonly reasons: readonly RowReason[] }>>;
  readonly to?: string;
  /** For files that were refused as a whole: the mended copy, and whether it would be refused again. */
  readonly copy?: string;
  readonly refused?: boolean;
}

/** Append-only store of rows that were set aside. */
export interface QuarantineStore {
  /** Begins a run; rows are appended as they are found, and become a run by `finish`. */
  begin(file: string): Promise<QuarantineWriter>;
  /** Complete runs, oldest first, and names of runs that were interrupted. */
  runs(): Promise<{ readonly complete: readonly QuarantineRun[]; readonly interrupted: readonly string[] }>;
  rows(run: string): AsyncIterable<QuarantinedRow>;
  trail(): Promise<readonly TrailEntry[]>;
  record(entry: TrailEntry): Promise<void>;
  /** Where a copy lies, by its name in a run or the trail. */
  pathOf(copy: string): string;
  /** Keeps a mended copy of a refused file. @returns its name */
  keep(run: QuarantineRun, header: string | null, rows: AsyncIterable<string>): Promise<string>;
}

export interface QuarantineWriter {
  add(line: number, raw: string, reasons: readonly RowReason[]): Promise<void>;
  /** Makes the run final: synced to disk, then renamed. @returns its name */
  finish(run: Omit<QuarantineRun, "run" | "rows" | "copy">): Promise<string>;
  /** Throws the unfinished run away. */
  abandon(): Promise<void>;
}
