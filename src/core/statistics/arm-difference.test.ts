import { describe, expect, it } from "vitest";
import { armMeans, armProportions } from "./arm-difference.ts";
import { anytimePValue, asymptoticConfidenceSequence, asymptoticMultiplier } from "./asymptotic-confidence-sequence.ts";
import { momentsOf } from "./moments.ts";
import { createRandom } from "./random.ts";

describe("the difference of two arms", () => {
  it("is that of shares, with the larger of both standard errors", () => {
    const result = armProportions({ hits: 20, n: 200 }, { hits: 30, n: 100 });
    expect(result.difference).toBeCloseTo(0.2, 14);
    const apart = Math.sqrt((0.1 * 0.9) / 200 + (0.3 * 0.7) / 100);
    const pooled = Math.sqrt((1 / 6) * (5 / 6) * (1 / 200 + 1 / 100));
    expect(result.standardError).toBeCloseTo(Math.max(apart, pooled), 14);
    expect(result).toMatchObject({ n: 300, control: 200, treatment: 100, notReady: null });
  });

  it("is that of means", () => {
    const values = Array.from({ length: 100 }, (_, i) => i % 10);
    const result = armMeans(momentsOf(values), momentsOf(values.map((v) => v + 1)));
    expect(result.difference).toBeCloseTo(1, 14);
    expect(result.standardError).toBeCloseTo(Math.sqrt((2 * 8.333333333333334) / 100), 12);
    expect(result.notReady).toBeNull();
  });

  it("says why it is not ready, and a sequence then gives no interval", () => {
    const early = armProportions({ hits: 100, n: 1000 }, { hits: 0, n: 10 });
    expect(early.notReady).toBe("the smaller arm can expect 1.0 of the rarer outcome, 5 are needed");
    const tuning = { confidence: 0.95, expectedN: 1000 };
    expect(asymptoticConfidenceSequence(early, tuning)).toMatchObject({ interval: null, reason: early.notReady });
    expect(anytimePValue(early, tuning)).toBeNaN();
    expect(armProportions({ hits: 0, n: 0 }, { hits: 1, n: 3 }).notReady).toBe("an arm has no observations");
    expect(armMeans(momentsOf([1]), momentsOf([1, 2])).notReady).toContain("fewer than two");
    expect(armMeans(momentsOf([1, 2]), momentsOf([1, 2])).notReady).toContain("100 are needed");
    expect(armMeans(momentsOf([1, Number.POSITIVE_INFINITY]), momentsOf([1, 2])).notReady).toBe(
      "a value is not finite",
    );
  });

  it("keeps the promise at 1% of traffic, where the plain standard error raises alarms in most harmless rollouts", () => {
    const random = createRandom(1);
    const tuning = { confidence: 0.95, expectedN: 20_000 };
    const trials = 300;
    let plainAlarms = 0;
    let alarms = 0;
    for (let t = 0; t < trials; t++) {
      const hits: [number, number] = [0, 0];
      const n: [number, number] = [0, 0];
      let [plain, guarded] = [false, false];
      for (let i = 1; i <= 20_000; i++) {
        const arm = random.next() < 0.01 ? 1 : 0;
        n[arm]++;
        if (random.next() < 0.1) hits[arm]++;
        if (i % 250 !== 0 || n[1] === 0) continue;
        const [c, e] = [hits[0] / n[0], hits[1] / n[1]];
        const standardError = Math.sqrt((c * (1 - c)) / n[0] + (e * (1 - e)) / n[1]);
        if (Math.abs(e - c) > standardError * asymptoticMultiplier(i, tuning)) plain = true;
        const now = armProportions({ hits: hits[0], n: n[0] }, { hits: hits[1], n: n[1] });
        const { interval } = asymptoticConfidenceSequence(now, tuning);
        if (interval !== null && (interval.low > 0 || interval.high < 0)) guarded = true;
      }
      if (plain) plainAlarms++;
      if (guarded) alarms++;
    }
    expect(plainAlarms / trials).toBeGreaterThan(0.4);
    expect(alarms / trials).toBeLessThan(0.03);
  });
});
