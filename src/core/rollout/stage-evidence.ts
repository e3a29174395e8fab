import type { RatioSums } from "./ratio-sums.ts";
import type { Position } from "./rollout-state.ts";

/** What one arm did in one step: counts and sums of units, nothing that names one. Plain JSON. */
export interface ArmEvidence {
  readonly version: string;
  readonly units: number;
  readonly requests: number;
  /** By the guardrail's name; `latency`: y is the log of milliseconds and `AROUND_MILLISECONDS`. */
  readonly measures: Readonly<Record<string, RatioSums>>;
  /** Per cut of the answers: y counts answers at or below it. */
  readonly answers: readonly RatioSums[];
  /** By the guardrail's name, where it reads a label. */
  readonly labels: Readonly<Record<string, LabelEvidence>>;
}

/** How labels come in one arm. */
export interface LabelEvidence {
  /** Milliseconds that labels are waited for: younger answers do not count. 0: none is waited for; null: not known yet. */
  readonly wait: number | null;
  /** Labels that have come, for answers of any age. */
  readonly come: number;
  /** Of answers that count: y have a label that came in time, of x. */
  readonly reached: RatioSums;
}

/** One step of a stage (or the shadow): both arms while one allocation was in force. */
export interface StepEvidence {
  readonly position: Position;
  readonly cohort: string;
  /** Share of the challenger among units of the two arms; null in the shadow, where both see the same units. */
  readonly share: number | null;
  readonly control: ArmEvidence;
  readonly treatment: ArmEvidence;
}

export function noArm(version: string): ArmEvidence {
  return { version, units: 0, requests: 0, measures: {}, answers: [], labels: {} };
}
