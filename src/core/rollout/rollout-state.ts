import type { RolloutPlan } from "./rollout-plan.ts";

/**
 * draft → shadow → stage → full → done. `asking` waits for a person's word, `paused` was held by one; in both the brake
 * works on. `voided`: its numbers cannot be read (units were not split as planned). `rolled-back` is an end, as is `done`.
 */
export type Phase = "draft" | "shadow" | "stage" | "full" | "done" | "paused" | "asking" | "rolled-back" | "voided";

/** `stage` -1 is the shadow; `step` counts the shares of a stage; `stage` = number of stages: everyone has it. */
export interface Position {
  readonly stage: number;
  readonly step: number;
}

export interface RolloutState {
  readonly plan: RolloutPlan;
  readonly phase: Phase;
  /** Where it is, or was when it was stopped. */
  readonly position: Position;
  /** Which phase `paused` and `asking` go back to. */
  readonly resume: "shadow" | "stage" | "full" | null;
  /** Time that counts for the present step: what a clock that never jumps has measured while it ran, milliseconds. */
  readonly credited: number;
  /** Per stage, the share in force: 0 closed, 1 passed. */
  readonly shares: readonly number[];
  readonly consents: readonly SignOff[];
  readonly question: Question | null;
  /** Cohorts that were taken back one by one, and what answers there. */
  readonly returned: readonly { readonly cohort: string; readonly version: string }[];
  /** After a rollback: who answers everyone. */
  readonly answering: string | null;
  /** Counts the events that changed something: the name of a state in messages between processes. */
  readonly revision: number;
}

/** A named person's word, bound to what it was given for. */
export interface SignOff {
  readonly stage: number;
  readonly cohorts: readonly string[];
  readonly by: string;
  readonly at: number;
  readonly evidence: string;
}

/** What a person is asked. An answer names the evidence; other evidence asks again. */
export interface Question {
  readonly kind: "consent" | "approval" | "time" | "traffic" | "breach";
  readonly evidence: string;
  /** Digest of what matters in the evidence: while it is the same, the question stands. */
  readonly material: string;
  /** Where a yes leads. */
  readonly to: Position;
  readonly cohorts: readonly string[];
  readonly text: string;
}

/** What the numbers say of the present step; made by the analysis, outside of the state machine. */
export interface Analysis {
  readonly position: Position;
  /** clear: nothing is worse than is tolerated. unsure: may be, more would tell. thin: too little to say anything. */
  readonly outcome: "clear" | "unsure" | "thin" | "breach" | "void";
  readonly reason: string;
  /** In the smaller arm. */
  readonly units: number;
  readonly cohort: string | null;
  /** Hash of the whole evidence. */
  readonly evidence: string;
  /** Digest of outcomes and of the rough amount of evidence. */
  readonly material: string;
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

/** `at`: wall clock, for the record only. Nothing is decided by it. */
export type RolloutEvent =
  | { readonly kind: "create"; readonly at: number; readonly plan: RolloutPlan; readonly by: string }
  | {
      readonly kind: "start";
      readonly at: number;
      readonly by: string;
      /** A named person's consent to the first stage's unproven cohorts, given for the verdict. */
      readonly consent?: { readonly by: string; readonly evidence: string };
    }
  | {
      readonly kind: "tick";
      readonly at: number;
      /** Milliseconds since the last tick by a clock that never jumps; 0 for the first tick of a process. */
      readonly elapsed: number;
      readonly analysis: Analysis | null;
    }
  | { readonly kind: "approve"; readonly at: number; readonly by: string; readonly evidence: string }
  | { readonly kind: "hold"; readonly at: number; readonly by: string; readonly reason: string }
  | { readonly kind: "resume"; readonly at: number; readonly by: string }
  | {
      readonly kind: "advance";
      readonly at: number;
      readonly by: string;
      readonly reason: string;
      /** Unproven cohorts that the person consents to, by name. */
      readonly consent: readonly string[];
    }
  | {
      readonly kind: "roll-back";
      readonly at: number;
      readonly by: string;
      readonly reason: string;
      /** Null: what answered before. */
      readonly to: string | null;
      /** Null: everyone. */
      readonly cohort: string | null;
    };

/** What follows outside of the state: each can be done twice without harm. */
export type Effect =
  | { readonly kind: "publish" }
  | { readonly kind: "champion"; readonly version: string }
  | {
      readonly kind: "tell";
      readonly severity: "info" | "warning" | "error";
      readonly text: string;
      /** It waits for a person's answer. */
      readonly asks?: true;
    };

/** One line of the story: who decided what, on which evidence, with which numbers. */
export interface DecisionRecord {
  readonly at: number;
  readonly by: string;
  readonly decision:
    | "create"
    | "start"
    | "open"
    | "advance"
    | "ask"
    | "hold"
    | "resume"
    | "void"
    | "roll-back"
    | "finish"
    | "consent";
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly evidence: string | null;
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

export interface Applied {
  readonly state: RolloutState;
  readonly effects: readonly Effect[];
  readonly decisions: readonly DecisionRecord[];
  /** Why the event was not taken; the state is then as before. Null: it was. */
  readonly refused: string | null;
}

/** Who decides where no person does. */
export const UMPIRE = "umpire";

export function startingState(plan: RolloutPlan): RolloutState {
  return {
    plan,
    phase: "draft",
    position: { stage: plan.shadow === null ? 0 : -1, step: 0 },
    resume: null,
    credited: 0,
    shares: plan.stages.map(() => 0),
    consents: [],
    question: null,
    returned: [],
    answering: null,
    revision: 0,
  };
}

/** Where a rollout is, for people: `shadow`, `stage 2 of 3: low activity at 10%`. */
export function positionText(plan: RolloutPlan, position: Position): string {
  if (position.stage < 0) return "shadow";
  const stage = plan.stages[position.stage];
  if (stage === undefined) return "everyone";
  const share = stage.shares[position.step] ?? 1;
  return `stage ${position.stage + 1} of ${plan.stages.length}: ${stage.cohort} at ${Math.round(share * 1000) / 10}%`;
}

export function stateText(state: RolloutState): string {
  if (state.phase === "stage") return positionText(state.plan, state.position);
  if (state.phase === "paused" || state.phase === "asking" || state.phase === "voided") {
    return `${state.phase} in ${positionText(state.plan, state.position)}`;
  }
  if (state.phase === "rolled-back") return `rolled back to ${state.answering ?? state.plan.before.champion}`;
  return state.phase;
}
