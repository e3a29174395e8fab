import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { evaluateMetric } from "./evaluate-metric.ts";
import type { Metric, Task } from "./metric.ts";
import { all, close, registered, type Sample, samplers, valueOf } from "./metric-samples.ts";

const draws = fc.record({
  seed: fc.nat(),
  size: fc.integer({ min: 1, max: 40 }),
  coarse: fc.boolean(),
});
const runs = { numRuns: 40, seed: 11 };

function drawn(task: Task, { seed, size, coarse }: { seed: number; size: number; coarse: boolean }): Sample {
  return samplers[task].draw(createRandom(seed), size, coarse);
}

/** How far the value is from what the metric wishes: less is better. */
function regret(metric: Metric, value: number): number {
  return metric.target === undefined ? -metric.direction * value : Math.abs(value - metric.target);
}

describe.each(registered)("$text of a $task task", ({ text, task, metric }) => {
  const { facts } = samplers[task];

  it("has no better value than that of a model that knows the labels, and stays within its range", () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const sample = drawn(task, draw);
        const value = valueOf(text, task, sample);
        if (Number.isNaN(value)) return;
        expect(value).toBeGreaterThanOrEqual(metric.range[0] - 1e-12);
        expect(value).toBeLessThanOrEqual(metric.range[1] + 1e-12);
        const best = evaluateMetric(text, sample.perfect(), facts).value;
        // Whether a model has a value may depend on the model (precision); coverage does not depend on labels.
        if (Number.isNaN(best) || metric.shape === "catalogue") return;
        expect(regret(metric, best)).toBeLessThanOrEqual(regret(metric, value) + 1e-12);
      }),
      runs,
    );
  });

  it("does not change when every observation is there twice, or in another order", () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const sample = drawn(task, draw);
        const value = valueOf(text, task, sample);
        const random = createRandom(draw.seed + 1);
        const shuffled = all(sample)
          .map((place) => ({ place, key: random.next() }))
          .sort((a, b) => a.key - b.key)
          .map(({ place }) => place);
        expect(close(valueOf(text, task, sample, shuffled), value)).toBe(true);
        expect(close(valueOf(text, task, sample, [...all(sample), ...shuffled]), value)).toBe(true);
      }),
      runs,
    );
  });

  it("has influences that add up to 0", () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const sample = drawn(task, draw);
        const { value, influence } = evaluateMetric(text, sample.take(all(sample)), facts);
        if (Number.isNaN(value) || influence === null) return;
        const size = influence.reduce((sum, each) => sum + Math.abs(each), 0);
        const sum = influence.reduce((total, each) => total + each, 0);
        expect(Math.abs(sum)).toBeLessThanOrEqual(1e-10 * Math.max(1, size));
      }),
      runs,
    );
  });
});
