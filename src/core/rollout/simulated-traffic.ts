import { plainRouting } from "../serving/routing-state.ts";
import type { UnitGrowth } from "./unit-growth.ts";
import type { Random } from "../statistics/random.ts";
import { growUnit, noSums, type RatioSums } from "./ratio-sums.ts";
import { type Guardrail, usualGuardrails } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import type { ArmEvidence, StepEvidence } from "./stage-evidence.ts";
import type { Position } from "./rollout-state.ts";

/** Traffic made up for tests: units that come back, each arm with its own rates. */
export interface TrafficModel {
  /** Share of the challenger. */
  readonly share: number;
  readonly errors: readonly [control: number, treatment: number];
  /** Mean of log milliseconds. */
  readonly latency: readonly [control: number, treatment: number];
  readonly click: readonly [control: number, treatment: number];
  /** Share of the challenger's units that are lost before they are counted. */
  readonly lost: number;
}

export const calm: TrafficModel = { share: 0.1, errors: [0.02, 0.02], latency: [3, 3], click: [0.1, 0.1], lost: 0 };

export const clicks: Guardrail = {
  name: "click",
  measure: "label",
  label: "click",
  loss: null,
  direction: 1,
  margin: 0.01,
  most: null,
};

export const simulatedGuardrails: readonly Guardrail[] = [
  ...usualGuardrails.filter((one) => one.name !== "answers"),
  clicks,
];

/** A plan without a shadow, of version 2 after version 1, by the usual rates. */
export function plainPlan(stages: RolloutPlan["stages"], guardrails: readonly Guardrail[]): RolloutPlan {
  return {
    id: "r",
    model: "m",
    form: "stages",
    champion: "1",
    challenger: "2",
    arms: [],
    verdict: "v",
    shadow: null,
    stages,
    guarded: [],
    guardrails,
    alarm: 0.05,
    mismatch: 0.01,
    breach: "roll-back",
    reverseShadow: 0,
    settleMilliseconds: 0,
    before: plainRouting("1"),
    standing: null,
  };
}

interface Arm {
  units: number;
  requests: number;
  readonly sums: Record<string, RatioSums>;
}

/** One step's traffic, unit by unit; `take` gives the evidence as it stands. */
export function simulateStep(model: TrafficModel, random: Random, position: Position = { stage: 0, step: 0 }) {
  const arms: [Arm, Arm] = [newArm(), newArm()];
  return {
    /** One more unit, with 1 to 3 requests of its own habit. */
    unit(): void {
      const side = random.next() < model.share ? 1 : 0;
      if (side === 1 && random.next() < model.lost) return;
      const arm = arms[side];
      const requests = 1 + Math.floor(random.next() * 3);
      const habit = random.nextNormal() * 0.3;
      let [errors, time, click] = [0, 0, 0];
      for (let i = 0; i < requests; i++) {
        if (random.next() < model.errors[side]!) errors++;
        time += model.latency[side]! + habit + random.next() - 0.5;
        if (random.next() < model.click[side]! * (1 + habit)) click++;
      }
      arm.units++;
      arm.requests += requests;
      grow(arm, "errors", requests, errors);
      grow(arm, "fallback", requests, errors);
      grow(arm, "latency", requests, time);
      grow(arm, "click", requests, click);
    },
    take(cohort = "everyone"): StepEvidence {
      return {
        position,
        cohort,
        share: model.share,
        control: evidenceOf(arms[0], "1"),
        treatment: evidenceOf(arms[1], "2"),
      };
    },
  };
}

function newArm(): Arm {
  return { units: 0, requests: 0, sums: { errors: noSums, fallback: noSums, latency: noSums, click: noSums } };
}

function grow(arm: Arm, name: string, x: number, y: number): void {
  arm.sums[name] = growUnit(arm.sums[name] ?? noSums, 0, 0, x, y);
}

function evidenceOf(arm: Arm, version: string): ArmEvidence {
  return { version, units: arm.units, requests: arm.requests, measures: { ...arm.sums }, answers: [], labels: {} };
}

/** The growth of units in visits made up for tests, as the log's adapter counts it. */
export function growthOf(visits: readonly (readonly [time: number, unit: number])[], wanted = 96): UnitGrowth {
  const [first, last] = [visits[0]![0], visits.at(-1)![0]];
  const binMilliseconds = Math.max(1, Math.ceil((last - first + 1) / wanted));
  const gaps = new Map<string, [number, number, number]>();
  const seen = new Map<number, { last: number; times: number }>();
  for (const [time, unit] of visits) {
    const bin = Math.floor((time - first) / binMilliseconds);
    const before = seen.get(unit);
    if (before?.last === bin) continue;
    const from = before?.last ?? -1;
    const gap = gaps.get(`${from} ${bin}`) ?? [from, bin, 0];
    gap[2]++;
    gaps.set(`${from} ${bin}`, gap);
    seen.set(unit, { last: bin, times: (before?.times ?? 0) + 1 });
  }
  const times = [...seen.values()].map((one) => one.times);
  return {
    binMilliseconds,
    bins: Math.floor((last - first) / binMilliseconds) + 1,
    units: seen.size,
    gaps: [...gaps.values()],
    once: times.filter((one) => one === 1).length,
    twice: times.filter((one) => one === 2).length,
  };
}
