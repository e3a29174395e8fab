import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import type { CheckFinding } from "../../core/data-quality/check-finding.ts";
import type { SourceFacts } from "../../core/data-quality/table-facts.ts";

/** Opens files for checking: whatever is wrong with the bytes is a finding, never an exception. */
export interface CheckReader {
  /** @throws Failure FILE_MISSING where the path does not exist or may not be read */
  open(path: string, options?: CheckReadOptions): Promise<CheckedFile>;
  /** The same for text in memory: rows that were mended are checked again. */
  openText(name: string, text: string, options?: CheckReadOptions): Promise<CheckedFile>;
  /** Files behind paths, folders and globs, in order. @throws Failure FILE_MISSING */
  expand(inputs: readonly string[]): Promise<string[]>;
}

export interface CheckReadOptions {
  /** What the contract says; another one that fits better is used with a warning. */
  readonly delimiter?: string | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

export interface CheckedFile {
  readonly path: string;
  /** Null where nothing in the file can be read as rows; `findings()` says why. */
  readonly source: SourceFacts | null;
  readonly declaredTypes: readonly string[] | null;
  /** The header as it stands in the file, for quarantine; null for formats without one. */
  readonly header: string | null;
  /** To be read once, to the end. */
  blocks(): AsyncIterable<CheckBlock>;
  /** Complete after `blocks()` has ended. */
  findings(): CheckFinding[];
  end(): { readonly line: number; readonly newline: boolean } | null;
  /** SHA-256 of the file's bytes, hexadecimal; after `blocks()` has ended. */
  fingerprint(): Promise<string>;
}
