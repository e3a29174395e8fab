import { describe, expect, it } from "vitest";
import { plainRouting } from "../serving/routing-state.ts";
import { createRandom } from "../statistics/random.ts";
import { readStep } from "./analyse-step.ts";
import { forecastRollout } from "./forecast.ts";
import { usualRelease } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { calm, simulatedGuardrails, simulateStep } from "./simulated-traffic.ts";

const stage = { ...usualRelease.usual, cohort: "everyone", where: null, unproven: [], reason: "", leastUnits: 300 };
const plan: RolloutPlan = {
  id: "r",
  model: "m",
  form: "stages",
  champion: "1",
  challenger: "2",
  arms: [],
  verdict: "v",
  shadow: null,
  stages: [stage],
  guarded: [],
  guardrails: simulatedGuardrails,
  alarm: 0.05,
  mismatch: 0.01,
  breach: "roll-back",
  reverseShadow: 0,
  settleMilliseconds: 0,
  before: plainRouting("1"),
  standing: null,
};

const measures = {
  errors: { mean: 0.02, deviation: 0.14 },
  fallback: { mean: 0.02, deviation: 0.14 },
  latency: { mean: 3, deviation: 0.4 },
  click: { mean: 0.1, deviation: 0.22 },
};

describe("the forecast of a rollout", () => {
  it("says how many units and days each step takes, and what takes longest", () => {
    const [first, second] = forecastRollout(plan, { unitsPerDay: { everyone: 9000 }, measures });
    expect(first).toMatchObject({ cohort: "everyone", share: 0.1, because: "click", fits: true });
    expect(second!.units!).toBeLessThan(first!.units!);
    expect(first!.days).toBeCloseTo(first!.units! / 9000, 9);
  });

  it("is met by simulated equal versions, within a factor of two", () => {
    const [first] = forecastRollout(plan, { unitsPerDay: { everyone: 9000 }, measures });
    const needed: number[] = [];
    for (let run = 0; run < 15; run++) {
      const traffic = simulateStep({ ...calm, share: 0.1 }, createRandom(run));
      let seen = 0;
      for (let look = 500; seen < 400_000; look = Math.ceil(look * 1.2)) {
        for (; seen < look; seen++) traffic.unit();
        const { checks } = readStep(plan, { stage: 0, step: 0 }, [traffic.take()]);
        if (checks.every((check) => check.outcome === "clear")) break;
      }
      needed.push(seen);
    }
    const median = needed.toSorted((a, b) => a - b)[7]!;
    expect(median / first!.units!).toBeGreaterThan(0.5);
    expect(median / first!.units!).toBeLessThan(2);
  });

  it("tells what will not fit into the most time, and what is not known", () => {
    const slow = { ...plan, stages: [{ ...stage, mostMilliseconds: 3_600_000 }] };
    const [first] = forecastRollout(slow, { unitsPerDay: { everyone: 100 }, measures: {} });
    expect(first).toMatchObject({ fits: false, reason: "nothing is known yet of errors, latency, fallback, click" });
    const [unknown] = forecastRollout(plan, { unitsPerDay: {}, measures });
    expect(unknown).toMatchObject({ days: null, reason: "nothing is known of the cohort's traffic yet" });
  });
});
