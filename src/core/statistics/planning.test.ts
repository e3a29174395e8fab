import { describe, expect, it } from "vitest";
import { coMomentsOf, correlation, mergeCoMoments, noCoMoments } from "./co-moments.ts";
import { studentMean } from "./mean-tests.ts";
import { momentsOf } from "./moments.ts";
import fixture from "./planning.fixture.json" with { type: "json" };
import { daysToDecision, powerAt, sampleSize, sequentialSampleSize, unitsToPass } from "./planning.ts";
import { createRandom } from "./random.ts";
import { cupedDifference, ratioDifference, ratioOfMeans } from "./variance-reduction.ts";

const plan = { standardDeviation: 1, effect: 0.1, confidence: 0.95, power: 0.8 };

describe("planning", () => {
  it("needs the observations that statsmodels says, for any split", () => {
    for (const [
      standardDeviation,
      effect,
      confidence,
      power,
      treatmentShare,
      control,
      treatment,
    ] of fixture.sampleSize as [number, number, number, number, number, number, number][]) {
      const size = sampleSize({ standardDeviation, effect, confidence, power, treatmentShare });
      // statsmodels adds the chance of a wrong-sided rejection, which is nil here but for the last digits.
      expect(Math.abs((size.control as number) - control)).toBeLessThan(1 + control * 1e-4);
      expect(Math.abs((size.treatment as number) - treatment)).toBeLessThan(1 + treatment * 1e-4);
      expect(size.total).toBe((size.control as number) + (size.treatment as number));
    }
  });

  it("needs more in clusters by the design effect", () => {
    const plain = sampleSize(plan).total as number;
    const clustered = sampleSize({ ...plan, cluster: { size: 11, icc: 0.3 } }).total as number;
    expect(clustered / plain).toBeCloseTo(4, 2);
  });

  it("finds the effect with the planned power in simulation", () => {
    const random = createRandom(15);
    const small = { ...plan, effect: 0.5 };
    const n = sampleSize(small).control as number;
    let found = 0;
    for (let t = 0; t < 3000; t++) {
      const draw = (shift: number): number => random.nextNormal() / Math.sqrt(n) + shift;
      if ((draw(0.5) - draw(0)) / Math.sqrt(2 / n) > 1.959964) found++;
    }
    expect(Math.abs(found / 3000 - 0.8)).toBeLessThan(0.025);
    expect(powerAt(0.5, Math.sqrt(2 / n), 0.95)).toBeCloseTo(0.8, 1);
    expect(powerAt(0.5, 0, 0.95)).toBeNaN();
  });

  it("needs more when every look is allowed, least where the sequence is tuned to the answer", () => {
    const tuned = sequentialSampleSize(plan).total as number;
    expect(tuned).toBeGreaterThan(sampleSize(plan).total as number);
    expect(sequentialSampleSize(plan, tuned).total).toBeCloseTo(tuned, -1);
    expect(sequentialSampleSize(plan, tuned * 10).total).toBeGreaterThan(tuned);
    expect(sequentialSampleSize(plan, tuned / 10).total).toBeGreaterThan(tuned);
  });

  it("says how many units would pass a gate, or why none would", () => {
    const gate = { units: 100, standardError: 0.02, effect: 0.03, bound: 0, confidence: 0.95, power: 0.8 };
    expect(unitsToPass(gate).units).toBe(Math.ceil(100 * (((1.959963985 + 0.841621234) * 0.02) / 0.03) ** 2));
    expect(unitsToPass({ ...gate, bound: 0.03 })).toEqual({
      units: null,
      reason: "at this difference no number of units would pass",
    });
    expect(unitsToPass({ ...gate, standardError: 0 }).units).toBeNull();
    expect(daysToDecision(100, 40, 30)).toBe(2);
    expect(daysToDecision(100, 100, 0)).toBe(0);
    expect(daysToDecision(100, 1, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("says why there is no number for an empty plan", () => {
    expect(sampleSize({ ...plan, effect: 0 })).toMatchObject({
      total: null,
      reason: "no number of observations finds an effect of 0",
    });
    expect(sampleSize({ ...plan, standardDeviation: Number.NaN }).reason).toContain("not known");
    expect(sequentialSampleSize({ ...plan, treatmentShare: 0 }).reason).toBe("one arm gets no traffic");
    expect(sampleSize({ ...plan, power: 1 }).reason).toContain("between 0 and 1");
  });
});

describe("CUPED and ratios", () => {
  const arms = fixture.cuped.x.map((x, i) => coMomentsOf(x, fixture.cuped.y[i] as number[]));
  const [control, treatment] = [arms[0] ?? noCoMoments, arms[1] ?? noCoMoments];

  it("equal plain numpy on adjusted values and on residuals", () => {
    const result = cupedDifference(control, treatment);
    expect(result.theta).toBeCloseTo(fixture.cuped.theta, 12);
    expect(result.value).toBeCloseTo(fixture.cuped.value, 12);
    expect(result.standardError).toBeCloseTo(fixture.cuped.error, 12);
    expect(result.varianceRatio).toBeLessThan(0.2);
    arms.forEach((arm, i) => {
      expect(ratioOfMeans(arm).value).toBeCloseTo(fixture.ratio.values[i] as number, 12);
      expect(ratioOfMeans(arm).standardError).toBeCloseTo(fixture.ratio.errors[i] as number, 12);
    });
    const [r0, r1] = fixture.ratio.values as [number, number];
    const [e0, e1] = fixture.ratio.errors as [number, number];
    expect(ratioDifference(control, treatment).value).toBeCloseTo(r1 - r0, 12);
    expect(ratioDifference(control, treatment).standardError).toBeCloseTo(Math.hypot(e0, e1), 12);
    expect(correlation(control)).toBeCloseTo(fixture.ratio.correlation, 12);
  });

  it("merge to one pass, and leave pairs with a NaN out", () => {
    const x = fixture.cuped.x[0] as number[];
    const y = fixture.cuped.y[0] as number[];
    const merged = mergeCoMoments(coMomentsOf(x.slice(0, 31), y.slice(0, 31)), coMomentsOf(x.slice(31), y.slice(31)));
    expect(merged.xy).toBeCloseTo(control.xy, 9);
    expect(merged.yy).toBeCloseTo(control.yy, 9);
    expect(merged.meanX).toBeCloseTo(control.meanX, 12);
    expect(mergeCoMoments(noCoMoments, control)).toBe(control);
    expect(coMomentsOf([1, Number.NaN, 3], [1, 2, Number.NaN]).n).toBe(1);
  });

  it("say why there is no answer, and lose nothing to a covariate that does not vary", () => {
    const flat = [coMomentsOf([1, 1, 1], [1, 2, 6]), coMomentsOf([1, 1, 1], [2, 2, 5])] as const;
    const result = cupedDifference(...flat);
    expect(result).toMatchObject({ theta: 0, varianceRatio: 1 });
    expect(result.value).toBeCloseTo(0, 14);
    expect(correlation(flat[0])).toBeNaN();
    expect(cupedDifference(coMomentsOf([1], [1]), control).reason).toBe("each arm needs two units");
    expect(ratioOfMeans(noCoMoments).reason).toBe("there are no units");
    expect(ratioOfMeans(coMomentsOf([0, 0], [1, 2])).reason).toBe("the denominator is 0");
    expect(ratioOfMeans(coMomentsOf([2], [1]))).toMatchObject({ value: 0.5, interval: null });
    expect(ratioDifference(coMomentsOf([0, 0], [1, 2]), control).reason).toBe("a denominator is 0");
  });

  it("cover the true ratio where rows taken as independent do not", () => {
    const random = createRandom(70);
    let byUnit = 0;
    let byRow = 0;
    for (let t = 0; t < 500; t++) {
      const views: number[] = [];
      const clicks: number[] = [];
      const rows: number[] = [];
      for (let u = 0; u < 150; u++) {
        const rate = random.next() < 0.5 ? 0.1 : 0.5;
        const count = 5 + random.nextBelow(20);
        let hits = 0;
        for (let i = 0; i < count; i++) {
          const hit = random.next() < rate ? 1 : 0;
          hits += hit;
          rows.push(hit);
        }
        views.push(count);
        clicks.push(hits);
      }
      const unit = ratioOfMeans(coMomentsOf(views, clicks)).interval;
      const row = studentMean(momentsOf(rows)).interval;
      if (unit !== null && unit.low <= 0.3 && unit.high >= 0.3) byUnit++;
      if (row !== null && row.low <= 0.3 && row.high >= 0.3) byRow++;
    }
    expect(byUnit / 500).toBeGreaterThan(0.92);
    expect(byUnit / 500).toBeLessThan(0.98);
    expect(byRow / 500).toBeLessThan(0.8);
  });
});
