import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../statistics/random.ts";
import type { AnswerRows } from "./answer-rows.ts";
import { type LabelProcess, measureQuality } from "./measured-quality.ts";
import { type PeriodSpread, periodSpread } from "./period-spread.ts";
import { type QualityPeriod, watchQuality } from "./watch-quality.ts";

const DAY = 86_400_000;
const ROWS = 400;
const facts = { task: "regression" as const, classes: [], costs: null };
const rule = { metric: "mae", below: 0.02, worseThan: null, falseAlarmEvery: 100 };
const arrival = { delays: Float64Array.of(0), shares: Float64Array.of(1), horizon: 0, n: 0, method: "all there" };
const process: LabelProcess = { comes: "both", arrival: [arrival, arrival] };

/** Days of errors of a standard deviation that itself differs from day to day. */
function days(random: Random, count: number, ofDay: number, scale = 1): { rows: AnswerRows; times: Float64Array } {
  const n = count * ROWS;
  const level = Float64Array.from({ length: count }, () => scale + ofDay * random.nextNormal());
  const rows: AnswerRows = {
    task: "regression",
    n,
    score: Float64Array.from({ length: n }, (_, i) => level[Math.floor(i / ROWS)]! * random.nextNormal()),
    predicted: null,
    probabilities: null,
    label: new Float64Array(n),
    known: new Uint8Array(n).fill(1),
    age: new Float64Array(n),
    units: Uint32Array.from({ length: n }, (_, i) => i),
    lists: null,
    items: null,
  };
  return { rows, times: Float64Array.from({ length: n }, (_, i) => Math.floor(i / ROWS) * DAY) };
}

const spreadOf = (past: ReturnType<typeof days>): PeriodSpread | null =>
  periodSpread("mae", { ...past, process }, "day", 30, facts);

describe("how much the reference's periods differ", () => {
  it("is the spread between days, without the error of each", () => {
    const spread = spreadOf(days(createRandom(1), 200, 0.2))!;
    expect(spread.periods).toBe(200);
    // The mean of |N(0, s)| is 0.798 s.
    expect(spread.deviation).toBeCloseTo(0.798 * 0.2, 1.5);
    expect(spreadOf(days(createRandom(2), 200, 0))!.deviation).toBeLessThan(0.015);
  });

  it("is told where the unit is the day itself, and not by seven days", () => {
    const past = days(createRandom(3), 60, 0.2);
    const byDay = { ...past, rows: { ...past.rows, units: past.rows.units.map((row) => Math.floor(row / ROWS)) } };
    expect(spreadOf(byDay)!.deviation).toBeCloseTo(spreadOf(past)!.deviation, 2);
    expect(spreadOf(days(createRandom(4), 7, 0.2))).toBeNull();
  });
});

describe("an alarm, when days differ though nothing is wrong", () => {
  const reference = (past: ReturnType<typeof days>) => measureQuality("mae", past.rows, process, facts);

  function alarms(withSpread: boolean, scale: number): number {
    let count = 0;
    for (let round = 0; round < 60; round++) {
      const random = createRandom(100 + round);
      const past = days(random, 40, 0.2);
      const now = days(random, 20, 0.2, scale);
      const periods = Array.from({ length: 20 }, (_, day): QualityPeriod => {
        const own = measureQuality("mae", dayOf(now.rows, day), process, facts);
        return { ...own, from: day * DAY, until: (day + 1) * DAY, labelled: ROWS, completeness: 1 };
      });
      const spread = withSpread ? spreadOf(past) : null;
      const slice = { name: "all", blocking: false };
      const { outcome } = watchQuality(slice, reference(past), periods, rule, "regression", 1, spread);
      if (outcome === "below") count++;
    }
    return count / 60;
  }

  it("comes in every third month without the spread, in at most the promised share with it", () => {
    expect(alarms(false, 1)).toBeGreaterThan(0.3);
    // 20 periods of 100 between false alarms.
    expect(alarms(true, 1)).toBeLessThan(0.1);
  });

  it("still comes when quality falls", () => {
    expect(alarms(true, 1.4)).toBeGreaterThan(0.95);
  });
});

function dayOf(rows: AnswerRows, day: number): AnswerRows {
  const own = <T extends Float64Array | Uint8Array | Uint32Array>(values: T): T =>
    values.slice(day * ROWS, (day + 1) * ROWS) as T;
  return {
    ...rows,
    n: ROWS,
    score: own(rows.score),
    label: own(rows.label),
    known: own(rows.known),
    age: own(rows.age),
    units: Uint32Array.from({ length: ROWS }, (_, i) => i),
  };
}
