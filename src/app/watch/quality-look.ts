import type { SliceQuality } from "../../core/monitors/watch-quality.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { JudgeTools } from "../judge/judge.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { WatchedSlice } from "./reference-answers.ts";

/** How the live version does, as a look found it. Plain JSON; times in milliseconds since 1970. */
export interface QualityLook {
  readonly version: string | null;
  readonly metric: string;
  /** Why nothing could be said; null where something was. */
  readonly problem: string | null;
  /** How labels come; null before any has. */
  readonly labels: {
    readonly come: number;
    readonly method: string;
    /** Days in which half of them, and nine of ten, are there. */
    readonly halfAfterDays: number | null;
    readonly mostAfterDays: number | null;
    /** The longest delay that could be seen, in days: what comes later is not counted. */
    readonly horizonDays: number;
  } | null;
  readonly measured: readonly SliceQuality[];
  readonly estimated: readonly SliceQuality[];
  /** How the estimate did where labels came: periods, and those whose value its 95% interval held. */
  readonly audit: QualityAudit | null;
  /** What the retraining trigger `performance` reads; null: the policy has none. */
  readonly trigger: QualityTrigger | null;
}

export interface QualityAudit {
  readonly periods: number;
  readonly held: number;
  /** Estimate minus measured value, on average. */
  readonly bias: number;
}

export interface QualityTrigger {
  readonly fallen: boolean;
  readonly message: string;
}

export interface QualityTools extends Pick<JudgeTools, "reader" | "runtime" | "signal"> {
  readonly artifacts: Pick<ArtifactStore, "path">;
  /** Keeps what would come out the same again, by key. */
  readonly memory: Map<string, unknown>;
}

export interface QualityRequest {
  readonly version: VersionEntry;
  /** The exported log, without a bound of time. */
  readonly log: string;
  /** Periods before this have ended. */
  readonly until: number;
  readonly now: number;
  readonly slices: readonly WatchedSlice[];
  readonly features: readonly string[];
}
