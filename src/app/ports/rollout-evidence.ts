import type { KnownTraffic } from "../../core/rollout/forecast.ts";
import type { Guardrail } from "../../core/rollout/release-policy.ts";
import type { Position } from "../../core/rollout/rollout-state.ts";
import type { StepEvidence } from "../../core/rollout/stage-evidence.ts";

/** What the prediction log holds of a rollout, summed over units. */
export interface RolloutEvidence {
  /** One entry per window, in their order. @throws Failure FILE_UNREADABLE where the log cannot be read */
  collect(request: EvidenceRequest): Promise<CollectedEvidence>;
  /** The traffic of a model over the last days, for forecasts. */
  traffic(request: TrafficRequest): Promise<ObservedTraffic>;
}

export interface EvidenceRequest {
  readonly model: string;
  readonly champion: string;
  readonly challenger: string;
  /** Milliseconds since 1970; events before it belong to others. */
  readonly since: number;
  readonly guardrails: readonly Guardrail[];
  /** The clock, to which ages of answers are counted where the log is behind it; null: no guardrail reads labels. */
  readonly now: number | null;
  /** Fixed when the first answers are seen; null: fix them now, if there are enough. */
  readonly cuts: AnswerCuts | null;
  readonly windows: readonly EvidenceWindow[];
}

/** Which events belong to a step: those of its cohort with exactly the probabilities that the step gives to its arms. */
export interface EvidenceWindow {
  readonly position: Position;
  /** Null: any (the shadow). */
  readonly cohort: string | null;
  /** Of the challenger; null: the shadow. */
  readonly share: number | null;
  /** What the standing share leaves for the arms. */
  readonly spared: number;
}

/** Where the distribution of answers is cut for comparison. */
export type AnswerCuts =
  | { readonly kind: "number"; readonly at: readonly number[] }
  | { readonly kind: "class"; readonly values: readonly string[] };

export interface CollectedEvidence {
  readonly steps: readonly StepEvidence[];
  readonly cuts: AnswerCuts | null;
}

export interface TrafficRequest {
  readonly model: string;
  readonly guardrails: readonly Guardrail[];
}

/** Over the period that the log covers, a week at most. */
export interface ObservedTraffic {
  readonly growth: KnownTraffic["growth"];
  readonly measures: KnownTraffic["measures"];
  readonly waits: KnownTraffic["waits"];
}
