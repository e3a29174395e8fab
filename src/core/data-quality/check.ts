import type { Severity } from "../findings.ts";
import type { Profile } from "../profile/profile.ts";
import type { CheckBlock } from "./check-block.ts";
import type { CheckFinding } from "./check-finding.ts";
import type { ColumnContract, Contract } from "./contract.ts";
import type { TableFacts } from "./table-facts.ts";
import type { Usual } from "./usual.ts";

/** The words of a check: what the reference page prints and what a contract's `severity` names. */
export interface CheckWords {
  readonly name: string;
  readonly group: "file" | "table" | "column" | "across" | "reference";
  /** Unless the contract says otherwise. */
  readonly severity: Severity;
  /** What it finds, how it decides, what it needs. One to three sentences. */
  readonly says: string;
}

/** Found while the bytes are read; the reader makes the finding. */
export interface FileCheck extends CheckWords {
  readonly kind: "file";
}

/** Decides row by row: failing rows of severity `error` go to quarantine. */
export interface RowCheck extends CheckWords {
  readonly kind: "row";
  /** Rules of this check under a contract, bound to the columns of a file. Fresh state at each call. */
  rules(contract: Contract, columns: readonly string[]): RowRule[];
}

/** Decides from the facts of the whole table after the pass. */
export interface TableCheck extends CheckWords {
  readonly kind: "table";
  run(context: TableContext): TableFinding[];
}

export type Check = FileCheck | RowCheck | TableCheck;

export interface RowRule {
  readonly column: string | null;
  readonly contract: ColumnContract | null;
  /** Overrides the severity of the check (rules across columns carry their own). */
  readonly severity?: Severity;
  /** Calls `fail` for each row of the block that breaks the rule, ascending. */
  test(block: CheckBlock, fail: (row: number) => void): void;
  /** What an example of a failing row shows; default: the cell. */
  example?(block: CheckBlock, row: number): string;
  /** One sentence for the finding, and one for the reason in quarantine. */
  message(tally: RuleTally): string;
  readonly reason: string;
  /** True where so few failures are expected by chance: the finding is then a remark, and the rows stay. */
  soften?(tally: RuleTally): boolean;
}

export interface RuleTally {
  readonly count: number;
  readonly rows: number;
  readonly lines: readonly number[];
  readonly examples: readonly string[];
}

export interface TableContext {
  readonly facts: TableFacts;
  readonly contract: Contract | null;
  /** Header names that stand more than once, so that a missing column is not explained twice. */
  readonly usual: Usual | null;
  /** Of the rows that go on, on the frame of the contract's earlier loads; null where there is none. */
  readonly profile?: Profile | null;
  /** Milliseconds since 1970; null where the time of the check must not matter. */
  readonly now: number | null;
}

/** A finding about the table; `explains` names checks whose findings on the same columns it makes superfluous. */
export interface TableFinding extends CheckFinding {
  readonly explains?: { readonly columns: readonly string[]; readonly checks: readonly string[] };
}
