import { accepted, ask, isClosed, move, nextPosition, openingNeeds, refusal } from "./moves.ts";
import {
  type Analysis,
  type Applied,
  type Position,
  positionText,
  type Question,
  type RolloutEvent,
  type RolloutState,
  UMPIRE,
} from "./rollout-state.ts";

type Tick = Extract<RolloutEvent, { kind: "tick" }>;

/**
 * A look at the clock and at the numbers. Time counts only as measured by a clock that never jumps, and only while the
 * rollout runs; an analysis counts only for the position that it was made for.
 */
export function onTick(before: RolloutState, tick: Tick): Applied {
  if (before.phase === "draft" || before.phase === "done" || before.phase === "rolled-back") {
    return refusal(before, "it does not run");
  }
  const running = before.phase === "shadow" || before.phase === "stage" || before.phase === "full";
  const elapsed = Number.isFinite(tick.elapsed) ? Math.max(0, tick.elapsed) : 0;
  const state = running ? { ...before, credited: before.credited + elapsed } : before;
  const { analysis } = tick;
  // A stage that was only asked for has no numbers of its own yet.
  const open = !isClosed(state.shares, state.position);
  const fits = analysis !== null && open && samePosition(analysis.position, state.position);
  if (fits && analysis.outcome === "breach") return onBreach(state, analysis, tick.at);
  if (before.phase === "voided" || before.phase === "paused") return quiet(before, state);
  if (fits && analysis.outcome === "void") return onVoid(state, analysis, tick.at);
  if (before.phase === "asking") return fits ? askAgain(state, analysis, tick.at) : quiet(before, state);
  if (before.phase === "full") return onFull(before, state, tick);
  return fits ? onNumbers(before, state, analysis, tick.at) : quiet(before, state);
}

/** Nothing to tell: time alone has passed. */
function quiet(before: RolloutState, state: RolloutState): Applied {
  if (state.credited === before.credited) return refusal(before, "nothing has changed");
  return { state: { ...state, revision: before.revision + 1 }, effects: [], decisions: [], refused: null };
}

function onBreach(state: RolloutState, analysis: Analysis, at: number): Applied {
  const { plan } = state;
  const version = plan.before.champion;
  const note = {
    at,
    by: UMPIRE,
    decision: "roll-back" as const,
    reason: analysis.reason,
    evidence: analysis.evidence,
    numbers: analysis.numbers,
  };
  if (plan.breach === "ask") {
    if (state.phase === "paused" || state.phase === "voided") return quiet(state, state);
    if (state.question?.kind === "breach") return askAgain(state, analysis, at);
    return ask(state, questionOf("breach", state, analysis), note);
  }
  const tell = (what: string) =>
    ({ kind: "tell", severity: "error", text: `${what} is back on version ${version}: ${analysis.reason}` }) as const;
  const { cohort } = analysis;
  const named = plan.stages.some((stage) => stage.cohort === cohort && stage.where !== null);
  if (plan.breach === "roll-back-cohort" && cohort !== null && named && state.phase !== "full") {
    if (state.returned.some((one) => one.cohort === cohort)) return quiet(state, state);
    const next: RolloutState = {
      ...state,
      phase: "paused",
      resume: state.phase === "shadow" || state.phase === "stage" ? state.phase : state.resume,
      question: null,
      returned: [...state.returned, { cohort, version }],
    };
    return accepted(state, next, note, [{ kind: "publish" }, tell(`${cohort} of ${plan.model}`)]);
  }
  const next: RolloutState = {
    ...state,
    phase: "rolled-back",
    resume: null,
    question: null,
    shares: state.shares.map(() => 0),
    returned: [],
    answering: version,
  };
  return accepted(state, next, note, [{ kind: "publish" }, { kind: "champion", version }, tell(plan.model)]);
}

function onVoid(state: RolloutState, analysis: Analysis, at: number): Applied {
  const next: RolloutState = { ...state, phase: "voided", resume: null, question: null };
  return accepted(
    state,
    next,
    {
      at,
      by: UMPIRE,
      decision: "void",
      reason: analysis.reason,
      evidence: analysis.evidence,
      numbers: analysis.numbers,
    },
    [{ kind: "tell", severity: "error", text: `${state.plan.model}: not evaluated: ${analysis.reason}` }],
  );
}

/** Other evidence while a question stands: whoever answers must have seen it. */
function askAgain(state: RolloutState, analysis: Analysis, at: number): Applied {
  const { question } = state;
  if (question === null || question.material === analysis.material) return refusal(state, "the question stands");
  const next: Question = { ...question, evidence: analysis.evidence, material: analysis.material };
  const note = { at, by: UMPIRE, decision: "ask" as const, reason: `new evidence: ${analysis.reason}` };
  return accepted(
    state,
    { ...state, question: next },
    { ...note, evidence: analysis.evidence, numbers: analysis.numbers },
  );
}

function onFull(before: RolloutState, state: RolloutState, tick: Tick): Applied {
  if (state.credited < state.plan.settleMilliseconds) return quiet(before, state);
  const note = { at: tick.at, by: UMPIRE, decision: "finish" as const, reason: "everyone has it, and nothing fired" };
  return accepted(before, { ...state, phase: "done" }, note, [
    { kind: "publish" },
    { kind: "tell", severity: "info", text: `${state.plan.model}: the rollout of ${state.plan.challenger} is done` },
  ]);
}

function onNumbers(before: RolloutState, state: RolloutState, analysis: Analysis, at: number): Applied {
  const rules = state.position.stage < 0 ? state.plan.shadow : state.plan.stages[state.position.stage];
  if (rules === null || rules === undefined) return quiet(before, state);
  const note = {
    at,
    by: UMPIRE,
    reason: analysis.reason,
    evidence: analysis.evidence,
    numbers: { ...analysis.numbers, credited_ms: state.credited, units: analysis.units },
  };
  const enough = analysis.units >= rules.leastUnits;
  const longEnough = state.credited >= rules.leastMilliseconds;
  if (analysis.outcome === "clear" && enough && longEnough) return goOn(state, analysis, note);
  if (state.credited < rules.mostMilliseconds) return quiet(before, state);
  const kind = analysis.outcome === "thin" || !enough ? "traffic" : "time";
  return ask(state, questionOf(kind, state, analysis), { ...note, decision: "ask" });
}

function goOn(state: RolloutState, analysis: Analysis, note: Omit<Parameters<typeof move>[2], "decision">): Applied {
  const to = nextPosition(state);
  const here = state.plan.stages[state.position.stage];
  const asks = state.plan.form === "ab" || here?.advance === "ask";
  if (asks && openingNeeds(state, to) === null) {
    return ask(state, questionOf("approval", state, analysis), { ...note, decision: "ask" });
  }
  const moved = move(state, to, { ...note, decision: "advance" });
  const { question } = moved.state;
  if (question === null) return moved;
  return { ...moved, state: { ...moved.state, question: { ...question, material: analysis.material } } };
}

function questionOf(kind: Question["kind"], state: RolloutState, analysis: Analysis): Question {
  const to = nextPosition(state);
  const needs = openingNeeds(state, to);
  const next = positionText(state.plan, to);
  const unproven = needs?.kind === "consent" ? `, where it was not proven on ${needs.cohorts.join(", ")}` : "";
  const text = `${analysis.reason}. Go on to ${next}${unproven}?`;
  const { evidence, material } = analysis;
  return { kind, evidence, material, to, cohorts: needs?.cohorts ?? [], text };
}

function samePosition(a: Position, b: Position): boolean {
  return a.stage === b.stage && a.step === b.step;
}
