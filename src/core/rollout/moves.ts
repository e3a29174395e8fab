import {
  type Applied,
  type DecisionRecord,
  type Effect,
  type Phase,
  type Position,
  positionText,
  type Question,
  type RolloutState,
  type SignOff,
  stateText,
} from "./rollout-state.ts";

/** Who moved it and why; `from` and `to` are filled in. */
export type Note = Omit<DecisionRecord, "from" | "to" | "evidence" | "numbers"> &
  Partial<Pick<DecisionRecord, "evidence" | "numbers">>;

export function refusal(state: RolloutState, reason: string): Applied {
  return { state, effects: [], decisions: [], refused: reason };
}

/** Takes a new state, with its line in the story. */
export function accepted(
  before: RolloutState,
  after: RolloutState,
  note: Note,
  effects: readonly Effect[] = [],
): Applied {
  const state = { ...after, revision: before.revision + 1 };
  const decision: DecisionRecord = {
    evidence: null,
    numbers: {},
    ...note,
    from: stateText(before),
    to: stateText(state),
  };
  return { state, effects, decisions: [decision], refused: null };
}

/** Where it goes from here when all is well: the next share, the next stage, everyone. */
export function nextPosition({ plan, position, phase, shares }: RolloutState): Position {
  if (phase === "draft") return position;
  if (position.stage < 0) return { stage: 0, step: 0 };
  if (isClosed(shares, position)) return position;
  const stage = plan.stages[position.stage];
  if (stage !== undefined && position.step + 1 < stage.shares.length) {
    return { stage: position.stage, step: position.step + 1 };
  }
  return { stage: position.stage + 1, step: 0 };
}

/** True at a stage that was asked for and is not open yet. */
export function isClosed(shares: readonly number[], position: Position): boolean {
  return position.stage >= 0 && shares[position.stage] === 0;
}

/** Cohorts that stay with the champion, inside larger ones too, since nobody has consented to them. */
export function keptCohorts({ plan, consents, phase }: RolloutState): readonly string[] {
  if (phase === "full" || phase === "done" || phase === "rolled-back") return [];
  const consented = new Set(consents.flatMap((word) => word.cohorts));
  return plan.guarded.map(({ name }) => name).filter((name) => !consented.has(name));
}

/** Why a position cannot be entered without a person's word; null where it can. */
export function openingNeeds(
  state: RolloutState,
  to: Position,
): { readonly kind: "consent" | "approval"; readonly cohorts: readonly string[] } | null {
  const stage = state.plan.stages[to.stage];
  if (stage === undefined) return null;
  const consented = new Set(state.consents.flatMap((word) => word.cohorts));
  const cohorts = stage.unproven.filter((cohort) => !consented.has(cohort));
  if (cohorts.length > 0) return { kind: "consent", cohorts };
  if (to.step === 0 && stage.approve.length > 0) return { kind: "approval", cohorts: [] };
  return null;
}

/**
 * Enters a position, or asks for what it needs. `word`: the person whose word was given for it; `cohorts`: those that it
 * also opens within larger ones.
 */
export function move(
  state: RolloutState,
  to: Position,
  note: Note,
  word: (Pick<SignOff, "by" | "at" | "evidence"> & { readonly cohorts?: readonly string[] }) | null = null,
): Applied {
  const needs = openingNeeds(state, to);
  if (needs !== null && word === null) return ask(state, questionFor(state, to, needs, note), note);
  const consents: readonly SignOff[] =
    word === null
      ? state.consents
      : [
          ...state.consents,
          { ...word, stage: to.stage, cohorts: [...new Set([...(needs?.cohorts ?? []), ...(word.cohorts ?? [])])] },
        ];
  const stage = state.plan.stages[to.stage];
  const phase: Phase = to.stage < 0 ? "shadow" : stage === undefined ? "full" : "stage";
  const share = stage?.shares[to.step] ?? 1;
  // What was passed is open for good; a share within a stage only grows.
  const shares = state.shares.map((old, i) => (i < to.stage ? 1 : i === to.stage ? Math.max(old, share) : old));
  const next: RolloutState = {
    ...state,
    phase,
    resume: null,
    position: to,
    credited: 0,
    shares,
    consents,
    question: null,
  };
  const effects: Effect[] = [{ kind: "publish" }];
  if (phase === "full") {
    effects.push({ kind: "champion", version: state.plan.challenger });
    effects.push({
      kind: "tell",
      severity: "info",
      text: `${state.plan.model}: version ${state.plan.challenger} answers everyone`,
    });
  }
  return accepted(state, next, note, effects);
}

function questionFor(
  state: RolloutState,
  to: Position,
  needs: { readonly kind: "consent" | "approval"; readonly cohorts: readonly string[] },
  note: Note,
): Question {
  const evidence = note.evidence ?? state.plan.verdict;
  const where = positionText(state.plan, to);
  const text =
    needs.kind === "consent"
      ? `open ${where}, although the challenger was not proven on ${needs.cohorts.join(", ")}?`
      : `open ${where}?`;
  return { kind: needs.kind, evidence, material: evidence, to, cohorts: needs.cohorts, text };
}

/** Stops at a question; traffic stays as it is. */
export function ask(state: RolloutState, question: Question, note: Note): Applied {
  const resume = runningPhase(state);
  const next: RolloutState = { ...state, phase: "asking", resume, question };
  const reason = question.kind === "consent" || question.kind === "approval" ? question.text : note.reason;
  const entry: Note = { ...note, decision: "ask", reason, evidence: question.evidence };
  return accepted(state, next, entry, [
    { kind: "publish" },
    { kind: "tell", severity: "warning", text: `${state.plan.model}: ${question.text}`, asks: true },
  ]);
}

function runningPhase(state: RolloutState): RolloutState["resume"] {
  if (state.phase === "shadow" || state.phase === "stage" || state.phase === "full") return state.phase;
  if (state.phase === "draft") return state.plan.shadow === null ? "stage" : "shadow";
  return state.resume;
}
