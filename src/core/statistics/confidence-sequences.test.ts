import { describe, expect, it } from "vitest";
import fixture from "./anytime.fixture.json" with { type: "json" };
import {
  anytimePValue,
  asymptoticConfidenceSequence,
  asymptoticMultiplier,
  normalMixtureMultiplier,
  normalMixtureSequence,
} from "./asymptotic-confidence-sequence.ts";
import { addBet, bettingInterval, bettingIntervalOf, startBetting } from "./betting-confidence-sequence.ts";
import { normalUpperQuantile } from "./normal-distribution.ts";
import { createRandom } from "./random.ts";

type Row = [number, number, number, number];

describe("confidence sequences for a difference", () => {
  it("have the widths of their published formulas", () => {
    for (const [n, expectedN, confidence, width] of fixture.asymptotic as Row[]) {
      expect(asymptoticMultiplier(n, { confidence, expectedN })).toBeCloseTo(width, 9);
    }
    for (const [n, expectedN, confidence, width] of fixture.mixture as Row[]) {
      expect(normalMixtureMultiplier(n, { confidence, expectedN })).toBeCloseTo(width, 9);
    }
  });

  it("have the p-value at which the interval touches 0", () => {
    for (const [z, n, expectedN, confidence, p] of fixture.pValues as [number, number, number, number, number][]) {
      const running = { difference: -2 * z, standardError: 2, n, notReady: null };
      expect(anytimePValue(running, { confidence, expectedN })).toBeCloseTo(p, 9);
    }
    expect(
      anytimePValue({ difference: 0, standardError: 1, n: 10, notReady: null }, { confidence: 0.95, expectedN: 10 }),
    ).toBe(1);
  });

  it("say why there is no interval yet", () => {
    const tuning = { confidence: 0.95, expectedN: 100 };
    expect(
      asymptoticConfidenceSequence({ difference: Number.NaN, standardError: 0, n: 0, notReady: null }, tuning).value,
    ).toBeNull();
    const flat = normalMixtureSequence({ difference: 0, standardError: 0, n: 4, notReady: null }, tuning);
    expect(flat).toMatchObject({ value: 0, interval: null });
    expect(flat.reason).toContain("nothing has varied");
    expect(anytimePValue({ difference: 0, standardError: 0, n: 4, notReady: null }, tuning)).toBeNaN();
  });

  it("raise few false alarms over 79 looks where the fixed interval raises one in three", () => {
    const random = createRandom(79);
    const tuning = { confidence: 0.95, expectedN: 8000 };
    const z = normalUpperQuantile(0.025);
    const looks = Array.from({ length: 79 }, (_, i) => 100 + 50 * i);
    const trials = 2500;
    let fixed = 0;
    let asymptotic = 0;
    let mixture = 0;
    const multipliers = looks.map(
      (n) => [asymptoticMultiplier(2 * n, tuning), normalMixtureMultiplier(2 * n, tuning)] as const,
    );
    for (let t = 0; t < trials; t++) {
      let a = 0;
      let b = 0;
      let seen = 0;
      const alarms = [false, false, false];
      looks.forEach((n, look) => {
        for (; seen < n; seen++) {
          if (random.next() < 0.1) a++;
          if (random.next() < 0.1) b++;
        }
        const se = Math.sqrt((a / n) * (1 - a / n) + (b / n) * (1 - b / n)) / Math.sqrt(n);
        const distance = Math.abs(a - b) / n / se;
        const [first, second] = multipliers[look] as readonly [number, number];
        if (distance > z) alarms[0] = true;
        if (distance > first) alarms[1] = true;
        if (distance > second) alarms[2] = true;
      });
      if (alarms[0]) fixed++;
      if (alarms[1]) asymptotic++;
      if (alarms[2]) mixture++;
    }
    expect(fixed / trials).toBeGreaterThan(0.27);
    expect(asymptotic / trials).toBeLessThan(0.035);
    expect(mixture / trials).toBeLessThan(0.035);
  });
});

describe("the betting confidence sequence", () => {
  it("equals a fine grid of the definition", () => {
    for (const { values, bounds } of fixture.betting) {
      const { interval } = bettingIntervalOf(values);
      // The grid of the fixture has 20,000 cells; its alive points lie inside the exact interval.
      expect(Math.abs((interval?.low ?? Number.NaN) - (bounds[0] as number))).toBeLessThan(6e-5);
      expect(Math.abs((interval?.high ?? Number.NaN) - (bounds[1] as number))).toBeLessThan(6e-5);
    }
  });

  it("contains, value by value on its grid, the interval of all values at once", () => {
    for (const { values } of fixture.betting) {
      const state = startBetting(0.95, 500);
      for (const value of values) addBet(state, value);
      const grid = bettingInterval(state).interval;
      const exact = bettingIntervalOf(values).interval;
      expect(grid?.low).toBeLessThanOrEqual(exact?.low ?? Number.NaN);
      expect(grid?.high).toBeGreaterThanOrEqual(exact?.high ?? Number.NaN);
      expect((exact?.low ?? Number.NaN) - (grid?.low ?? Number.NaN)).toBeLessThan(0.005);
    }
  });

  it("knows nothing without values, leaves NaN out and says when no constant mean fits", () => {
    expect(bettingInterval(startBetting())).toMatchObject({ value: null, n: 0, interval: { low: 0, high: 1 } });
    expect(bettingIntervalOf([Number.NaN]).interval).toEqual({ low: 0, high: 1, confidence: 0.95 });
    const moved = [...Array.from({ length: 400 }, () => 0), ...Array.from({ length: 400 }, () => 1)];
    expect(bettingIntervalOf(moved)).toMatchObject({ value: 0.5, interval: null });
    const state = startBetting();
    for (const value of moved) addBet(state, value);
    expect(bettingInterval(state).reason).toContain("the mean has moved");
  });

  it("misses the mean at some moment in at most 5 of 100 streams of 1,000 values, at width 0.065", () => {
    const random = createRandom(1000);
    const trials = 600;
    let missed = 0;
    let width = 0;
    for (let t = 0; t < trials; t++) {
      const { interval } = bettingIntervalOf(Float64Array.from({ length: 1000 }, () => (random.next() < 0.1 ? 1 : 0)));
      // The running intersection leaves 0.1 out for good if it was left out at any moment.
      if (interval === null || interval.low > 0.1 || interval.high < 0.1) missed++;
      if (interval !== null) width += (interval.high - interval.low) / trials;
    }
    expect(missed / trials).toBeLessThan(0.05);
    expect(missed).toBeGreaterThan(0);
    expect(Math.abs(width - 0.065)).toBeLessThan(0.006);
  });
});
