import { describe, expect, it } from "vitest";
import { binaryModelCurves, binaryModelFromHistogram } from "./curve-makers.ts";
import {
  areaUnder,
  calibrationPoints,
  precisionRecallPoints,
  rebin,
  rocPoints,
  wilson,
  type Point,
} from "./curve-points.ts";
import kept from "./curve-points.fixture.json" with { type: "json" };

const facts = { probability: true, threshold: null, confusion: null };
const histogram = { name: "m", edges: kept.edges, positives: kept.positives, negatives: kept.negatives, ...facts };
const distinct = (points: readonly Point[]): string[] =>
  [...new Set(points.map((p) => `${p.x.toFixed(12)} ${p.y.toFixed(12)}`))].sort();
const given = (points: readonly (readonly number[])[]): string[] =>
  distinct(points.map(([x = 0, y = 0]) => ({ x, y })));

describe("the points of the classic curves", () => {
  it("are scikit-learn's for ROC and its area", () => {
    expect(distinct(rocPoints(histogram))).toEqual(given(kept.roc));
    expect(areaUnder(rocPoints(histogram))).toBeCloseTo(kept.auc, 12);
  });
  it("are scikit-learn's for precision and recall", () => {
    expect(distinct(precisionRecallPoints(histogram))).toEqual(given(kept.precisionRecall));
  });
  it("have scipy's Wilson interval", () => {
    for (const [hits = 0, n = 0, low = 0, high = 0] of kept.wilson) {
      expect(wilson(hits, n).low).toBeCloseTo(low, 12);
      expect(wilson(hits, n).high).toBeCloseTo(high, 12);
    }
  });
  it("split all rows into groups of calibration whose means are the means of the rows", () => {
    const points = calibrationPoints(histogram, 5);
    const rows = points.reduce((n, p) => n + p.rows, 0);
    expect(rows).toBe(kept.labels.length);
    expect(points.reduce((s, p) => s + p.y * p.rows, 0) / rows).toBeCloseTo(kept.rate, 12);
    expect(points.reduce((s, p) => s + p.x * p.rows, 0) / rows).toBeCloseTo(kept.meanScore, 12);
    for (const p of points) expect(p.low <= p.y && p.y <= p.high).toBe(true);
  });
  it("come out the same from rows as from the histogram", () => {
    const made = binaryModelCurves(kept.labels, { name: "m", scores: kept.scores, threshold: 0.5, probability: true });
    expect(areaUnder(rocPoints(made))).toBeCloseTo(kept.auc, 12);
    const taken = kept.scores.flatMap((s, i) => (s >= 0.5 ? [kept.labels[i] ?? 0] : []));
    const hits = taken.filter((l) => l === 1).length;
    expect(made.confusion).toMatchObject({ truePositives: hits, falsePositives: taken.length - hits });
    const joined = binaryModelFromHistogram(
      "m",
      { edges: kept.edges.slice(0, -1), top: 1, positives: kept.positives, negatives: kept.negatives },
      facts,
    );
    expect(areaUnder(rocPoints(joined))).toBeCloseTo(kept.auc, 12);
  });
  it("keep every count when bins change, and share out a bin that spans several", () => {
    const moved = rebin([0, 0.5, 0.6, 1], [10, 3, 4], 0, 1, 4);
    expect(moved.reduce((a, b) => a + b, 0)).toBeCloseTo(17, 12);
    expect(moved[0]).toBeCloseTo(5, 12);
    expect(rebin([2, 2], [7], 2, 2, 3).reduce((a, b) => a + b, 0)).toBeCloseTo(7, 12);
  });
});
