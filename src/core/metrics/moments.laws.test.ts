import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { findMetric } from "./catalog.ts";
import { all, close, registered, type Sample, samplers } from "./metric-samples.ts";
import { fillMoment } from "./moments.ts";

const draws = fc.record({ seed: fc.nat(), size: fc.integer({ min: 1, max: 40 }), coarse: fc.boolean() });
const runs = { numRuns: 40, seed: 11 };

describe.each(registered.filter(({ metric }) => metric.shape === "moments"))(
  "the sums of $text of a $task task",
  ({ text, task }) => {
    const { facts } = samplers[task];
    const found = findMetric(text, task);
    if (found.metric.shape !== "moments") throw new Error("filtered above");
    const { metric, request } = { metric: found.metric, request: found.request };

    function sumsOf(sample: Sample, places: readonly number[]): number[] {
      const block = sample.take(places);
      if (block.task === "ranking") throw new Error("a ranking has no moments");
      return metric.moments(request, facts).map((name) => {
        const out = new Float64Array(block.n);
        fillMoment(name, block, out);
        return out.reduce((sum, each) => sum + each, 0);
      });
    }

    it("merge: the value of added sums is that of one pass", () => {
      fc.assert(
        fc.property(draws, fc.nat(), (draw, cut) => {
          const sample = samplers[task].draw(createRandom(draw.seed), draw.size, draw.coarse);
          const at = cut % (sample.size + 1);
          const left = sumsOf(sample, all(sample).slice(0, at));
          const right = sumsOf(sample, all(sample).slice(at));
          const merged = left.map((sum, i) => sum + right[i]!);
          const whole = metric.value(sumsOf(sample, all(sample)), request, facts);
          expect(close(metric.value(merged, request, facts), whole)).toBe(true);
        }),
        runs,
      );
    });

    it("do not change the value when all are scaled", () => {
      const sample = samplers[task].draw(createRandom(3), 50, true);
      const sums = sumsOf(sample, all(sample));
      const scaled = sums.map((sum) => sum * 7.25);
      expect(close(metric.value(scaled, request, facts), metric.value(sums, request, facts))).toBe(true);
    });

    it("have the gradient that central differences give", () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const sample = samplers[task].draw(createRandom(seed), 60, false);
          const sums = sumsOf(sample, all(sample));
          const gradient = new Float64Array(sums.length).fill(Number.NaN);
          metric.gradient(sums, gradient, request, facts);
          for (let i = 0; i < sums.length; i++) {
            const step = 1e-5 * Math.max(1, Math.abs(sums[i]!));
            const moved = (by: number) => metric.value(sums.with(i, sums[i]! + by), request, facts);
            // A calibration gap of 0 (an empty bin) is a corner: both sides rise alike, and so does the difference.
            const difference = (moved(step) - moved(-step)) / (2 * step);
            expect(close(gradient[i]!, difference, 1e-6)).toBe(true);
          }
        }),
        { numRuns: 20, seed: 12 },
      );
    });
  },
);
