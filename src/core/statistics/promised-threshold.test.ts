import { describe, expect, it } from "vitest";
import fixture from "./planning.fixture.json" with { type: "json" };
import {
  conformalRiskControl,
  neymanPearsonLeast,
  neymanPearsonRank,
  recallThreshold,
  umbrellaThreshold,
} from "./promised-threshold.ts";
import { createRandom } from "./random.ts";

describe("the Neyman-Pearson umbrella", () => {
  it("has the rank that a search over scipy's binomial gives", () => {
    for (const [n, alpha, delta, rank] of fixture.umbrella as [number, number, number, number | null][]) {
      expect(neymanPearsonRank(n, alpha, delta)).toBe(rank);
    }
    expect(neymanPearsonRank(500, 0.05, 0.1)).toBe(482);
    expect(neymanPearsonLeast(0.05, 0.1)).toBe(45);
  });

  it("breaks its promise in 8.8 of 100 samples of 500, as allowed 10", () => {
    const random = createRandom(88);
    let broken = 0;
    const trials = 4000;
    for (let t = 0; t < trials; t++) {
      const { threshold } = umbrellaThreshold(
        Float64Array.from({ length: 500 }, () => random.next()),
        0.05,
        0.1,
      );
      // Scores are uniform: the share above t is 1 - t.
      if (1 - (threshold as number) > 0.05) broken++;
    }
    expect(Math.abs(broken / trials - 0.088)).toBeLessThan(0.014);
  });

  it("promises recall by the same on reversed scores", () => {
    const scores = Array.from({ length: 500 }, (_, i) => i / 500);
    const result = recallThreshold(scores, 0.95, 0.1);
    expect(result).toMatchObject({ n: 500, rank: 482, reason: null });
    expect(result.threshold).toBe(18 / 500);
    expect(result.violation).toBeLessThan(0.1);
    expect(scores.filter((s) => s >= (result.threshold as number)).length / 500).toBeGreaterThan(0.95);
  });

  it("says how many cases would be enough, and leaves NaN out", () => {
    expect(umbrellaThreshold([0.1, 0.2, Number.NaN], 0.05, 0.1)).toMatchObject({
      threshold: null,
      n: 2,
      reason: "2 cases cannot carry the promise; 45 can",
    });
    expect(recallThreshold([], 0.95, 0.1).threshold).toBeNull();
    expect(neymanPearsonRank(100, 0, 0.1)).toBeNull();
  });
});

describe("conformal risk control", () => {
  it("takes the first setting from which on the adjusted risk stays below", () => {
    const curve = { settings: [1, 2, 3, 4, 5], risks: [0.5, 0.09, 0.12, 0.08, 0.02], n: 99, lossBound: 1 };
    const result = conformalRiskControl(curve, 0.1);
    expect(result.setting).toBe(4);
    expect(result.adjustedRisk).toBeCloseTo((99 * 0.08 + 1) / 100, 14);
  });

  it("says why no setting will do", () => {
    const curve = { settings: [1], risks: [0.5], n: 99, lossBound: 1 };
    expect(conformalRiskControl(curve, 0.1)).toMatchObject({ setting: null, reason: "no setting keeps the risk" });
    expect(conformalRiskControl({ ...curve, n: 5 }, 0.1).reason).toBe("5 cases cannot carry the promise; 9 can");
    expect(conformalRiskControl({ ...curve, n: 9, risks: [0] }, 0.1).setting).toBe(1);
    expect(conformalRiskControl({ ...curve, n: 0 }, 0.1).reason).toContain("no held-out cases");
  });

  it("keeps the mean loss of new cases at alpha, and close to it", () => {
    const random = createRandom(33);
    const settings = Array.from({ length: 101 }, (_, i) => i / 100);
    let total = 0;
    const trials = 1500;
    for (let t = 0; t < trials; t++) {
      // Miss when the score of a case is above the setting: risk 1 - setting for uniform scores.
      const n = 60;
      const scores = Array.from({ length: n }, () => random.next());
      const risks = settings.map((setting) => scores.filter((s) => s > setting).length / n);
      const { setting } = conformalRiskControl({ settings, risks, n, lossBound: 1 }, 0.1);
      total += 1 - (setting as number);
    }
    expect(total / trials).toBeLessThan(0.1);
    expect(total / trials).toBeGreaterThan(0.075);
  });
});
