import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { compareAnswers } from "./agreement.ts";
import { decideRetraining, type RetrainingFacts, type RetrainingRules } from "./triggers.ts";

const DAY = 86_400_000;
const rules: RetrainingRules = {
  staleAfter: 30 * DAY,
  drift: "warning",
  performance: { metric: "roc_auc", worseThan: 0.8, below: null, source: "measured", slices: null },
  rows: 1000,
  cooldown: DAY,
  mostPerWeek: 3,
};
const calm: RetrainingFacts = {
  now: 100 * DAY,
  championTrained: 90 * DAY,
  driftAlarm: null,
  performance: null,
  rowsSinceTraining: null,
  due: false,
  askedBy: null,
  runs: [],
};

describe("triggers", () => {
  it("rest while nothing asks, and while nothing is known", () => {
    expect(decideRetraining(rules, calm)).toEqual({ retrain: false, causes: [], held: null });
    expect(decideRetraining(rules, { ...calm, championTrained: null }).retrain).toBe(false);
  });

  it.each([
    ["age", { championTrained: 60 * DAY }, /40 days old/],
    ["drift", { driftAlarm: { severity: "error" as const, message: "age moved" } }, /age moved/],
    ["performance", { performance: { fallen: true, message: "young: roc_auc 0.7" } }, /young: roc_auc 0.7/],
    ["rows", { rowsSinceTraining: 1000 }, /1,000 new rows/],
    ["the schedule", { due: true }, /schedule/],
    ["a person", { askedBy: "ada" }, /ada asked/],
  ])("name their cause: %s", (_name, facts, cause) => {
    const decision = decideRetraining(rules, { ...calm, ...facts });
    expect(decision.retrain).toBe(true);
    expect(decision.causes.join()).toMatch(cause);
  });

  it("do not act on a performance that may still be good enough", () => {
    const performance = { fallen: false, message: "roc_auc 0.79" };
    expect(decideRetraining(rules, { ...calm, performance }).retrain).toBe(false);
  });

  it("are not held for years by a run that was noted under a clock that ran ahead", () => {
    const due = { ...calm, due: true };
    expect(decideRetraining(rules, { ...due, runs: [calm.now + 3650 * DAY] }).retrain).toBe(true);
    // An hour ahead may be a clock that was just put right: the run was now.
    expect(decideRetraining(rules, { ...due, runs: [calm.now + DAY / 24] }).held).toMatch(/cooling down for 1440/);
  });

  it("never run wild, whatever asks and however the clock steps", () => {
    const looks = fc.array(fc.integer({ min: -DAY, max: 2 * DAY }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(looks, (steps) => {
        const runs: number[] = [];
        let now = 1000 * DAY;
        for (const step of steps) {
          now += step;
          if (decideRetraining(rules, { ...calm, now, due: true, runs }).retrain) runs.push(now);
          for (const run of runs) {
            const week = runs.filter((other) => other >= run && other - run < 7 * DAY);
            // A clock that steps back may only make runs rarer.
            expect(week.length).toBeLessThanOrEqual(rules.mostPerWeek);
          }
        }
      }),
    );
  });
});

describe("inheriting a verdict", () => {
  const random = createRandom(3);
  const judged = Float64Array.from({ length: 400 }, () => random.next());
  const near = judged.map((p) => p + 0.01 * (random.next() - 0.5));
  const inB = Uint8Array.from({ length: 400 }, (_, i) => (i < 100 ? 1 : 0));
  const bounds = { meanDifference: 0.01, rank: 0.99, flips: 0.02 };
  const compare = (final: Float64Array, slices = new Map([["b", inB]])) =>
    compareAnswers({ judged, final, slices, threshold: 0.5 }, bounds);

  it("needs agreement by value, order and decision on every slice", () => {
    expect(compare(near).inherits).toBe(true);
    const turned = near.map((p, i) => (i < 100 ? 1 - p : p));
    const result = compare(turned);
    expect(result.inherits).toBe(false);
    expect(result.slices.find(({ slice }) => slice === "b")!.problem).toMatch(/differ/);
  });

  it("finds a slice that an average hides", () => {
    const shifted = near.map((p, i) => (i < 40 ? p + 0.06 : p));
    const loose = { meanDifference: 0.012, rank: null, flips: null };
    const small = new Map([["a", Uint8Array.from({ length: 400 }, (_, i) => (i < 40 ? 1 : 0))]]);
    const result = compareAnswers({ judged, final: shifted, slices: small, threshold: null }, loose);
    expect(result.slices.map(({ problem }) => problem === null)).toEqual([true, false]);
  });

  it("does not inherit on a slice too small to say, nor without any bound", () => {
    expect(
      compare(near, new Map([["few", Uint8Array.from({ length: 400 }, (_, i) => (i < 9 ? 1 : 0))]])).inherits,
    ).toBe(false);
    const none = { meanDifference: null, rank: null, flips: null };
    expect(compareAnswers({ judged, final: near, slices: new Map(), threshold: 0.5 }, none).inherits).toBe(false);
  });
});
