import { describe, expect, it } from "vitest";
import { createRandom } from "../../statistics/random.ts";
import { evaluateMetric } from "../evaluate-metric.ts";
import { times } from "../metric-samples.ts";
import { binaryBlock } from "../plain-blocks.ts";

const facts = { task: "binary", classes: [], costs: null } as const;

describe("the influence of a row on roc_auc", () => {
  it("is the placement value of DeLong, Delong and Clarke-Pearson, so that it gives their variance", () => {
    const random = createRandom(4);
    const label = times(80, () => random.nextBelow(2));
    const score = label.map((y) => Math.round(8 * (0.3 * y + 0.7 * random.next())) / 8);
    const { value, influence } = evaluateMetric("roc_auc", binaryBlock(label, score), facts);

    // Straight from the definition: every pair.
    const scoresOf = (y: number) => score.filter((_, i) => label[i] === y);
    const [negatives, positives] = [scoresOf(0), scoresOf(1)];
    const [n, m] = [negatives.length, positives.length];
    const wins = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
    const v10 = positives.map((x) => negatives.reduce((sum, y) => sum + wins(x, y), 0) / n);
    const v01 = negatives.map((y) => positives.reduce((sum, x) => sum + wins(x, y), 0) / m);
    const area = v10.reduce((sum, v) => sum + v, 0) / m;
    const spread = (values: number[]) => values.reduce((sum, v) => sum + (v - area) ** 2, 0);
    expect(value).toBeCloseTo(area, 12);
    const variance = influence!.reduce((sum, each) => sum + each * each, 0) / label.length ** 2;
    // DeLong divides by m - 1 and n - 1 once; the infinitesimal jackknife by m and n.
    expect(variance).toBeCloseTo(spread(v10) / m ** 2 + spread(v01) / n ** 2, 12);
  });

  it("leaves scores of plus and minus infinity in their order", () => {
    const block = binaryBlock([1, 1, 0, 0], [Infinity, 0, -Infinity, -Infinity]);
    expect(evaluateMetric("roc_auc", block, facts).value).toBe(1);
  });
});
