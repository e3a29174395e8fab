import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { checkGuardrail } from "./check-guardrail.ts";
import { ageRung, delayRung, type LabelCell, learnWait } from "./label-wait.ts";
import { growUnit, noSums } from "./ratio-sums.ts";
import type { Guardrail } from "./release-policy.ts";
import { noArm, type StepEvidence } from "./stage-evidence.ts";

const DAY = 86_400_000;
const LEVEL = 0.05;

/** Answers of a stage, half of them the challenger's, and the labels that come for them. */
interface World {
  /** Share of answers that are wrong. */
  readonly wrong: readonly [control: number, treatment: number];
  /** Mean days until the label of a right and of a wrong answer, in each arm. */
  readonly days: readonly [control: readonly [number, number], treatment: readonly [number, number]];
  /** Share of answers that never get a label, of wrong ones and per arm. */
  readonly never?: readonly [number, number];
}

const quality: Guardrail = {
  name: "wrong",
  measure: "quality",
  label: "outcome",
  loss: "zero-one",
  within: null,
  direction: -1,
  margin: 0,
  most: null,
};
const levels = { step: LEVEL, whole: 1e-9, clear: LEVEL, expectedN: 2000, wholeN: 2000 };

interface Answer {
  readonly arm: 0 | 1;
  readonly at: number;
  readonly wrong: boolean;
  readonly delay: number;
}

function traffic(world: World, seed: number, days: number, daily: number): Answer[] {
  const random = createRandom(seed);
  return Array.from({ length: days * daily }, (_, i) => {
    const arm = random.next() < 0.5 ? 0 : 1;
    const wrong = random.next() < world.wrong[arm];
    const mean = world.days[arm][wrong ? 1 : 0] * DAY;
    const lost = wrong && random.next() < (world.never?.[arm] ?? 0);
    const delay = lost ? Number.POSITIVE_INFINITY : -Math.log(1 - random.next()) * mean;
    return { arm, at: (i / daily) * DAY, wrong, delay };
  });
}

/** The evidence at a moment, as the log gives it; a wait of 0 takes whatever has come. */
function evidenceAt(answers: readonly Answer[], now: number, within: number | null): StepEvidence {
  const cells: LabelCell[] = [];
  const counts = [
    { given: 0, come: 0 },
    { given: 0, come: 0 },
  ] satisfies [unknown, unknown];
  const given = answers.filter(({ at }) => at <= now);
  for (const { arm, at, wrong, delay } of given) {
    const age = now - at;
    counts[arm]!.given++;
    if (delay > age) continue;
    counts[arm]!.come++;
    cells.push({ arm, kind: String(wrong), delay: delayRung(delay), age: ageRung(age), count: 1 });
  }
  const wait = within ?? learnWait(cells, counts);
  const arm = (side: 0 | 1) => {
    let sums = noSums;
    let reached = noSums;
    for (const { arm: own, at, wrong, delay } of given) {
      const age = now - at;
      if (own !== side || wait === null || age < wait) continue;
      const told = delay <= (wait === 0 ? age : wait);
      reached = growUnit(reached, 0, 0, 1, told ? 1 : 0);
      if (told) sums = growUnit(sums, 0, 0, 1, wrong ? 1 : 0);
    }
    const labels = { wrong: { wait, come: counts[side]!.come, reached } };
    return { ...noArm(String(side)), units: counts[side]!.given, measures: { wrong: sums }, labels };
  };
  return { position: { stage: 0, step: 0 }, cohort: "everyone", share: 0.5, control: arm(0), treatment: arm(1) };
}

/** Looks twice a day. @returns day of the breach, null: none */
function follow(world: World, seed: number, rules: { days: number; daily: number; within: number | null }) {
  const answers = traffic(world, seed, rules.days, rules.daily);
  for (let half = 1; half <= 2 * rules.days; half++) {
    const step = evidenceAt(answers, (half / 2) * DAY, rules.within);
    if (checkGuardrail(quality, [step], levels).outcome === "breach") return half / 2;
  }
  return null;
}

function breaches(world: World, runs: number, rules: { days: number; daily: number; within: number | null }) {
  const days = Array.from({ length: runs }, (_, i) => follow(world, 7000 + i, rules)).filter((day) => day !== null);
  return { rate: days.length / runs, days: days.toSorted((a, b) => a - b) };
}

const rules = { days: 20, daily: 150, within: null };
/** The challenger's wrong answers are looked into first, and are known long before the champion's. */
const hasty: World = {
  wrong: [0.2, 0.2],
  days: [
    [0.5, 3],
    [1.5, 0.5],
  ],
};

describe("quality with late labels, looked at twice a day", () => {
  it("raises an alarm at most as often as stated when labels of equal versions come sooner in one arm and for one kind", () => {
    expect(breaches(hasty, 250, rules).rate).toBeLessThan(LEVEL);
    // As it would be without waiting: whatever has come is taken.
    expect(breaches(hasty, 30, { ...rules, within: 0 }).rate).toBeGreaterThan(0.5);
  });

  it("does so too with a wait that is said, and with delays that depend on the label alone", () => {
    const within = 8 * DAY;
    expect(breaches(hasty, 100, { ...rules, within }).rate).toBeLessThan(LEVEL);
    const alike: World = { wrong: [0.2, 0.2], days: [hasty.days[0], hasty.days[0]] };
    expect(breaches(alike, 100, rules).rate).toBeLessThan(LEVEL);
  });

  it("finds real harm once the labels are there, though they come late", () => {
    const { rate, days } = breaches({ ...hasty, wrong: [0.2, 0.35] }, 60, rules);
    expect(rate).toBeGreaterThan(0.9);
    // Three means of the slower kind are nine days; then it takes some hundred answers.
    expect(days[Math.floor(days.length / 2)]).toBeLessThan(17);
  });

  it("compares nothing where labels of one arm's mistakes never come", () => {
    const hidden: World = {
      wrong: [0.2, 0.2],
      days: [
        [0.2, 0.2],
        [0.2, 0.2],
      ],
      never: [0.6, 0],
    };
    expect(breaches(hidden, 100, rules).rate).toBeLessThan(LEVEL);
    const step = evidenceAt(traffic(hidden, 1, 20, 150), 20 * DAY, null);
    expect(checkGuardrail(quality, [step], levels)).toMatchObject({
      outcome: "waiting",
      reason: expect.stringMatching(/labels have come for 0\.8.* of the champion's answers.*not comparable/),
    });
  });

  it("says what is missing while it is not known how long labels take", () => {
    const answers = traffic(hasty, 3, 1, 400);
    expect(checkGuardrail(quality, [evidenceAt(answers, DAY, null)], levels).reason).toMatch(
      /it is not known yet how long they take; or say how long: within: 7d/,
    );
    expect(checkGuardrail(quality, [evidenceAt(answers.slice(0, 20), DAY, null)], levels).reason).toMatch(
      /labels of the champion's answers and \d+ of the challenger's have come, 30 of each tell/,
    );
  });
});
