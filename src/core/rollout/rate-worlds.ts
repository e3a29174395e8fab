import { createRandom, type Random } from "../statistics/random.ts";
import { readStep } from "./analyse-step.ts";
import { growUnit, noSums } from "./ratio-sums.ts";
import { type Guardrail, usualRelease } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { plainPlan } from "./simulated-traffic.ts";
import { noArm, type StepEvidence } from "./stage-evidence.ts";

/** Traffic made up to measure how often the analysis is wrong, and how soon it is right. */
export interface World {
  /** Shares of the challenger, step by step; one list per stage. */
  readonly stages: readonly (readonly number[])[];
  /** Units that there are, each step the same ones: they come back; null: every request is of a new one. */
  readonly population: number | null;
  /** Requests of each step. */
  readonly requests: number;
  /** One measure of one request. `unit`: a standard normal of the unit's own; `time`: 0 to 1 over the whole rollout. */
  readonly measures: Readonly<Record<string, Draw>>;
  /** Share of the challenger's units that are never counted. */
  readonly lost?: number;
  /** Harm that is tolerated; 0: the hardest case for a promise about equal versions. */
  readonly margin?: number;
  /** Looks: the first after so many requests, then at this factor. */
  readonly first?: number;
  readonly factor?: number;
}

export type Draw = (at: {
  readonly random: Random;
  readonly unit: number;
  readonly side: 0 | 1;
  readonly time: number;
}) => number;

export interface End {
  readonly outcome: "breach" | "void" | "open";
  /** Units of all steps, as often as they are in one. */
  readonly units: number;
  /** At some look of the last step all was clear, so that the rollout went on. */
  readonly passed: boolean;
}

const hit =
  (rate: readonly [number, number], habit = 0): Draw =>
  ({ random, unit, side }) =>
    random.next() < rate[side] * Math.exp(habit * unit - (habit * habit) / 2) ? 1 : 0;

const kinds: Readonly<Record<string, Pick<Guardrail, "measure" | "label" | "loss">>> = {
  errors: { measure: "errors", label: null, loss: null },
  fallback: { measure: "fallback", label: null, loss: null },
  latency: { measure: "latency", label: null, loss: null },
  click: { measure: "label", label: "click", loss: null },
  loss: { measure: "quality", label: "outcome", loss: "squared" },
};

function planOf({ stages, measures, margin = 0 }: World): RolloutPlan {
  const guardrails = Object.keys(measures).map(
    (name): Guardrail => ({ ...kinds[name]!, name, direction: -1, margin, most: null }),
  );
  const plain = { ...usualRelease.usual, where: null, unproven: [], reason: "", leastUnits: 100 };
  return plainPlan(
    stages.map((shares, s) => ({ ...plain, cohort: `cohort ${s}`, shares })),
    guardrails,
  );
}

interface Unit {
  readonly hash: number;
  readonly habit: number;
}

/** One rollout, looked at as its requests come, to its first breach or mismatch or its end. */
export function follow(world: World, seed: number): End {
  const random = createRandom(seed);
  const plan = planOf(world);
  const names = Object.keys(world.measures);
  const newUnit = (): Unit => ({ hash: random.next(), habit: random.nextNormal() });
  const people = world.population === null ? null : Array.from({ length: world.population }, newUnit);
  const closed: StepEvidence[] = [];
  const steps = world.stages.flatMap((shares, stage) => shares.map((share, step) => ({ share, stage, step })));
  let total = 0;
  let passed = false;
  for (const [index, { share, stage, step }] of steps.entries()) {
    const arms = [0, 1].map(() => ({ units: 0, requests: 0, sums: names.map(() => noSums) }));
    const known = new Map<Unit, { x: number; y: number[] }>();
    const take = (): StepEvidence => {
      const [control, treatment] = arms.map((arm, side) => ({
        ...noArm(String(side + 1)),
        units: arm.units,
        requests: arm.requests,
        measures: Object.fromEntries(names.map((name, m) => [name, arm.sums[m]!])),
      }));
      return { position: { stage, step }, cohort: `cohort ${stage}`, share, control: control!, treatment: treatment! };
    };
    let seen = 0;
    passed = false;
    for (let look = world.first ?? 50; seen < world.requests; look = Math.ceil(look * (world.factor ?? 1.2))) {
      for (; seen < Math.min(look, world.requests); seen++) {
        const unit = people === null ? newUnit() : people[random.nextBelow(people.length)]!;
        const side = unit.hash < share ? 1 : 0;
        if (side === 1 && unit.hash / share < (world.lost ?? 0)) continue;
        const arm = arms[side]!;
        let own = known.get(unit);
        if (own === undefined) {
          own = { x: 0, y: names.map(() => 0) };
          if (people !== null) known.set(unit, own);
          arm.units++;
        }
        arm.requests++;
        const time = (index + seen / world.requests) / steps.length;
        names.forEach((name, m) => {
          const value = world.measures[name]!({ random, unit: unit.habit, side, time });
          const from = own!.y[m]!;
          arm.sums[m] = growUnit(arm.sums[m]!, own!.x, from, own!.x + 1, from + value);
          own!.y[m] = from + value;
        });
        own.x++;
      }
      const { outcome } = readStep(plan, { stage, step }, [...closed, take()]);
      passed ||= outcome === "clear";
      if (outcome === "breach" || outcome === "void") {
        return { outcome, units: total + arms[0]!.units + arms[1]!.units, passed };
      }
    }
    total += arms[0]!.units + arms[1]!.units;
    closed.push(take());
  }
  return { outcome: "open", units: total, passed };
}

const ramp = [0.1, 0.5] as const;
const long = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] as const;
const lognormal =
  (means: readonly [number, number], spread: number): Draw =>
  ({ random, side }) =>
    means[side] * Math.exp(spread * random.nextNormal() - (spread * spread) / 2);
const slow: Draw = ({ random, unit }) => 3 + unit - Math.log(1 - random.next());
const usual = { errors: hit([0.02, 0.02]), latency: slow, click: hit([0.1, 0.1], 0.5) };

export const worlds: Readonly<Record<string, World>> = {
  "null: new units": { stages: [ramp], population: null, requests: 3000, measures: usual },
  "null: units come back, with strong habits": {
    stages: [ramp],
    population: 600,
    requests: 3000,
    measures: { latency: ({ unit, random }) => 3 + unit + 0.1 * random.nextNormal(), click: hit([0.2, 0.2], 1) },
  },
  "null: the same units in nine steps": {
    stages: [long],
    population: 800,
    requests: 3000,
    measures: { latency: ({ unit, random }) => 3 + unit + 0.1 * random.nextNormal() },
  },
  "null: the same units in three stages": {
    stages: [ramp, ramp, ramp],
    population: 800,
    requests: 3000,
    measures: { latency: ({ unit, random }) => 3 + unit + 0.1 * random.nextNormal() },
  },
  "null: rare errors, 1% of units": {
    stages: [[0.01]],
    population: null,
    requests: 20_000,
    measures: { errors: hit([0.001, 0.001]), fallback: hit([0.001, 0.001]) },
  },
  "null: heavy losses, 1% of units": {
    stages: [[0.01]],
    population: null,
    requests: 30_000,
    measures: { loss: lognormal([1, 1], 1.5) },
  },
  "null: heavy losses, 99% of units": {
    stages: [[0.99]],
    population: null,
    requests: 30_000,
    measures: { loss: lognormal([1, 1], 1.5) },
  },
  "null: everything drifts while shares change": {
    stages: [[0.1, 0.5, 0.9]],
    population: null,
    requests: 3000,
    measures: {
      click: ({ random, time }) => (random.next() < 0.1 + 0.2 * time ? 1 : 0),
      latency: (at) => slow(at) + at.time,
    },
  },
  "null: five guardrails": {
    stages: [ramp],
    population: null,
    requests: 3000,
    measures: { ...usual, fallback: hit([0.05, 0.05]), loss: lognormal([1, 1], 1) },
  },
  "null: nothing ever differs": {
    stages: [ramp],
    population: null,
    requests: 3000,
    measures: { errors: () => 0, latency: () => 3, click: () => 1 },
  },
  "at the limit: errors 0.2% and 1.2%": {
    stages: [[0.5]],
    population: null,
    requests: 20_000,
    measures: { errors: hit([0.002, 0.012]) },
    margin: 0.01,
  },
  "at the limit: clicks 10% and 12%, 10% of units": {
    stages: [[0.1]],
    population: null,
    requests: 40_000,
    measures: { click: hit([0.1, 0.12]) },
    margin: 0.02,
  },
  "at the limit: heavy losses 1 and 1.3, 5% of units": {
    stages: [[0.05]],
    population: null,
    requests: 40_000,
    measures: { loss: lognormal([1, 1.3], 1.5) },
    margin: 0.3,
  },
  "at the limit: heavier losses 1 and 1.3, half of units": {
    stages: [[0.5]],
    population: null,
    requests: 20_000,
    measures: { loss: lognormal([1, 1.3], 2.5) },
    margin: 0.3,
  },
  "harm: errors 2% and 5%": {
    stages: [[0.5]],
    population: null,
    requests: 10_000,
    measures: { errors: hit([0.02, 0.05]) },
  },
  "harm: clicks 10% and 13%": {
    stages: [[0.5]],
    population: null,
    requests: 20_000,
    measures: { click: hit([0.1, 0.13]) },
  },
  "harm: a tenth of the challenger's units is lost": {
    stages: [[0.5]],
    population: null,
    requests: 20_000,
    measures: { click: hit([0.1, 0.1]) },
    lost: 0.1,
  },
};
