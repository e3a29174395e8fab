import type { Outcome } from "../../core/findings.ts";

/** A retraining that the server ran, from its causes to what became of it. Id `MODEL/RUN`. */
export interface RetrainingEntry {
  readonly model: string;
  readonly run: string;
  readonly state: "running" | "judged" | "failed";
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended: number | null;
  readonly causes: readonly string[];
  readonly by: string;
  /** Digest of the record of its steps among the files. */
  readonly record: string | null;
  /** The version that came out, and against which it was judged. */
  readonly version: string | null;
  readonly against: string | null;
  readonly decision: Outcome | null;
  /** Why it ended as it did, in one sentence. */
  readonly reason: string | null;
  /** The version retrained on everything, and whether the verdict holds for it too. */
  readonly final: {
    readonly version: string;
    readonly inherits: boolean;
    readonly reason: string;
    /** Digest of the record of its steps; runs of earlier versions of Umpire have none. */
    readonly record?: string;
  } | null;
}
