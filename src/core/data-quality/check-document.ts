import type { CheckFinding, CheckOutcome } from "./check-finding.ts";

/** The document of `umpire check --json`. No clock and no host: the same file and contract give the same document. */
export interface CheckDocument {
  readonly schema: "umpire.check/1";
  readonly outcome: CheckOutcome;
  readonly rows: CheckRows;
  /** Of all files, errors first; `file` is set where several files were checked. */
  readonly findings: readonly (CheckFinding & { readonly file?: string })[];
  readonly files: readonly CheckedFileDocument[];
  readonly contract: { readonly name: string; readonly version: number; readonly fingerprint: string } | null;
}

/** `read = accepted + quarantined`, always. A file that is refused as a whole has `accepted` 0. */
export interface CheckRows {
  readonly read: number;
  readonly accepted: number;
  readonly quarantined: number;
}

export interface CheckedFileDocument {
  readonly file: string;
  readonly outcome: CheckOutcome;
  /** True where the whole file is set aside, not only its bad rows. */
  readonly refused: boolean;
  readonly rows: CheckRows;
  readonly fingerprint: string;
}
