import { describe, expect, it } from "vitest";
import fixture from "./classical.fixture.json" with { type: "json" };
import { deLongAuc, deLongDifference } from "./delong.ts";
import { createRandom } from "./random.ts";

describe("DeLong", () => {
  it("equals AUC, standard error and paired difference by definition over all pairs", () => {
    for (const { first, second, aucs, standardErrors, differenceError } of fixture.delong) {
      [first, second].forEach((scores, i) => {
        const result = deLongAuc(scores);
        expect(result.value).toBeCloseTo(aucs[i] as number, 13);
        expect(result.standardError).toBeCloseTo(standardErrors[i] as number, 13);
      });
      const difference = deLongDifference(first, second);
      expect(difference.value).toBeCloseTo((aucs[1] as number) - (aucs[0] as number), 13);
      expect(difference.standardError).toBeCloseTo(differenceError, 13);
    }
  });

  it("gives two models that rank alike a difference of exactly 0 with interval [0, 0]", () => {
    const scores = { positive: [0.9, 0.4, 0.6], negative: [0.1, 0.5] };
    const doubled = { positive: [1.8, 0.8, 1.2], negative: [0.2, 1] };
    expect(deLongDifference(scores, doubled)).toMatchObject({
      value: 0,
      standardError: 0,
      interval: { low: 0, high: 0 },
    });
  });

  it("says why it has no interval or no value", () => {
    expect(deLongAuc({ positive: [], negative: [1] })).toMatchObject({
      value: null,
      reason: "there is no positive row",
    });
    expect(deLongAuc({ positive: [1], negative: [] })).toMatchObject({
      value: null,
      reason: "there is no negative row",
    });
    expect(deLongAuc({ positive: [1], negative: [Number.NaN] }).reason).toBe("a score is not a number");
    expect(deLongAuc({ positive: [1], negative: [0, 2] })).toMatchObject({
      value: 0.5,
      interval: null,
      reason: "a class has only one row",
    });
    expect(deLongAuc({ positive: [3, 4], negative: [0, 2] })).toMatchObject({ value: 1, interval: null });
    expect(deLongDifference({ positive: [1], negative: [0] }, { positive: [1, 2], negative: [0] }).reason).toContain(
      "same rows",
    );
  });

  it("covers a true difference of 0 between two correlated models in 93 to 97 of 100 intervals", () => {
    const random = createRandom(77);
    const draw = (n: number, shift: number): [number[], number[]] => {
      const first: number[] = [];
      const second: number[] = [];
      for (let i = 0; i < n; i++) {
        const shared = random.nextNormal() + shift;
        first.push(shared + 0.7 * random.nextNormal());
        second.push(shared + 0.7 * random.nextNormal());
      }
      return [first, second];
    };
    let covered = 0;
    const trials = 2000;
    for (let t = 0; t < trials; t++) {
      const [p1, p2] = draw(60, 1);
      const [n1, n2] = draw(120, 0);
      const { interval } = deLongDifference({ positive: p1, negative: n1 }, { positive: p2, negative: n2 });
      if (interval !== null && interval.low <= 0 && interval.high >= 0) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.93);
    expect(covered / trials).toBeLessThan(0.97);
  });
});
