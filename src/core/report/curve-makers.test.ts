import { describe, expect, it } from "vitest";
import { binaryModelCurves, multiclassCurves, rankingCurves, regressionCurves } from "./curve-makers.ts";

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

describe("the numbers of the pictures, made from columns", () => {
  it("count every row once, constant scores and scores outside 0 to 1 included", () => {
    const labels = [1, 0, 1, 0, 0];
    for (const scores of [
      [0.5, 0.5, 0.5, 0.5, 0.5],
      [-3, 8, 2, 2, 100],
      [0, 1, 0.2, 0.9, 1],
    ]) {
      const made = binaryModelCurves(labels, { name: "m", scores, threshold: null, probability: false });
      expect([total(made.positives), total(made.negatives)]).toEqual([2, 3]);
      expect(made.edges).toHaveLength(made.positives.length + 1);
      expect(made.edges).toEqual([...made.edges].sort((a, b) => a - b));
    }
  });
  it("place residuals on common edges and predictions in groups of equal size", () => {
    const labels = Float64Array.from({ length: 200 }, (_, i) => i);
    const made = regressionCurves(labels, [
      { name: "champion", scores: labels.map((v) => v + 1) },
      { name: "challenger", scores: labels.map((v) => 2 * v) },
    ]);
    expect(made.models.map((m) => total(m.residuals))).toEqual([200, 200]);
    expect(made.models[0]?.groups.every((g) => Math.abs(g.predicted - g.actual - 1) < 1e-9)).toBe(true);
    expect(made.models[1]?.groups.map((g) => g.rows)).toEqual(Array.from({ length: 20 }, () => 10));
    expect(made.residualEdges[0]).toBeLessThanOrEqual(0);
  });
  it("count answers by class, and how sure they were", () => {
    const made = multiclassCurves(
      ["a", "b"],
      [0, 0, 1, 1],
      [
        {
          name: "m",
          probabilities: [
            [0.9, 0.4, 0.2, 0.6],
            [0.1, 0.6, 0.8, 0.4],
          ],
        },
      ],
    );
    expect(made.models[0]?.confusion).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(total(made.models[0]?.confidence.right ?? [])).toBe(2);
    expect(total(made.models[0]?.confidence.wrong ?? [])).toBe(2);
  });
  it("find recall and first hits by position, and compare lists one by one", () => {
    const champion = [0, 1, 0, 1, 0, 0, 0];
    const challenger = [1, 1, 0, 0, 0, 0, 0];
    const made = rankingCurves(
      ["champion", "challenger"],
      [champion, challenger],
      [0, 4, 7],
      [
        [0.5, Number.NaN, 0.2],
        [1, Number.NaN, 0.2],
      ],
      3,
    );
    expect(made.models[0]).toMatchObject({ recall: [0, 0.5, 0.5], firstHit: [0, 1, 0, 0] });
    expect(made.models[1]).toMatchObject({ recall: [0.5, 1, 1], firstHit: [1, 0, 0, 0] });
    expect(made.lists).toMatchObject({ better: 1, equal: 1, worse: 0 });
    expect(total(made.lists.counts)).toBe(2);
  });
});
