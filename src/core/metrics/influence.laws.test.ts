import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { findMetric } from "./catalog.ts";
import { evaluateMetric } from "./evaluate-metric.ts";
import type { Task } from "./metric.ts";
import { all, close, registered, type Sample, samplers, times, valueOf } from "./metric-samples.ts";

const withInfluence = registered.filter(({ metric }) => metric.shape !== "catalogue");

// Of a median and of a cut at a share the delete-one jackknife is known to be wrong (Efron 1982); the bootstrap is not.
const withJackknife = withInfluence.filter(({ metric }) => metric.name !== "mdae" && metric.name !== "lift");

function errorByInfluence(text: string, task: Task, sample: Sample): number {
  const { influence } = evaluateMetric(text, sample.take(all(sample)), samplers[task].facts);
  return Math.sqrt(influence!.reduce((sum, each) => sum + each * each, 0)) / influence!.length;
}

function sumOfSquares(values: readonly number[]): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
}

describe("the standard error by influence", () => {
  it.each(withJackknife)("is that of the delete-one jackknife: $text of a $task task", ({ text, task, metric }) => {
    const sample = samplers[task].draw(createRandom(6), metric.shape === "list" ? 80 : 200, false);
    const values = all(sample).map((place) => valueOf(text, task, sample, all(sample).toSpliced(place, 1)));
    const jackknife = Math.sqrt((sumOfSquares(values) * (values.length - 1)) / values.length);
    const byInfluence = errorByInfluence(text, task, sample);
    expect(byInfluence).toBeGreaterThanOrEqual(0.9 * jackknife - 1e-12);
    expect(byInfluence).toBeLessThanOrEqual(1.1 * jackknife + 1e-12);
  });

  it.each(withInfluence)("is that of the bootstrap: $text of a $task task", ({ text, task, metric }) => {
    const random = createRandom(5);
    const sample = samplers[task].draw(random, metric.shape === "list" ? 250 : 500, false);
    const resampled = () => times(sample.size, () => random.nextBelow(sample.size));
    const values = times(200, () => valueOf(text, task, sample, resampled()));
    const bootstrap = Math.sqrt(sumOfSquares(values) / (values.length - 1));
    const byInfluence = errorByInfluence(text, task, sample);
    expect(byInfluence).toBeGreaterThanOrEqual(0.85 * bootstrap);
    expect(byInfluence).toBeLessThanOrEqual(1.15 * bootstrap);
  });
});

type Groups = readonly (readonly [positives: number, negatives: number])[];

const groups = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 12 });
const rankMetrics = registered.filter(({ metric }) => metric.shape === "rank");

function evaluate(text: string, task: Task, counts: Groups, influence = false) {
  const { metric, request } = findMetric(text, task);
  if (metric.shape !== "rank") throw new Error(`${text} is not a rank metric`);
  return metric.evaluate(
    counts.map(([positives]) => positives),
    counts.map(([, negatives]) => negatives),
    request,
    influence,
  );
}

describe("rank metrics from tie groups", () => {
  it.each(rankMetrics)("give the same value for a histogram with empty bins: $text", ({ text, task }) => {
    fc.assert(
      fc.property(groups, (counts) => {
        const spread = counts.flatMap((count) => [[0, 0] as const, count, [0, 0] as const]);
        expect(close(evaluate(text, task, spread).value, evaluate(text, task, counts).value)).toBe(true);
      }),
      { numRuns: 40, seed: 14 },
    );
  });

  // The influence of lift takes a rate over a window of rows, on purpose: it is checked against the bootstrap above.
  it.each(rankMetrics.filter(({ metric }) => metric.name !== "lift"))(
    "have the influence that central differences by the weight of a row give: $text",
    ({ text, task, metric }) => {
      fc.assert(
        fc.property(groups, (counts) => {
          const whole = evaluate(text, task, counts, true);
          if (Number.isNaN(whole.value) || (metric.name === "ks" && isCorner(counts))) return;
          const rows = counts.reduce((sum, [positives, negatives]) => sum + positives + negatives, 0);
          const slope = (g: number, positive: number, negative: number) => {
            const moved = (step: number) =>
              counts.with(g, [counts[g]![0] + step * positive, counts[g]![1] + step * negative]);
            return (evaluate(text, task, moved(1e-6)).value - evaluate(text, task, moved(-1e-6)).value) / 2e-6;
          };
          const gaps = counts.flatMap(([positives, negatives], g) => [
            positives > 0 ? Math.abs(whole.positive![g]! / rows - slope(g, 1, 0)) : 0,
            negatives > 0 ? Math.abs(whole.negative![g]! / rows - slope(g, 0, 1)) : 0,
          ]);
          expect(Math.max(...gaps)).toBeLessThan(1e-5);
        }),
        { numRuns: 100, seed: 13 },
      );
    },
  );
});

/** Two cuts that part the classes equally well: the largest distance (ks) has a corner there, and no derivative. */
function isCorner(counts: Groups): boolean {
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
