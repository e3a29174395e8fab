import { describe, expect, it } from "vitest";
import { evaluateMetric } from "../evaluate-metric.ts";

describe("graded relevance where `positive` says what is a hit", () => {
  /** One list, best first: grades 1, 3, 0, 2; only 2 and above are hits, so that the 1 comes with a minus. */
  const block = {
    task: "ranking" as const,
    n: 4,
    label: Float64Array.of(-1, 3, 0, 2),
    score: Float64Array.of(4, 3, 2, 1),
    list: Int32Array.of(0, 0, 0, 0),
    item: Int32Array.of(0, 1, 2, 3),
  };
  const facts = { task: "ranking" as const, classes: [], costs: null };
  const discount = [1, Math.log2(3), 2, Math.log2(5)];
  const dcg = (gains: number[]): number => gains.reduce((sum, gain, i) => sum + gain / discount[i]!, 0);

  it("counts every grade in ndcg, as scikit-learn does", () => {
    expect(evaluateMetric("ndcg", block, facts).value).toBeCloseTo(dcg([1, 3, 0, 2]) / dcg([3, 2, 1, 0]), 12);
    expect(evaluateMetric("ndcg_exp", block, facts).value).toBeCloseTo(dcg([1, 7, 0, 3]) / dcg([7, 3, 1, 0]), 12);
  });

  it("counts only hits in map", () => {
    expect(evaluateMetric("map", block, facts).value).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12);
  });
});
