import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { exampleOf, findMetric, metrics } from "./catalog.ts";
import { evaluateMetric } from "./evaluate-metric.ts";
import type { Metric, Task } from "./metric.ts";
import { type Sample, samplers, times } from "./metric-samples.ts";
import { fillMoment } from "./moments.ts";

/** Every metric in every task, with and without an optional parameter: a new one is tested by being registered. */
const registered = metrics.flatMap((metric) =>
  metric.tasks.flatMap((task) =>
    [...new Set([exampleOf(metric), ...parametersOf(metric)])].map((text) => ({ text, task, metric })),
  ),
);

function parametersOf({ name, parameter }: Metric): string[] {
  if (parameter === undefined) return [];
  return [`${name}@${parameter.example}`, ...(parameter.name === "k" && parameter.check(2) ? [`${name}@2`] : [])];
}

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

function all(sample: Sample): number[] {
  return times(sample.size, (place) => place);
}

function close(actual: number, expected: number, digits = 1e-9): boolean {
  return Object.is(actual, expected) || Math.abs(actual - expected) <= digits * Math.max(1, Math.abs(expected));
}

describe.each(registered)("$text of a $task task", ({ text, task, metric }) => {
  const { facts } = samplers[task];
  const valueOf = (sample: Sample, places: readonly number[]) => evaluateMetric(text, sample.take(places), facts).value;

  it("has no better value than that of a model that knows the labels, and stays within its range", () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const sample = drawn(task, draw);
        const value = valueOf(sample, all(sample));
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
        const value = valueOf(sample, all(sample));
        const random = createRandom(draw.seed + 1);
        const shuffled = all(sample)
          .map((place) => ({ place, key: random.next() }))
          .sort((a, b) => a.key - b.key)
          .map(({ place }) => place);
        expect(close(valueOf(sample, shuffled), value)).toBe(true);
        expect(close(valueOf(sample, [...all(sample), ...shuffled]), value)).toBe(true);
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

  function errorByInfluence(sample: Sample): number {
    const { influence } = evaluateMetric(text, sample.take(all(sample)), facts);
    return Math.sqrt(influence!.reduce((sum, each) => sum + each * each, 0)) / influence!.length;
  }

  // Of a median and of a cut at a share the delete-one jackknife is known to be wrong (Efron 1982); the bootstrap is not.
  const hasJackknife = metric.shape !== "catalogue" && metric.name !== "mdae" && metric.name !== "lift";

  if (hasJackknife) {
    it("has influences whose standard error is that of the delete-one jackknife", () => {
      const sample = samplers[task].draw(createRandom(6), metric.shape === "list" ? 80 : 200, false);
      const values = all(sample).map((place) => valueOf(sample, all(sample).toSpliced(place, 1)));
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
      const jackknife = Math.sqrt((squares * (values.length - 1)) / values.length);
      expect(errorByInfluence(sample)).toBeGreaterThanOrEqual(0.9 * jackknife - 1e-12);
      expect(errorByInfluence(sample)).toBeLessThanOrEqual(1.1 * jackknife + 1e-12);
    });
  }

  if (metric.shape !== "catalogue") {
    it("has influences whose standard error is that of the bootstrap", () => {
      const random = createRandom(5);
      const sample = samplers[task].draw(random, metric.shape === "list" ? 250 : 500, false);
      const standardError = errorByInfluence(sample);
      const values = times(200, () =>
        valueOf(
          sample,
          times(sample.size, () => random.nextBelow(sample.size)),
        ),
      );
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      const spread = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
      expect(standardError).toBeGreaterThanOrEqual(0.85 * spread);
      expect(standardError).toBeLessThanOrEqual(1.15 * spread);
    });
  }
});

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
          const sample = drawn(task, draw);
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

describe.each(registered.filter(({ metric }) => metric.shape === "rank"))(
  "the tie groups of $text",
  ({ text, task }) => {
    const found = findMetric(text, task);
    if (found.metric.shape !== "rank") throw new Error("filtered above");
    const { metric, request } = { metric: found.metric, request: found.request };
    const groups = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 12 });
    const valueOf = (counts: readonly (readonly [number, number])[]) =>
      metric.evaluate(
        counts.map(([positives]) => positives),
        counts.map(([, negatives]) => negatives),
        request,
        false,
      ).value;

    it("may hold no row: a histogram with empty bins gives the same value", () => {
      fc.assert(
        fc.property(groups, (counts) => {
          const spread = counts.flatMap((count) => [[0, 0] as const, count, [0, 0] as const]);
          expect(close(valueOf(spread), valueOf(counts))).toBe(true);
        }),
        runs,
      );
    });

    if (metric.name !== "lift") {
      it("have the influence that central differences by weight give", () => {
        fc.assert(
          fc.property(groups, (counts) => {
            const whole = metric.evaluate(
              counts.map(([positives]) => positives),
              counts.map(([, negatives]) => negatives),
              request,
              true,
            );
            const rows = counts.reduce((sum, [positives, negatives]) => sum + positives + negatives, 0);
            if (Number.isNaN(whole.value) || isCorner(counts)) return;
            counts.forEach(([positives, negatives], g) => {
              const step = 1e-6;
              const moved = (positive: number, negative: number) =>
                valueOf(counts.with(g, [positives + positive, negatives + negative]));
              if (positives > 0) {
                const slope = (moved(step, 0) - moved(-step, 0)) / (2 * step);
                expect(Math.abs(whole.positive![g]! - rows * slope)).toBeLessThan(1e-5 * rows);
              }
              if (negatives > 0) {
                const slope = (moved(0, step) - moved(0, -step)) / (2 * step);
                expect(Math.abs(whole.negative![g]! - rows * slope)).toBeLessThan(1e-5 * rows);
              }
            });
          }),
          { numRuns: 100, seed: 13 },
        );
      });
    }

    /** Two cuts that part the classes equally well: the largest distance (ks) has a corner there, and no derivative. */
    function isCorner(counts: readonly (readonly [number, number])[]): boolean {
      if (metric.name !== "ks") return false;
      const positives = counts.reduce((sum, [count]) => sum + count, 0);
      const negatives = counts.reduce((sum, [, count]) => sum + count, 0);
      let [hits, alarms] = [0, 0];
      const distances = counts.map(([positive, negative]) => {
        hits += positive;
        alarms += negative;
        return Math.abs(hits / positives - alarms / negatives);
      });
      const best = Math.max(...distances);
      return best === 0 || distances.filter((distance) => distance > best - 1e-4).length > 1;
    }
  },
);
