import type { ModelRouting } from "../serving/routing-state.ts";
import type { Condition } from "../slices/condition.ts";
import type { BreachAction, Guardrail, ReleaseForm, ShadowRules, StageRules } from "./release-policy.ts";

/** All that a rollout will do, fixed when it is made: a change of the policy means another rollout. Plain JSON. */
export interface RolloutPlan {
  /** Also the salt of its buckets. */
  readonly id: string;
  readonly model: string;
  readonly form: ReleaseForm;
  readonly champion: string;
  readonly challenger: string;
  /** A/B: every arm with its share, the challenger among them; empty elsewhere. */
  readonly arms: readonly { readonly version: string; readonly share: number }[];
  /** Hash of the verdict that it starts from: the evidence of whatever is asked before there is any other. */
  readonly verdict: string;
  readonly shadow: ShadowRules | null;
  /** At least one. */
  readonly stages: readonly StagePlan[];
  /** Conditions on which the challenger was not proven: kept on the champion until somebody consents. */
  readonly guarded: readonly GuardedCohort[];
  readonly guardrails: readonly Guardrail[];
  /** Who may not open anything of it: who registered the challenger, who started it. Absent: the policy asks for nobody else. */
  readonly barred?: readonly string[];
  readonly alarm: number;
  readonly mismatch: number;
  readonly breach: BreachAction;
  readonly reverseShadow: number;
  readonly settleMilliseconds: number;
  /** What answered before; what a rollback brings back. */
  readonly before: ModelRouting;
  readonly standing: { readonly version: string; readonly share: number } | null;
}

export interface StagePlan extends StageRules {
  /** Null: everyone. */
  readonly where: Condition | null;
  /** Cohorts that this stage opens although the challenger was not proven there: each needs a named person's consent. */
  readonly unproven: readonly string[];
  /** Why it stands where it stands, with the verdict's numbers. */
  readonly reason: string;
}

export interface GuardedCohort {
  readonly name: string;
  readonly where: Condition;
}
