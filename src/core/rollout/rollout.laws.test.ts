import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NAMES, rolloutPlan } from "../../../test/arbitraries/rollout-plans.ts";
import { compileRouter } from "../serving/route.ts";
import { applyEvent, replay } from "./apply-event.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { type Analysis, type RolloutEvent, type RolloutState, startingState } from "./rollout-state.ts";
import { routingFor } from "./routing-for.ts";

/** What the laws remember of a run, apart from the state machine. */
interface Memory {
  /** Unproven cohorts that a person named in an accepted event, by what they were shown. */
  readonly consented: Set<string>;
  /** Time measured by ticks since the last change of position, hold or rollback. */
  measured: number;
  /** Phases that some run has been in. */
  readonly visited: Set<string>;
}

interface Run {
  state: RolloutState;
  readonly log: RolloutEvent[];
}

const people = fc.constantFrom("ann", "ben", "umpire", "");
const cohort = fc.constantFrom<string | null>(null, null, ...NAMES, "nowhere");
/** The wall clock jumps as it likes. */
const at = fc.integer({ min: -1e12, max: 1e13 });

const clearOften = Array.from({ length: 20 }, () => "clear" as const);
const analysis = fc.record({
  outcome: fc.constantFrom<Analysis["outcome"]>(...clearOften, "unsure", "thin", "breach", "void"),
  units: fc.constantFrom(0, 5, 50),
  evidence: fc.constantFrom("e1", "e2", "e3"),
  stale: fc.constantFrom(false, false, false, true),
  cohort,
});

type Draft = (state: RolloutState) => RolloutEvent;

const step: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ at, by: people, with: fc.boolean() }).map(startDraft) },
  {
    weight: 30,
    arbitrary: fc
      .record({ at, elapsed: fc.constantFrom(0, 60, 150, -50), analysis: fc.option(analysis) })
      .map(tickDraft),
  },
  { weight: 4, arbitrary: fc.record({ at, by: people, fresh: fc.boolean() }).map(approveDraft) },
  {
    weight: 1,
    arbitrary: fc.record({ at, by: people }).map(
      (draw): Draft =>
        () => ({ kind: "hold", reason: "", ...draw }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ at, by: people }).map(
      (draw): Draft =>
        () => ({ kind: "resume", ...draw }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ at, by: people, consent: fc.subarray([...NAMES, "everyone"]) }).map(
      (draw): Draft =>
        () => ({ kind: "advance", reason: "", ...draw }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at, by: people, to: fc.constantFrom(null, "0"), cohort }).map(
      (draw): Draft =>
        () => ({ kind: "roll-back", reason: "", ...draw }),
    ),
  },
);

function startDraft(draw: { at: number; by: string; with: boolean }): Draft {
  return ({ plan }) => ({
    kind: "start",
    at: draw.at,
    by: "ann",
    ...(draw.with ? { consent: { by: draw.by, evidence: plan.verdict } } : {}),
  });
}

function tickDraft(draw: {
  at: number;
  elapsed: number;
  analysis: {
    outcome: Analysis["outcome"];
    units: number;
    evidence: string;
    stale: boolean;
    cohort: string | null;
  } | null;
}): Draft {
  return ({ position }) => ({
    kind: "tick",
    at: draw.at,
    elapsed: draw.elapsed,
    analysis:
      draw.analysis === null
        ? null
        : {
            ...draw.analysis,
            position: draw.analysis.stale ? { stage: position.stage - 1, step: position.step } : position,
            reason: "numbers",
            material: draw.analysis.evidence,
            numbers: {},
          },
  });
}

function approveDraft(draw: { at: number; by: string; fresh: boolean }): Draft {
  return ({ question }) => ({
    kind: "approve",
    at: draw.at,
    by: draw.by,
    evidence: draw.fresh ? (question?.evidence ?? "") : "old",
  });
}

/** One event on the real machine, with every law of a single step. */
function takeStep(draft: Draft, memory: Memory, run: Run): void {
  const before = run.state;
  memory.visited.add(before.phase);
  const event = draft(before);
  const { state, refused, decisions } = applyEvent(before, event);
  run.state = state;
  if (refused !== null) {
    expect(state).toEqual(before);
    return;
  }
  run.log.push(event);
  expect(state.revision).toBe(before.revision + 1);
  remember(memory, before, event, state);
  noTrafficWithoutConsent(memory, state);
  sharesOnlyGrow(before, state);
  if (event.kind === "tick") timeIsNeverSkipped(memory, before, state, decisions.length > 0);
  staleNumbersDecideNothing(before, event, state);
  signOffsAreBound(before, event);
  rollbackWorks(state);
  expect(replay(run.log)).toEqual(state);
}

class Step implements fc.Command<Memory, Run> {
  readonly #draft: Draft;
  constructor(draft: Draft) {
    this.#draft = draft;
  }
  check(): boolean {
    return true;
  }
  run(memory: Memory, run: Run): void {
    takeStep(this.#draft, memory, run);
  }
  toString(): string {
    return "step";
  }
}

function remember(memory: Memory, before: RolloutState, event: RolloutEvent, after: RolloutState): void {
  const person = "by" in event && event.by !== "umpire" && event.by.trim() !== "";
  if (event.kind === "approve" && person) for (const name of before.question?.cohorts ?? []) memory.consented.add(name);
  if (event.kind === "advance" && person) for (const name of event.consent) memory.consented.add(name);
  if (event.kind === "start" && event.consent !== undefined && event.consent.by === "ann")
    consentToFirst(memory, before.plan);
  if (event.kind === "start" && event.consent?.by === "ben") consentToFirst(memory, before.plan);
  const runs = before.phase === "shadow" || before.phase === "stage" || before.phase === "full";
  if (event.kind === "tick" && runs) memory.measured += Math.max(0, event.elapsed);
  if (event.kind !== "tick" && event.kind !== "hold") memory.measured = after.credited;
}

function consentToFirst(memory: Memory, plan: RolloutPlan): void {
  if (plan.shadow === null) for (const name of plan.stages[0]!.unproven) memory.consented.add(name);
}

/** 200 units of every kind, through the gateway's own router. */
function noTrafficWithoutConsent(memory: Memory, state: RolloutState): void {
  const { plan } = state;
  const route = compileRouter(routingFor(state));
  for (let i = 0; i < 64; i++) {
    const record = { a: (i & 1) > 0, b: (i & 2) > 0, c: (i & 4) > 0 };
    const { version } = route(record, `unit ${i}`);
    if (version !== plan.challenger) continue;
    for (const guarded of plan.guarded) {
      if (record[guarded.name as "a"]) expect(memory.consented).toContain(guarded.name);
    }
    const open = plan.stages.some(
      (stage, s) => state.shares[s]! > 0 && (stage.where === null || record[stage.cohort as "a"]),
    );
    expect(open).toBe(true);
    for (const back of state.returned) expect(record[back.cohort as "a"]).toBe(false);
  }
}

function sharesOnlyGrow(before: RolloutState, after: RolloutState): void {
  if (after.phase === "rolled-back") return;
  for (const [i, share] of after.shares.entries()) expect(share).toBeGreaterThanOrEqual(before.shares[i]!);
}

function timeIsNeverSkipped(memory: Memory, before: RolloutState, after: RolloutState, decided: boolean): void {
  const moved = after.position.stage !== before.position.stage || after.position.step !== before.position.step;
  const rules = before.position.stage < 0 ? before.plan.shadow : before.plan.stages[before.position.stage];
  if (moved && rules !== null && rules !== undefined) {
    expect(memory.measured).toBeGreaterThanOrEqual(rules.leastMilliseconds);
  }
  if (moved || decided) memory.measured = after.credited;
}

function staleNumbersDecideNothing(before: RolloutState, event: RolloutEvent, after: RolloutState): void {
  if (event.kind !== "tick" || event.analysis === null) return;
  if (event.analysis.position.stage === before.position.stage) return;
  expect(after.position).toEqual(before.position);
  expect(before.phase === "full" ? "done" : before.phase).toBe(before.phase === "full" ? "done" : after.phase);
}

function signOffsAreBound(before: RolloutState, event: RolloutEvent): void {
  if (event.kind === "approve") expect(event.evidence).toBe(before.question?.evidence);
}

function rollbackWorks(state: RolloutState): void {
  for (const to of [null, "0"]) {
    const { state: after } = applyEvent(state, { kind: "roll-back", at: 0, by: "ann", reason: "", to, cohort: null });
    const routing = routingFor(after);
    expect(routing.champion).toBe(to ?? state.plan.before.champion);
    expect(routing.cohorts).toEqual([]);
    expect(routing.shadows).toEqual([]);
  }
}

describe("a rollout", () => {
  test("keeps its laws whatever comes in whatever order", () => {
    const steps = fc.commands([step.map((draft) => new Step(draft))], { maxCommands: 50, size: "max" });
    const visited = new Set<string>();
    fc.assert(
      fc.property(rolloutPlan, fc.boolean(), steps, (plan, started, commands) => {
        fc.modelRun(() => {
          const create: RolloutEvent = { kind: "create", at: 0, plan, by: "ann" };
          const run: Run = { state: startingState(plan), log: [create] };
          const memory: Memory = { consented: new Set<string>(), measured: 0, visited };
          if (started) new Step(() => ({ kind: "start", at: 0, by: "ann" })).run(memory, run);
          return { model: memory, real: run };
        }, commands);
      }),
      { numRuns: 400, seed: 6 },
    );
    // The laws say nothing of what was never reached.
    const phases = ["draft", "shadow", "stage", "full", "done", "paused", "asking", "rolled-back", "voided"];
    expect([...visited].toSorted()).toEqual(phases.toSorted());
  });

  test("reaches everyone when all is clear and every question is answered", () => {
    fc.assert(
      fc.property(rolloutPlan, (plan) => {
        let state = applyEvent(startingState(plan), { kind: "start", at: 0, by: "ann" }).state;
        for (let i = 0; i < 60 && state.phase !== "done"; i++) {
          const clear = tickDraft({
            at: 0,
            elapsed: 100,
            analysis: { outcome: "clear", units: 50, evidence: "e1", stale: false, cohort: null },
          })(state);
          const event: RolloutEvent =
            state.question === null ? clear : { kind: "approve", at: 0, by: "ann", evidence: state.question.evidence };
          state = applyEvent(state, event).state;
        }
        expect(state.phase).toBe("done");
        expect(routingFor(state).champion).toBe(plan.challenger);
        expect(routingFor(state).shadows).toEqual([{ version: "1", sample: 1 }]);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  test("never goes on without traffic: it waits, then asks", () => {
    fc.assert(
      fc.property(rolloutPlan, fc.constantFrom<Analysis["outcome"]>("thin", "unsure"), (plan, outcome) => {
        let state = applyEvent(startingState(plan), { kind: "start", at: 0, by: "ann" }).state;
        const { position } = state;
        for (let i = 0; i < 30; i++) {
          const none = { outcome, units: 0, evidence: "e1", stale: false, cohort: null };
          state = applyEvent(state, tickDraft({ at: 0, elapsed: 100, analysis: none })(state)).state;
        }
        expect(state.position).toEqual(position);
        expect(state.phase).toBe("asking");
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  test("only adds units to the challenger as long as nothing is taken back", () => {
    fc.assert(
      fc.property(rolloutPlan, (plan) => {
        let state = applyEvent(startingState(plan), { kind: "start", at: 0, by: "ann" }).state;
        let had = new Set<string>();
        for (let i = 0; i < 60 && state.phase !== "done"; i++) {
          const has = challenged(state);
          for (const unit of had) expect(has).toContain(unit);
          had = has;
          const clear = { outcome: "clear" as const, units: 50, evidence: "e1", stale: false, cohort: null };
          const event: RolloutEvent =
            state.question === null
              ? tickDraft({ at: 0, elapsed: 100, analysis: clear })(state)
              : { kind: "approve", at: 0, by: "ann", evidence: state.question.evidence };
          state = applyEvent(state, event).state;
        }
      }),
      { numRuns: 100, seed: 9 },
    );
  });
});

function challenged(state: RolloutState): Set<string> {
  const route = compileRouter(routingFor(state));
  const units = new Set<string>();
  for (let i = 0; i < 80; i++) {
    const record = { a: (i & 1) > 0, b: (i & 2) > 0, c: (i & 4) > 0 };
    if (route(record, `unit ${i}`).version === state.plan.challenger) units.add(`unit ${i}`);
  }
  return units;
}
