import type { MetricRequest, MetricWords, MomentMetric, TaskFacts } from "./metric.ts";

/** A metric that is one sum over another, times a constant: means over rows, and rates within a class. */
export interface RatioDefinition extends MetricWords {
  readonly numerator: (request: MetricRequest, task: TaskFacts) => string;
  /** Moment that counts the rows of the mean; it is also the weight of a fold, so that fold values are exact. */
  readonly denominator?: string;
  readonly scale?: (request: MetricRequest, task: TaskFacts) => number;
}

/** Builds the moment metric `scale * sum(numerator) / sum(denominator)`; NaN where the denominator is 0. */
export function ratioMetric(definition: RatioDefinition): MomentMetric {
  const { numerator, denominator = "n", scale = () => 1, ...words } = definition;
  return {
    ...words,
    shape: "moments",
    moments: (request, task) => [denominator, numerator(request, task)],
    value: (sums, request, task) => (sums[0]! > 0 ? (scale(request, task) * sums[1]!) / sums[0]! : Number.NaN),
    gradient(sums, out, request, task) {
      const factor = scale(request, task) / sums[0]!;
      out[0] = (-factor * sums[1]!) / sums[0]!;
      out[1] = factor;
    },
  };
}
