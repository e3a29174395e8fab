import { nearest } from "../nearest.ts";
import { onTick } from "./apply-tick.ts";
import { accepted, isClosed, move, nextPosition, openingNeeds, refusal } from "./moves.ts";
import {
  type Applied,
  type RolloutEvent,
  type RolloutState,
  startingState,
  stateText,
  UMPIRE,
} from "./rollout-state.ts";

type EventOf<K extends RolloutEvent["kind"]> = Extract<RolloutEvent, { kind: K }>;

/**
 * The rollout's state machine: a pure function of state and event, so that the log of accepted events alone brings back
 * the state after any crash. It decides nothing by the wall clock, and never opens an unproven cohort without a person.
 */
export function applyEvent(state: RolloutState | null, event: RolloutEvent): Applied {
  if (event.kind === "create") return onCreate(state, event);
  if (state === null) throw new RangeError("the first event of a rollout creates it");
  return withAnswer(state, applied(state, event));
}

/** Tells that a question is over, so that its alarm ends. */
function withAnswer(before: RolloutState, after: Applied): Applied {
  const [decision] = after.decisions;
  const told = after.effects.some(({ kind }) => kind === "tell");
  if (before.question === null || after.state.question !== null || decision === undefined || told) return after;
  const text = `${before.plan.model}: answered by ${decision.by}: ${decision.reason}`;
  return { ...after, effects: [...after.effects, { kind: "tell", severity: "info", text }] };
}

function applied(state: RolloutState, event: Exclude<RolloutEvent, { kind: "create" }>): Applied {
  switch (event.kind) {
    case "start":
      return onStart(state, event);
    case "tick":
      return onTick(state, event);
    case "approve":
      return onApprove(state, event);
    case "hold":
      return onHold(state, event);
    case "resume":
      return onResume(state, event);
    case "advance":
      return onAdvance(state, event);
    case "roll-back":
      return onRollBack(state, event);
  }
}

/** The state after a log of accepted events; null for an empty one. */
export function replay(events: Iterable<RolloutEvent>): RolloutState | null {
  let state: RolloutState | null = null;
  for (const event of events) state = applyEvent(state, event).state;
  return state;
}

function onCreate(state: RolloutState | null, event: EventOf<"create">): Applied {
  if (state !== null) return refusal(state, `rollout "${state.plan.id}" exists`);
  const created = startingState(event.plan);
  const decision = {
    at: event.at,
    by: event.by,
    decision: "create" as const,
    from: "",
    to: "draft",
    reason: `${event.plan.challenger} against ${event.plan.champion}`,
    evidence: event.plan.verdict,
    numbers: {},
  };
  return { state: created, effects: [], decisions: [decision], refused: null };
}

function onStart(state: RolloutState, event: EventOf<"start">): Applied {
  if (state.phase !== "draft") return refusal(state, `it was started before: it is ${stateText(state)}`);
  const { plan } = state;
  const start = { at: event.at, by: event.by, decision: "start" as const, reason: `started by ${event.by}` };
  if (plan.shadow !== null) {
    return move(state, { stage: -1, step: 0 }, { ...start, evidence: plan.verdict, numbers: {} });
  }
  const given = event.consent;
  const consents = given !== undefined && isPerson(given.by) && given.evidence === plan.verdict;
  const needs = openingNeeds(state, { stage: 0, step: 0 });
  if (consents && needs !== null && mayAnswer(state, 0, given.by)) {
    const word = { by: given.by, at: event.at, evidence: plan.verdict };
    return move(state, { stage: 0, step: 0 }, { ...start, evidence: plan.verdict, numbers: {} }, word);
  }
  return move(state, { stage: 0, step: 0 }, { ...start, evidence: plan.verdict, numbers: {} });
}

function onApprove(state: RolloutState, event: EventOf<"approve">): Applied {
  const { question } = state;
  if (state.phase !== "asking" || question === null)
    return refusal(state, `nothing is asked: it is ${stateText(state)}`);
  if (!isPerson(event.by)) return refusal(state, "an approval needs the name of a person");
  if (event.evidence !== question.evidence) {
    return refusal(
      state,
      `the evidence has changed since (${event.evidence.slice(0, 12)} then, ${question.evidence.slice(0, 12)} now): look again, then approve`,
    );
  }
  if (!mayAnswer(state, question.to.stage, event.by)) {
    return refusal(state, `${event.by} may not approve this stage; ${whoMay(state, question.to.stage)}`);
  }
  const note = {
    at: event.at,
    by: event.by,
    decision: question.kind === "consent" ? ("consent" as const) : ("advance" as const),
    reason: `yes to: ${question.text}`,
    evidence: event.evidence,
    numbers: {},
  };
  return move({ ...state, question: null }, question.to, note, {
    by: event.by,
    at: event.at,
    evidence: event.evidence,
  });
}

function onHold(state: RolloutState, event: EventOf<"hold">): Applied {
  if (state.phase === "paused") return refusal(state, "it is held already");
  if (state.phase !== "shadow" && state.phase !== "stage" && state.phase !== "full" && state.phase !== "asking") {
    return refusal(state, `there is nothing to hold: it is ${stateText(state)}`);
  }
  const resume = state.phase === "asking" ? state.resume : state.phase;
  const next: RolloutState = { ...state, phase: "paused", resume, question: null };
  return accepted(state, next, { at: event.at, by: event.by, decision: "hold", reason: event.reason });
}

function onResume(state: RolloutState, event: EventOf<"resume">): Applied {
  if (state.phase !== "paused") return refusal(state, `it is not held: it is ${stateText(state)}`);
  const note = { at: event.at, by: event.by, decision: "resume" as const, reason: `resumed by ${event.by}` };
  if (isClosed(state.shares, state.position)) return move({ ...state, phase: "stage" }, state.position, note);
  // What happened while it was held does not count: the step begins anew.
  const next: RolloutState = { ...state, phase: state.resume ?? "shadow", resume: null, credited: 0 };
  return accepted(state, next, note);
}

function onAdvance(state: RolloutState, event: EventOf<"advance">): Applied {
  if (!isPerson(event.by)) return refusal(state, "only a named person can advance a rollout ahead of its numbers");
  const here = state.phase === "asking" || state.phase === "paused" ? state.resume : state.phase;
  if (here !== "shadow" && here !== "stage") return refusal(state, `there is no next step: it is ${stateText(state)}`);
  const to = nextPosition(state);
  if (!mayAnswer(state, to.stage, event.by)) {
    return refusal(state, `${event.by} may not open this stage; ${whoMay(state, to.stage)}`);
  }
  const needs = openingNeeds(state, to);
  const lacking = (needs?.cohorts ?? []).filter((cohort) => !event.consent.includes(cohort));
  if (lacking.length > 0) {
    return refusal(
      state,
      `the challenger was not proven on ${lacking.join(", ")}: name ${lacking.length === 1 ? "it" : "them"} to consent`,
    );
  }
  const { guarded, stages } = state.plan;
  const known = new Set([...guarded.map(({ name }) => name), ...stages.flatMap(({ unproven }) => unproven)]);
  const unknown = event.consent.filter((cohort) => !known.has(cohort));
  if (unknown.length > 0) {
    const those = known.size === 0 ? "none does" : `these do: ${[...known].join(", ")}`;
    return refusal(state, `${unknown.join(", ")} takes no consent; ${those}`);
  }
  const evidence = state.question?.evidence ?? state.plan.verdict;
  const note = {
    at: event.at,
    by: event.by,
    decision: "advance" as const,
    reason: event.reason,
    evidence,
    numbers: {},
  };
  const running: RolloutState = { ...state, phase: here, resume: null, question: null };
  return move(running, to, note, { by: event.by, at: event.at, evidence, cohorts: event.consent });
}

function onRollBack(state: RolloutState, event: EventOf<"roll-back">): Applied {
  const version = event.to ?? state.plan.before.champion;
  if (event.cohort !== null) return rollBackCohort(state, event, event.cohort, version);
  if (state.phase === "rolled-back" && state.answering === version) {
    return refusal(state, `version ${version} answers everyone already`);
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
  const note = { at: event.at, by: event.by, decision: "roll-back" as const, reason: event.reason };
  return accepted(state, next, note, [
    { kind: "publish" },
    { kind: "champion", version },
    {
      kind: "tell",
      severity: event.by === UMPIRE ? "error" : "warning",
      text: `${state.plan.model} is back on version ${version}: ${event.reason}`,
    },
  ]);
}

function rollBackCohort(state: RolloutState, event: EventOf<"roll-back">, cohort: string, version: string): Applied {
  const names = state.plan.stages.filter((stage) => stage.where !== null).map((stage) => stage.cohort);
  for (const guarded of state.plan.guarded) if (!names.includes(guarded.name)) names.push(guarded.name);
  if (!names.includes(cohort)) {
    const near = nearest(cohort, names);
    const hint = near.length > 0 ? `nearest: ${near.join(", ")}` : `cohorts: ${names.join(", ") || "none"}`;
    return refusal(state, `the rollout has no cohort "${cohort}"; ${hint}`);
  }
  if (state.phase === "rolled-back") return refusal(state, `everyone is on ${state.answering ?? version} already`);
  if (state.returned.some((one) => one.cohort === cohort && one.version === version)) {
    return refusal(state, `version ${version} answers ${cohort} already`);
  }
  const returned = [...state.returned.filter((one) => one.cohort !== cohort), { cohort, version }];
  const running = state.phase === "shadow" || state.phase === "stage" || state.phase === "asking";
  const next: RolloutState = {
    ...state,
    returned,
    question: null,
    phase: running ? "paused" : state.phase,
    resume: state.phase === "asking" ? state.resume : running ? (state.phase as "shadow" | "stage") : state.resume,
  };
  const note = { at: event.at, by: event.by, decision: "roll-back" as const, reason: event.reason };
  return accepted(state, next, note, [
    { kind: "publish" },
    {
      kind: "tell",
      severity: event.by === UMPIRE ? "error" : "warning",
      text: `${cohort} of ${state.plan.model} is back on version ${version}: ${event.reason}`,
    },
  ]);
}

function isPerson(name: string): boolean {
  return name.trim() !== "" && name !== UMPIRE;
}

function approvers(state: RolloutState, stage: number): readonly string[] {
  return state.plan.stages[Math.min(stage, state.plan.stages.length - 1)]?.approve ?? [];
}

function mayAnswer(state: RolloutState, stage: number, by: string): boolean {
  const named = approvers(state, stage);
  if (state.plan.barred?.includes(by) === true) return false;
  return named.length === 0 || named.includes(by);
}

/** Who may open a stage, as the end of a sentence. */
function whoMay(state: RolloutState, stage: number): string {
  const { barred = [] } = state.plan;
  const named = approvers(state, stage).filter((name) => !barred.includes(name));
  if (named.length > 0) return `${named.join(", ")} may, by a key of that name`;
  return `the policy asks for a second person, and ${barred.join(" and ")} registered or started it`;
}
