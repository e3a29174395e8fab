import type { ColumnReference, ColumnType } from "../../core/data-quality/contract.ts";

/** What each accepted load leaves: volume, freshness, schema, distribution and lineage. */
export interface Load {
  /** When it was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly file: string;
  /** SHA-256 of the file. */
  readonly fingerprint: string;
  readonly contractVersion: number;
  readonly contractFingerprint: string | null;
  readonly outcome: "ok" | "warning" | "error";
  readonly rows: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** Newest time of the contract's time column. */
  readonly newest: number | null;
  readonly columns: readonly (ColumnReference & { readonly name: string; readonly type: ColumnType })[];
}

/** Accepted loads by contract, oldest first. Appending survives a crash: a torn last line is left out. */
export interface LoadHistory {
  read(contract: string): Promise<Load[]>;
  append(contract: string, load: Load): Promise<void>;
}
