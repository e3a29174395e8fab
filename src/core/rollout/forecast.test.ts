import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { readStep } from "./analyse-step.ts";
import { forecastRollout } from "./forecast.ts";
import { usualRelease } from "./release-policy.ts";
import { calm, growthOf, plainPlan, simulatedGuardrails, simulateStep } from "./simulated-traffic.ts";

const stage = { ...usualRelease.usual, cohort: "everyone", where: null, unproven: [], reason: "", leastUnits: 300 };
const plan = plainPlan([stage], simulatedGuardrails);

const measures = {
  errors: { mean: 0.02, deviation: 0.14 },
  fallback: { mean: 0.02, deviation: 0.14 },
  latency: { mean: 3, deviation: 0.4 },
  click: { mean: 0.1, deviation: 0.22 },
};

/** A week of units that come once each, so many a day. */
function steady(perDay: number) {
  const count = 7 * perDay;
  const visits = Array.from({ length: count }, (_, i) => [Math.floor((i / perDay) * 86_400_000), i] as const);
  return { growth: growthOf(visits), shares: {}, waits: { click: 0 } };
}

describe("the forecast of a rollout", () => {
  it("says how many units and days each step takes, and what takes longest", () => {
    const [first, second] = forecastRollout(plan, { ...steady(9000), measures });
    expect(first).toMatchObject({ cohort: "everyone", share: 0.1, because: "click", fits: true });
    expect(second!.units!).toBeLessThan(first!.units!);
    expect(first!.days! * 9000).toBeCloseTo(first!.units!, -3);
  });

  it("is met by simulated equal versions, within a factor of two", () => {
    const [first] = forecastRollout(plan, { ...steady(9000), measures });
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

  it("holds the time to decision of equal versions within its interval in four of five runs", () => {
    const perDay = 9000;
    const [first] = forecastRollout(plan, { ...steady(perDay), measures });
    let inside = 0;
    const runs = 40;
    for (let run = 0; run < runs; run++) {
      const traffic = simulateStep({ ...calm, share: 0.1 }, createRandom(100 + run));
      let seen = 0;
      for (let look = 500; seen < 400_000; look = Math.ceil(look * 1.03)) {
        for (; seen < look; seen++) traffic.unit();
        const { checks } = readStep(plan, { stage: 0, step: 0 }, [traffic.take()]);
        if (checks.every((check) => check.outcome === "clear")) break;
      }
      const days = seen / perDay;
      if (first!.daysLow! <= days && days <= first!.daysHigh!) inside++;
    }
    expect(inside / runs).toBeGreaterThanOrEqual(0.8);
    // An interval that says something.
    expect(first!.daysHigh! / first!.daysLow!).toBeLessThan(12);
  });

  it("adds the time that labels take, and says so where that is not known", () => {
    const known = { ...steady(9000), measures };
    const [soon] = forecastRollout(plan, known);
    const [late] = forecastRollout(plan, { ...known, waits: { click: 3 * 86_400_000 } });
    expect(late!.days! - soon!.days!).toBeCloseTo(3, 6);
    expect(late!.daysLow!).toBeGreaterThanOrEqual(3);
    const [never] = forecastRollout(plan, { ...known, waits: { click: null } });
    expect(never).toMatchObject({
      daysHigh: null,
      reason: expect.stringContaining("labels of click take is not known yet"),
    });
  });

  it("says of a guardrail that can never be clear that it cannot, and of one request that it is too little", () => {
    const failing = { ...measures, errors: { mean: 0.5, deviation: 0.5 } };
    const tight = plan.guardrails.map((one) => (one.name === "errors" ? { ...one, margin: 0 } : one));
    const [stuck] = forecastRollout({ ...plan, guardrails: tight }, { ...steady(900), measures: failing });
    expect(stuck).toMatchObject({
      units: null,
      days: null,
      reason: expect.stringContaining("errors can never be clear"),
    });
    const [one] = forecastRollout(plan, { growth: growthOf([[0, 1]]), shares: {}, waits: {}, measures: {} });
    expect(one).toMatchObject({ days: null, reason: expect.stringContaining("1 unit came in 1 s") });
  });

  it("tells what will not fit into the most time, and what is not known", () => {
    const slow = { ...plan, stages: [{ ...stage, mostMilliseconds: 3_600_000 }] };
    const [first] = forecastRollout(slow, { ...steady(100), measures: {} });
    expect(first).toMatchObject({
      fits: false,
      reason: expect.stringContaining("nothing is known yet of errors, latency, fallback, click"),
    });
    const [unknown] = forecastRollout(plan, { growth: null, shares: {}, waits: {}, measures });
    expect(unknown).toMatchObject({ days: null, reason: "nothing is known of the cohort's traffic yet" });
  });
});
