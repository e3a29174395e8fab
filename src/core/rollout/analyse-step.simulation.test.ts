import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { readStep } from "./analyse-step.ts";
import { usualRelease } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { calm, plainPlan, simulatedGuardrails, simulateStep, type TrafficModel } from "./simulated-traffic.ts";
import type { StepEvidence } from "./stage-evidence.ts";

const shares = [0.1, 0.5];

const plan = plainPlan(
  [{ ...usualRelease.usual, cohort: "everyone", where: null, unproven: [], reason: "", shares, leastUnits: 300 }],
  simulatedGuardrails,
);

/** Looks while units come: often at first, then every 20% more; both steps of the stage, each to `units`. */
function follow(model: TrafficModel, seed: number, units: number, rules: RolloutPlan) {
  const random = createRandom(seed);
  const closed: StepEvidence[] = [];
  for (const [step, share] of shares.entries()) {
    const traffic = simulateStep({ ...model, share }, random, { stage: 0, step });
    let seen = 0;
    for (let look = 10; seen < units; look = Math.ceil(look * 1.2)) {
      for (; seen < Math.min(look, units); seen++) traffic.unit();
      const analysis = readStep(rules, { stage: 0, step }, [...closed, traffic.take()]);
      if (analysis.outcome === "breach" || analysis.outcome === "void") {
        return { outcome: analysis.outcome, step, units: seen, reason: analysis.reason };
      }
    }
    closed.push(traffic.take());
  }
  return { outcome: "quiet" as const, step: 1, units, reason: "" };
}

function rate(model: TrafficModel, runs: number, units: number, rules = plan) {
  const ends = Array.from({ length: runs }, (_, i) => follow(model, 1000 + i, units, rules));
  const of = (outcome: string): number => ends.filter((end) => end.outcome === outcome).length / runs;
  const delays = ends.filter((end) => end.outcome !== "quiet" && end.step === 0).map((end) => end.units);
  return { breach: of("breach"), void: of("void"), quiet: of("quiet"), delays: delays.toSorted((a, b) => a - b) };
}

describe("looking at a rollout at any time", () => {
  it("calls an equal challenger harmful, or its split wrong, less often than is stated", () => {
    // The margins are set to nothing: the hardest case for a promise about equal versions.
    const strict = { ...plan, guardrails: plan.guardrails.map((guardrail) => ({ ...guardrail, margin: 0 })) };
    const { breach, void: mismatched } = rate(calm, 2000, 800, strict);
    expect(breach).toBeLessThan(plan.alarm);
    expect(mismatched).toBeLessThan(plan.mismatch);
  });

  it("finds errors that break units within the first dozens of them", () => {
    const { breach, delays } = rate({ ...calm, errors: [0.02, 0.9] }, 100, 2000);
    expect(breach).toBe(1);
    expect(delays[95]).toBeLessThan(400);
  });

  it("finds a rise of errors from 2% to 8%, and lost clicks, before a few thousand units", () => {
    const errors = rate({ ...calm, errors: [0.02, 0.08] }, 100, 6000);
    expect(errors.breach).toBeGreaterThan(0.95);
    const clicks = rate({ ...calm, click: [0.1, 0.06] }, 100, 12_000);
    expect(clicks.breach).toBeGreaterThan(0.9);
  });

  it("finds units that are lost from one arm, and then decides nothing by clicks", () => {
    const lost = rate({ ...calm, share: 0.5, lost: 0.15, click: [0.1, 0.06] }, 100, 12_000);
    expect(lost.void + lost.breach).toBeGreaterThan(0.9);
    expect(lost.void).toBeGreaterThan(0.5);
  });

  it("makes no effect of a base rate that moves while the shares do", () => {
    // METHODS section 3: 10% then 50% with .10 then .15 and no effect; pooled, that reads as a gain of a fifth.
    let gain = 0;
    let calls = 0;
    for (let run = 0; run < 100; run++) {
      const random = createRandom(run);
      const steps = [0.1, 0.15].map((base, step) => {
        const share = shares[step]!;
        const traffic = simulateStep({ ...calm, share, click: [base, base] }, random, { stage: 0, step });
        for (let i = 0; i < 4000; i++) traffic.unit();
        return traffic.take();
      });
      const [c, t] = (["control", "treatment"] as const).map((arm) => {
        const sums = steps.map((step) => step[arm].measures["click"]!);
        return sums.reduce((all, one) => all + one.y, 0) / sums.reduce((all, one) => all + one.x, 0);
      });
      gain += t! / c! - 1;
      const check = readStep(plan, { stage: 0, step: 1 }, steps).checks.find((one) => one.name === "click")!;
      if (check.low! > 0 || check.high! < 0 || Math.abs(check.harm!) > 0.02) calls++;
    }
    expect(gain / 100).toBeGreaterThan(0.1);
    expect(calls).toBe(0);
  });

  it("finds answers that take twice as long, in percent, and asks no shadow for its time", () => {
    const slow = { ...calm, share: 0.5, latency: [3, 3.7] } as const;
    const step = { stage: 0, step: 1 };
    const traffic = simulateStep(slow, createRandom(1), step);
    for (let i = 0; i < 2000; i++) traffic.unit();
    const evidence = traffic.take();
    const seen = readStep(plan, step, [evidence]);
    expect(seen.outcome).toBe("breach");
    expect(seen.reason).toMatch(/^latency: worse by at least \d+(\.\d)?%, 20% is tolerated$/);
    // Copies run together, out of the way of requests: their time is not that of a request.
    const shadow = { ...evidence, position: { stage: -1, step: 0 }, share: null };
    const shadowed = { ...plan, shadow: usualRelease.shadow };
    expect(readStep(shadowed, shadow.position, [shadow]).checks.map(({ name }) => name)).toEqual([
      "errors",
      "fallback",
    ]);
  });

  it("neither passes nor fires on a few units", () => {
    for (let run = 0; run < 200; run++) {
      const traffic = simulateStep({ ...calm, share: 0.1 }, createRandom(run));
      for (let i = 0; i < 40; i++) traffic.unit();
      expect(readStep(plan, { stage: 0, step: 0 }, [traffic.take()]).outcome).toBe("thin");
    }
  });
});
