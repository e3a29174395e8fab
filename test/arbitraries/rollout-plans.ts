import fc from "fast-check";
import { usualGuardrails } from "../../src/core/rollout/release-policy.ts";
import type { RolloutPlan, StagePlan } from "../../src/core/rollout/rollout-plan.ts";
import { plainRouting } from "../../src/core/serving/routing-state.ts";
import type { Condition } from "../../src/core/slices/condition.ts";

export const NAMES = ["a", "b", "c"] as const;

/** Cohorts overlap: a record may have several of the flags. */
export const flag = (name: string): Condition => ({ kind: "is", column: name, values: [true] });

const shares = fc
  .uniqueArray(fc.constantFrom(0.05, 0.1, 0.25, 0.5, 1), { minLength: 1, maxLength: 3 })
  .map((list) => list.toSorted((x, y) => x - y));

const approve = fc.constantFrom<readonly string[]>([], [], ["ann"], ["ann", "ben"]);

const rules = fc.record({
  shares,
  leastUnits: fc.constantFrom(0, 10),
  leastMilliseconds: fc.constantFrom(0, 100),
  mostMilliseconds: fc.constantFrom(200, 1000),
  advance: fc.constantFrom<"automatic" | "ask">("automatic", "automatic", "ask"),
  approve,
});

export const rolloutPlan: fc.Arbitrary<RolloutPlan> = fc
  .record({
    named: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
    proven: fc.record({ a: fc.boolean(), b: fc.boolean(), c: fc.boolean(), all: fc.boolean() }),
    rules: fc.array(rules, { minLength: 4, maxLength: 4 }),
    shadow: fc.boolean(),
    breach: fc.constantFrom<RolloutPlan["breach"]>("roll-back", "roll-back-cohort", "ask"),
    form: fc.constantFrom<RolloutPlan["form"]>("stages", "stages", "stages", "blue-green"),
  })
  .map((draw): RolloutPlan => {
    const unproven = NAMES.filter((name) => !draw.proven[name]);
    const stages: StagePlan[] = draw.named.map((name, i) => ({
      ...draw.rules[i]!,
      cohort: name,
      where: flag(name),
      unproven: draw.proven[name] ? [] : [name],
      reason: "",
    }));
    const left = unproven.filter((name) => !draw.named.includes(name));
    stages.push({
      ...draw.rules[3]!,
      cohort: "everyone",
      where: null,
      unproven: draw.proven.all ? left : ["everyone", ...left],
      reason: "",
    });
    return {
      id: "rollout-1",
      model: "m",
      form: draw.form,
      champion: "1",
      challenger: "2",
      arms: [],
      verdict: "verdict-hash",
      shadow: draw.shadow ? { sample: 1, leastUnits: 10, leastMilliseconds: 100, mostMilliseconds: 1000 } : null,
      stages,
      guarded: unproven.map((name) => ({ name, where: flag(name) })),
      guardrails: usualGuardrails,
      alarm: 0.05,
      mismatch: 0.01,
      breach: draw.breach,
      reverseShadow: 1,
      settleMilliseconds: 100,
      before: plainRouting("1"),
      standing: null,
    };
  });
