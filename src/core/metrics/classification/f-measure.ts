import type { MetricRequest, MetricWords, MomentMetric } from "../metric.ts";

/** scikit-learn `f1_score`. */
export const f1: MomentMetric = fMeasure(
  {
    name: "f1",
    tasks: ["binary"],
    direction: 1,
    range: [0, 1],
    needs: ["threshold"],
    convention: "2 tp / (2 tp + fp + fn), the harmonic mean of precision and recall (scikit-learn f1_score).",
    undefinedWhen: "no row is positive and none is predicted positive",
  },
  () => 1,
);

/** The weighted form with `beta` squared = `betaSquared(request)`, on the sums n, tp, fp, fn. */
export function fMeasure(words: MetricWords, betaSquared: (request: MetricRequest) => number): MomentMetric {
  return {
    ...words,
    shape: "moments",
    moments: () => ["n", "tp", "fp", "fn"],
    value(sums, request) {
      const b2 = betaSquared(request);
      const size = (1 + b2) * sums[1]! + sums[2]! + b2 * sums[3]!;
      return size > 0 ? ((1 + b2) * sums[1]!) / size : Number.NaN;
    },
    gradient(sums, out, request) {
      const b2 = betaSquared(request);
      const hits = (1 + b2) * sums[1]!;
      const misses = sums[2]! + b2 * sums[3]!;
      const squared = (hits + misses) ** 2;
      out[0] = 0;
      out[1] = ((1 + b2) * misses) / squared;
      out[2] = -hits / squared;
      out[3] = (-b2 * hits) / squared;
    },
  };
}
