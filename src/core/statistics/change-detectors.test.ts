import { describe, expect, it } from "vitest";
import { addToAdwin, adwinWindow, startAdwin } from "./adwin.ts";
import fixture from "./anytime.fixture.json" with { type: "json" };
import { addToCusum, addToPageHinkley, startCusum, startPageHinkley } from "./cusum.ts";
import {
  addToEDetector,
  changeBeganAfter,
  detectorEvidence,
  type EDetectorOptions,
  startEDetector,
} from "./e-detector.ts";
import { createRandom } from "./random.ts";

describe("the e-detector", () => {
  it("follows its recursions", () => {
    const { values, baseline, bets, sr, cusum } = fixture.detector;
    for (const [kind, expected] of [
      ["e-sr", sr],
      ["e-cusum", cusum],
    ] as const) {
      const state = startEDetector({ baseline, bets, direction: "above", runLength: 1e12, kind });
      const path = values.map((x) => {
        addToEDetector(state, x);
        return detectorEvidence(state);
      });
      expected.forEach((value, i) => expect(Math.abs((path[25 * i] as number) / value - 1)).toBeLessThan(1e-10));
    }
  });

  it("watches a fall as the mirror of a rise", () => {
    const below = startEDetector({ baseline: 0.88, direction: "below", runLength: 500 });
    const above = startEDetector({ baseline: 0.12, direction: "above", runLength: 500 });
    for (const x of fixture.detector.values) {
      addToEDetector(below, 1 - x);
      addToEDetector(above, x);
    }
    expect(detectorEvidence(below) / detectorEvidence(above)).toBeCloseTo(1, 9);
    expect(below.alarmAt).toBe(above.alarmAt);
    expect(above.alarmAt).not.toBeNull();
  });

  it("says since when, for e-CUSUM", () => {
    const state = startEDetector({ baseline: 0.12, direction: "above", runLength: 1000, kind: "e-cusum" });
    for (const x of fixture.detector.values) addToEDetector(state, x);
    expect(Math.abs((changeBeganAfter(state) as number) - 200)).toBeLessThan(30);
    expect(changeBeganAfter(startEDetector({ baseline: 0.1, direction: "above", runLength: 10 }))).toBeNull();
  });

  it("leaves NaN out, cuts to [0, 1], stays finite and refuses impossible options", () => {
    const state = startEDetector({ baseline: 0.5, direction: "above", runLength: 1000 });
    addToEDetector(state, Number.NaN);
    expect(state.n).toBe(0);
    for (let i = 0; i < 5000; i++) addToEDetector(state, 7);
    expect(detectorEvidence(state)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(state.alarmAt).toBeGreaterThan(0);
    expect(() => startEDetector({ baseline: 0, direction: "above", runLength: 10 })).toThrow("baseline");
    expect(() => startEDetector({ baseline: 0.1, direction: "above", runLength: 1 })).toThrow("runLength");
    expect(() => startEDetector({ baseline: 0.1, direction: "above", runLength: 9, bets: [1] })).toThrow("bets");
  });

  it("keeps the promised interval between false alarms and finds a doubled rate within hundreds of values", () => {
    const random = createRandom(203);
    const alarmAfter = (options: EDetectorOptions, rate: number, most: number): number => {
      const state = startEDetector(options);
      for (let i = 1; i <= most; i++) if (addToEDetector(state, random.next() < rate ? 1 : 0)) return i;
      return most;
    };
    // lambda = 4 at baseline 0.05 is a bet of 0.2, as in the check of METHODS section 6.
    const single: EDetectorOptions = { baseline: 0.05, direction: "above", runLength: 1000, bets: [0.2] };
    const mean = (count: number, draw: () => number): number => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += draw();
      return sum / count;
    };
    expect(mean(100, () => alarmAfter({ ...single, kind: "e-cusum" }, 0.05, 30_000))).toBeGreaterThan(9000);
    expect(Math.abs(mean(400, () => alarmAfter({ ...single, kind: "e-cusum" }, 0.1, 30_000)) - 390)).toBeLessThan(60);
    const { bets: _unused, ...mixture } = single;
    expect(mean(200, () => alarmAfter(mixture, 0.05, 20_000))).toBeGreaterThan(1000);
    expect(mean(200, () => alarmAfter(mixture, 0.1, 20_000))).toBeLessThan(450);
  });
});

describe("CUSUM and Page-Hinkley", () => {
  it("alarm where a plain computation over the whole series does", () => {
    const cusum = startCusum({ mean: 0.1, slack: 0.1, limit: 5 });
    const hinkley = startPageHinkley(0.02, 8);
    for (const x of fixture.detector.values) {
      addToCusum(cusum, x);
      addToPageHinkley(hinkley, x);
    }
    expect(cusum.alarmAt).toBe(fixture.cusum.alarmAt);
    expect(cusum.sum).toBeCloseTo(fixture.cusum.last, 10);
    expect(hinkley.alarmAt).toBe(fixture.pageHinkley.alarmAt);
    expect(hinkley.sum - hinkley.minimum).toBeCloseTo(fixture.pageHinkley.last, 10);
    expect(Math.abs(cusum.beganAfter - 200)).toBeLessThan(40);
    expect(Math.abs(hinkley.beganAfter - 200)).toBeLessThan(40);
  });

  it("leave NaN out", () => {
    const cusum = startCusum({ mean: 0, slack: 0, limit: 1 });
    const hinkley = startPageHinkley(0, 1);
    expect(addToCusum(cusum, Number.NaN)).toBe(false);
    expect(addToPageHinkley(hinkley, Number.NaN)).toBe(false);
    expect([cusum.n, hinkley.n]).toEqual([0, 0]);
  });
});

describe("ADWIN", () => {
  it("keeps a long window while nothing changes, in few buckets, with exact moments", () => {
    const random = createRandom(8);
    const state = startAdwin();
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      const x = random.next() < 0.3 ? 1 : 0;
      sum += x;
      addToAdwin(state, x);
    }
    expect(state.cutAt).toBeNull();
    expect(adwinWindow(state).n).toBe(10_000);
    expect(adwinWindow(state).mean).toBeCloseTo(sum / 10_000, 12);
    expect(state.buckets.length).toBeLessThan(80);
  });

  it("drops the past soon after a change and follows the new mean", () => {
    const random = createRandom(9);
    const state = startAdwin();
    for (let i = 0; i < 2000; i++) addToAdwin(state, random.next() < 0.2 ? 1 : 0);
    let detected: number | null = null;
    for (let i = 0; i < 2000; i++) if (addToAdwin(state, random.next() < 0.5 ? 1 : 0)) detected ??= i;
    expect(detected).not.toBeNull();
    expect(detected as number).toBeLessThan(400);
    expect(Math.abs(adwinWindow(state).mean - 0.5)).toBeLessThan(0.06);
    expect(addToAdwin(state, Number.NaN)).toBe(false);
  });

  it("cuts an unchanged stream of 2,000 values in at most a few of 100 runs", () => {
    const random = createRandom(10);
    let cut = 0;
    for (let t = 0; t < 100; t++) {
      const state = startAdwin(0.05);
      for (let i = 0; i < 2000; i++) addToAdwin(state, random.next());
      if (state.cutAt !== null) cut++;
    }
    expect(cut).toBeLessThan(6);
  });
});
