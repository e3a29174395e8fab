import type { CodedScores, EvidenceShare } from "../../core/evaluation/accumulate.ts";
import type { PlanNames } from "../../core/evaluation/plan.ts";

/** Another thread that takes part of the work on evidence. What it is given should lie in shared memory. */
export interface EvidenceHelper {
  /** Starts the thread ahead of the first call. */
  start(): void;
  codeScores(scores: Float64Array, label: Uint8Array, raw: boolean): Promise<CodedScores>;
  /** Fills the slices of one share; the share's evidence must lie in shared memory. */
  accumulate(plan: PlanNames, share: EvidenceShare): Promise<void>;
  close(): Promise<void>;
}
