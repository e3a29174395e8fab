import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { watchFall, type FallEvidence } from "./fall-detector.ts";

/** t of a mean of `units` skewed values (exponential) against its true mean plus a shift in standard errors. */
function periodOf(
  random: ReturnType<typeof createRandom>,
  units: number,
  shift: number,
  skew: 1 | -1 = 1,
): FallEvidence {
  const values = Array.from({ length: units }, () => skew * (-Math.log(1 - random.next()) - 1));
  const centre = mean(values);
  const squares = values.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  const cubes = values.reduce((sum, x) => sum + (x - centre) ** 3, 0);
  const se = Math.sqrt(squares / units / (units - 1));
  return { t: centre / se + shift, degrees: units - 1, skew: cubes / squares ** 1.5 };
}

/** Periods until the first alarm, at most `most`. */
function runLength(
  seed: number,
  threshold: number,
  most: number,
  units: number,
  shift: number,
  skew: 1 | -1 = 1,
): number {
  const random = createRandom(seed);
  const periods: FallEvidence[] = [];
  for (let i = 0; i < most; i++) {
    periods.push(periodOf(random, units, shift, skew));
    if (watchFall(periods, threshold).alarm) return i + 1;
  }
  return most;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("a fall below the limit, looked at after every period", () => {
  it.each([
    [1, 30],
    [-1, 30],
  ] as const)("is told wrongly once in at least as many periods as promised: skew %i, %i units each", (skew, units) => {
    // Cut at 300, so that the true mean is longer still.
    const runs = Array.from({ length: 60 }, (_, seed) => runLength(seed + 1, 100, 300, units, 0, skew));
    expect(mean(runs)).toBeGreaterThan(100);
  });

  it("is hardly ever told while quality is well above its limit", () => {
    const runs = Array.from({ length: 60 }, (_, seed) => runLength(seed + 1, 100, 200, 100, -1));
    expect(runs.filter((length) => length < 200).length).toBeLessThanOrEqual(1);
  });

  it("is found: within days where it is large, within weeks where it is one standard error", () => {
    const large = Array.from({ length: 60 }, (_, seed) => runLength(seed + 1, 365, 100, 100, 4));
    const small = Array.from({ length: 60 }, (_, seed) => runLength(seed + 1, 365, 100, 100, 1));
    expect(mean(large)).toBeLessThan(3);
    expect(mean(small)).toBeLessThan(25);
  });

  it("says since which period", () => {
    const flat = { t: -0.5, degrees: 100, skew: 0 };
    const fallen = { t: 4, degrees: 100, skew: 0 };
    const state = watchFall([flat, flat, flat, flat, fallen, fallen, fallen], 365);
    expect(state).toMatchObject({ alarm: true, since: 4 });
    expect(watchFall([flat, flat], 365)).toMatchObject({ alarm: false, since: null });
    expect(watchFall([], 365).alarm).toBe(false);
  });
});
