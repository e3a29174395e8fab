import { describe, expect, it } from "vitest";
import { type ArmDifference, armProportions } from "./arm-difference.ts";
import { asymptoticConfidenceSequence } from "./asymptotic-confidence-sequence.ts";
import { createRandom } from "./random.ts";
import { stratifiedDifference } from "./stratified-difference.ts";

const stratum = (difference: number, standardError: number, control: number, treatment: number): ArmDifference => ({
  n: control + treatment,
  notReady: Number.isNaN(difference) ? "no data" : null,
  difference,
  standardError,
  control,
  treatment,
});

function armMeans(effects: readonly number[], treated: (unit: number) => boolean): ArmDifference {
  const [control, treatment] = [false, true].map((side) => effects.filter((_, unit) => treated(unit) === side));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const error = (values: readonly number[]): number => {
    const centre = mean(values);
    return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1) / values.length;
  };
  const standardError = Math.sqrt(error(control!) + error(treatment!));
  return stratum(mean(treatment!) - mean(control!), standardError, control!.length, treatment!.length);
}

describe("a difference over stages", () => {
  it("weighs stages by their information, or by the mix that is meant", () => {
    const strata = [stratum(0.1, 0.02, 900, 100), stratum(-0.1, 0.03, 30, 60)];
    const result = stratifiedDifference(strata);
    expect(result.weights[0]).toBeCloseTo(90 / 110, 14);
    expect(result.difference).toBeCloseTo((0.1 * 90 - 0.1 * 20) / 110, 14);
    const [first, second] = [(0.02 * 90) / 110, (0.03 * 20) / 110];
    const most = Math.sqrt((100 / 900 / (60 / 30)) * (90 / 1000));
    expect(result.standardError).toBeCloseTo(Math.sqrt(first ** 2 + second ** 2 + 2 * first * second * most), 14);
    expect(result.n).toBe(1090);
    expect(stratifiedDifference(strata, [1, 3]).difference).toBeCloseTo(-0.05, 14);
  });

  it("leaves out what cannot be compared, unless the mix needs it", () => {
    const strata = [stratum(0.1, 0.02, 50, 50), stratum(Number.NaN, Number.NaN, 10, 0)];
    expect(stratifiedDifference(strata)).toMatchObject({ difference: 0.1, n: 100, weights: [1, 0], notReady: null });
    expect(stratifiedDifference(strata, [1, 1]).notReady).toBe("a stratum of the mix has no comparison yet");
    expect(stratifiedDifference([]).notReady).toContain("no stratum");
    expect(
      asymptoticConfidenceSequence(stratifiedDifference([]), { confidence: 0.95, expectedN: 100 }).value,
    ).toBeNull();
  });

  it("has the error of strata that hold the same units, each doing the same again", () => {
    const random = createRandom(7);
    const shares = [0.1, 0.3, 0.5];
    const effects = Array.from({ length: 400 }, () => random.nextNormal());
    const found = Array.from({ length: 1500 }, () => {
      const sides = effects.map(() => random.next());
      return stratifiedDifference(shares.map((share) => armMeans(effects, (unit) => sides[unit]! < share)));
    });
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(mean(found.map(({ difference }) => difference ** 2)));
    const told = mean(found.map(({ standardError }) => standardError));
    expect(told / deviation).toBeGreaterThan(0.95);
    expect(told / deviation).toBeLessThan(1.1);
  });

  it("finds no effect where shares and base rates rise together and pooling sees a fifth more", () => {
    const random = createRandom(110);
    const stages = [
      { share: 0.01, rate: 0.1 },
      { share: 0.1, rate: 0.12 },
      { share: 0.5, rate: 0.15 },
    ];
    const tuning = { confidence: 0.95, expectedN: 30_000 };
    let pooledRatio = 0;
    let alarms = 0;
    const trials = 60;
    for (let t = 0; t < trials; t++) {
      const strata: ArmDifference[] = [];
      const totals = { hits: [0, 0], n: [0, 0] };
      let alarmed = false;
      for (const { share, rate } of stages) {
        const n = [0, 0];
        const hits = [0, 0];
        for (let i = 1; i <= 10_000; i++) {
          const to = random.next() < share ? 1 : 0;
          n[to] = (n[to] as number) + 1;
          if (random.next() < rate) hits[to] = (hits[to] as number) + 1;
          if (i % 1000 !== 0) continue;
          const arm = (k: number) => ({ hits: hits[k] as number, n: n[k] as number });
          const stage = armProportions(arm(0), arm(1));
          const now = stratifiedDifference([...strata, stage]);
          const { interval } = asymptoticConfidenceSequence(now, tuning);
          if (interval !== null && (interval.low > 0 || interval.high < 0)) alarmed = true;
          if (i === 10_000) strata.push(stage);
        }
        for (const arm of [0, 1]) {
          totals.n[arm] = (totals.n[arm] as number) + (n[arm] as number);
          totals.hits[arm] = (totals.hits[arm] as number) + (hits[arm] as number);
        }
      }
      if (alarmed) alarms++;
      const rate = (arm: number): number => (totals.hits[arm] as number) / (totals.n[arm] as number);
      pooledRatio += rate(1) / rate(0) / trials;
    }
    expect(pooledRatio).toBeGreaterThan(1.18);
    expect(alarms / trials).toBeLessThan(0.07);
  });
});
