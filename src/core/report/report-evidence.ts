/** What a report is made from: the verdict, the evidence that decides (for live weights), and the pictures' numbers. */
import type { FoldValues } from "../evaluation/fold-values.ts";
import type { GatePolicy } from "../gates/decision.ts";
import type { Verdict } from "../gates/verdict.ts";
import type { Curves } from "./curves.ts";

export interface ReportEvidence {
  readonly verdict: Verdict;
  /** Of the deciding metric; slices in the verdict's order. */
  readonly foldValues: FoldValues;
  readonly gate: GatePolicy;
  /** Null where no rows were kept to draw from (a verdict recomputed from its record). */
  readonly curves: Curves | null;
  /** The policy as written, for *download policy*; null where it is not at hand. */
  readonly policy: PolicySource | null;
}

/** The policy's text and where in it each entry's weight, margin and blocking stand, so that an edit keeps all else. */
export interface PolicySource {
  /** File name without folders: `umpire.yaml`. */
  readonly name: string;
  readonly text: string;
  /** `[start, end)` of the whole `slices` section. */
  readonly section: readonly [number, number];
  readonly entries: readonly PolicyEntry[];
}

export interface PolicyEntry {
  readonly entry: string;
  readonly weight: number;
  readonly margin: number;
  readonly blocking: boolean;
  /** `[start, end)` in the text (UTF-16 units) of the value, or null where the key is not written. */
  readonly spans: {
    readonly weight: readonly [number, number] | null;
    readonly margin: readonly [number, number] | null;
    readonly blocking: readonly [number, number] | null;
  };
  /** Where a key that is not written goes, and what stands before it: `, ` in a flow mapping, a line break and indent in a block. */
  readonly insert: { readonly at: number; readonly before: string };
}
