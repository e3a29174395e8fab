import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { growthOf } from "./simulated-traffic.ts";
import { timeForUnits } from "./unit-growth.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Habit {
  /** Sessions an hour, of everyone. */
  readonly sessions: number;
  /** People who come back; the rest of the sessions are of people who come once. */
  readonly people: number;
  readonly strangers: number;
  /** How much more is asked by day than by night. */
  readonly daily: number;
  readonly requests: number;
}

/** Visits in time: sessions of several requests, by people of whom some come often and some hardly ever. */
function visits(habit: Habit, hours: number, seed: number): [number, number][] {
  const random = createRandom(seed);
  const keen = Array.from({ length: habit.people }, () => Math.exp(random.nextNormal()));
  const total = keen.reduce((sum, one) => sum + one, 0);
  const upTo: number[] = [];
  for (const one of keen) upTo.push((upTo.at(-1) ?? 0) + one / total);
  const found: [number, number][] = [];
  let stranger = 1e9;
  const most = habit.sessions * (1 + habit.daily);
  for (let time = 0; time < hours * HOUR; ) {
    time += (-Math.log(1 - random.next()) / most) * HOUR;
    const busy = (1 + habit.daily * Math.sin((2 * Math.PI * time) / DAY)) / (1 + habit.daily);
    if (random.next() > busy) continue;
    const at = random.next();
    const unit = random.next() < habit.strangers ? stranger++ : place(upTo, at);
    for (let request = 0; request < habit.requests; request++) found.push([Math.floor(time) + request * 20_000, unit]);
  }
  return found.toSorted((a, b) => a[0] - b[0]);
}

/** When so many units had come after a time. */
function actual(all: readonly [number, number][], from: number, units: number): number {
  const seen = new Set<number>();
  for (const [time, unit] of all) {
    if (time < from) continue;
    seen.add(unit);
    if (seen.size >= units) return time - from;
  }
  return Number.POSITIVE_INFINITY;
}

/** First place that is not below. */
function place(upTo: readonly number[], at: number): number {
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const exactly = (units: number) => ({ low: units, middle: units, high: units });

describe("how long units take to come", () => {
  it.each<[string, Habit, number, number]>([
    ["all of them new", { sessions: 100, people: 1, strangers: 1, daily: 0, requests: 1 }, 48, 2000],
    [
      "all of them new, more than the log has",
      { sessions: 100, people: 1, strangers: 1, daily: 0, requests: 2 },
      12,
      4000,
    ],
    [
      "people who come back, as many as the log has in a day",
      { sessions: 60, people: 1500, strangers: 0.1, daily: 0, requests: 5 },
      168,
      700,
    ],
    [
      "people who come back, by day and night",
      { sessions: 60, people: 1500, strangers: 0.1, daily: 0.8, requests: 3 },
      168,
      900,
    ],
    [
      "people who come back, twice as long as the log",
      { sessions: 60, people: 1500, strangers: 0.2, daily: 0, requests: 3 },
      48,
      1450,
    ],
  ])("lies within the interval in four of five runs: %s", (_name, habit, hours, units) => {
    const runs = 60;
    let inside = 0;
    let off = 0;
    for (let seed = 0; seed < runs; seed++) {
      const all = visits(habit, hours * 5, seed);
      const known = all.filter(([time]) => time < hours * HOUR);
      const { low, middle, high } = timeForUnits(growthOf(known), 1, exactly(units));
      const took = actual(all, hours * HOUR, units);
      if (low! <= took && took <= (high ?? Number.POSITIVE_INFINITY)) inside++;
      off += Math.log(middle! / took) / runs;
    }
    // Three standard errors below what is promised.
    expect(inside / runs).toBeGreaterThan(0.8 - 3 * Math.sqrt((0.8 * 0.2) / runs));
    expect(Math.abs(off)).toBeLessThan(0.15);
  });

  it("counts people and not requests: ten times as many requests of the same people make it no faster", () => {
    const habit: Habit = { sessions: 40, people: 400, strangers: 0, daily: 0, requests: 1 };
    const few = timeForUnits(growthOf(visits(habit, 72, 1)), 1, exactly(300));
    const many = timeForUnits(growthOf(visits({ ...habit, requests: 10 }, 72, 1)), 1, exactly(300));
    expect(many.middle! / few.middle!).toBeGreaterThan(0.9);
    // All of the 400 are back: more will never be there.
    expect(timeForUnits(growthOf(visits(habit, 168, 1)), 1, exactly(900))).toMatchObject({
      high: null,
      reason: expect.stringContaining("may never come"),
    });
  });

  it("says that there is too little to say it from, and never infers a rate from a request or two", () => {
    expect(timeForUnits(growthOf([[0, 1]]), 1, exactly(500))).toEqual({
      middle: null,
      low: null,
      high: null,
      reason: "1 unit came in 1 s: not enough traffic to say",
    });
    const minute = growthOf(visits({ sessions: 3000, people: 1, strangers: 1, daily: 0, requests: 1 }, 0.02, 1));
    expect(timeForUnits(minute, 1, exactly(50_000)).reason).toMatch(/too few to say when 50,000 will have/);
    const half = growthOf(visits({ sessions: 100, people: 1, strangers: 1, daily: 0, requests: 1 }, 48, 1));
    const all = timeForUnits(half, 1, exactly(500)).middle!;
    expect(timeForUnits(half, 0.5, exactly(500)).middle! / all).toBeCloseTo(2, 0);
    expect(timeForUnits(half, 0.001, exactly(500)).reason).toMatch(/not enough traffic/);
  });
});
