import { describe, expect, it } from "vitest";
import fixture from "./max-t.fixture.json" with { type: "json" };
import { maxT, maxTCriticalValue } from "./max-t.ts";
import { createRandom } from "./random.ts";

describe("step-down max-T", () => {
  it("equals a plain implementation in numpy", () => {
    const result = maxT(fixture.draws, fixture.observed);
    fixture.adjusted.forEach((p, s) => expect(result.adjusted[s]).toBeCloseTo(p, 14));
    expect(result.draws).toBe(199);
    expect(result.family).toBe(8);
    expect(maxTCriticalValue(fixture.draws, 0.95)).toBeCloseTo(fixture.critical95, 12);
  });

  it("leaves a hypothesis without a t out of the family", () => {
    const result = maxT(
      [
        [0, 9],
        [1, 9],
        [2, 9],
      ],
      [1.5, Number.NaN],
    );
    expect(result.family).toBe(1);
    expect(result.adjusted[0]).toBe(0.5);
    expect(result.adjusted[1]).toBeNaN();
  });

  it("counts a NaN in a draw against rejection", () => {
    expect(maxT([[Number.NaN], [0], [0]], [5]).adjusted[0]).toBe(0.5);
    expect(maxTCriticalValue([[Number.NaN], [0]], 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it("has no critical value without draws or members", () => {
    expect(maxTCriticalValue([], 0.95)).toBeNaN();
    expect(maxTCriticalValue([[1]], 0.95, [])).toBeNaN();
    expect(maxT([], [2]).adjusted[0]).toBe(1);
  });

  it("makes a false rejection among 20 correlated true hypotheses at its level, where single tests make many", () => {
    const random = createRandom(31);
    const width = 20;
    const row = (): Float64Array => {
      const shared = random.nextNormal();
      return Float64Array.from({ length: width }, () => 0.6 * shared + 0.8 * random.nextNormal());
    };
    const draws = Array.from({ length: 999 }, row);
    let familyErrors = 0;
    let singleErrors = 0;
    const trials = 1500;
    for (let i = 0; i < trials; i++) {
      const observed = row();
      if (maxT(draws, observed).adjusted.some((p) => p <= 0.05)) familyErrors++;
      if (observed.some((t) => t > 1.6449)) singleErrors++;
    }
    expect(familyErrors / trials).toBeGreaterThan(0.03);
    expect(familyErrors / trials).toBeLessThan(0.07);
    expect(singleErrors / trials).toBeGreaterThan(0.3);
  });
});
