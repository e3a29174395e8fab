import { InternalError } from "../failures.ts";
import { findMetric } from "./catalog.ts";
import type { MetricRequest, MomentMetric, RankMetric, TaskFacts } from "./metric.ts";
import { fillMoment } from "./moments.ts";
import { rankGroups } from "./rank-groups.ts";
import type { MulticlassBlock, RegressionBlock } from "./row-block.ts";
import { total } from "./totals.ts";

/**
 * Binary rows of which each may count partly as a hit and partly not: a weighted label (`w y`, `w (1 - y)`), a
 * probability in the place of a label (`c`, `1 - c`), a label that may still come.
 */
export interface MassBlock {
  readonly n: number;
  readonly score: Float64Array;
  /** 1 where the score reaches the threshold. */
  readonly predicted: Uint8Array;
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

export interface WeightedValue {
  /** NaN where the metric is not defined. */
  readonly value: number;
  /** All mass. */
  readonly total: number;
  /** Influence of a unit of mass of each row as a hit, and as none: the value moves by influence / total. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** A metric of the catalogue on rows whose labels are masses. @throws Failure POLICY as {@link findMetric} does */
export function evaluateMasses(text: string, block: MassBlock, facts: TaskFacts): WeightedValue {
  const { metric, request } = findMetric(text, "binary");
  if (metric.shape === "moments") return massMoments(metric, request, block, facts);
  if (metric.shape === "rank") return massRank(metric, request, block);
  throw new InternalError(`the metric ${text} has the shape ${metric.shape}, which a binary task does not have`);
}

function massMoments(metric: MomentMetric, request: MetricRequest, block: MassBlock, facts: TaskFacts): WeightedValue {
  const { n, score, predicted } = block;
  const names = metric.moments(request, facts);
  const as = (label: 0 | 1): Float64Array[] =>
    names.map((name) => {
      const out = new Float64Array(n);
      fillMoment(name, { task: "binary", n, label: new Uint8Array(n).fill(label), score, predicted }, out);
      return out;
    });
  const hits = as(1);
  const misses = as(0);
  const sums = new Float64Array(names.length);
  for (let m = 0; m < names.length; m++) {
    for (let i = 0; i < n; i++) {
      sums[m]! += block.positive[i]! * hits[m]![i]! + block.negative[i]! * misses[m]![i]!;
    }
  }
  const all = total(block.positive) + total(block.negative);
  const value = metric.value(sums, request, facts);
  const gradient = new Float64Array(names.length);
  metric.gradient(sums, gradient, request, facts);
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  for (let m = 0; m < names.length; m++) {
    for (let i = 0; i < n; i++) {
      positive[i]! += all * gradient[m]! * hits[m]![i]!;
      negative[i]! += all * gradient[m]! * misses[m]![i]!;
    }
  }
  return { value, total: all, positive, negative };
}

function massRank(metric: RankMetric, request: MetricRequest, block: MassBlock): WeightedValue {
  const { n } = block;
  const { group } = rankGroups(block.score.subarray(0, n), () => true);
  const groups = group.reduce((most, each) => Math.max(most, each + 1), 0);
  const hits = new Float64Array(groups);
  const misses = new Float64Array(groups);
  for (let i = 0; i < n; i++) {
    hits[group[i]!]! += block.positive[i]!;
    misses[group[i]!]! += block.negative[i]!;
  }
  const { value, positive, negative } = metric.evaluate(hits, misses, request, true);
  const spread = (ofGroup: Float64Array | null): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => ofGroup?.[group[i]!] ?? Number.NaN);
  return { value, total: total(hits) + total(misses), positive: spread(positive), negative: spread(negative) };
}

/** A moment metric on weighted rows of other tasks; influence of a unit of weight of each row. */
export function evaluateWeighted(
  text: string,
  block: MulticlassBlock | RegressionBlock,
  weight: Float64Array,
  facts: TaskFacts,
): { readonly value: number; readonly total: number; readonly influence: Float64Array } | null {
  const { metric, request } = findMetric(text, block.task);
  if (metric.shape !== "moments") return null;
  const { n } = block;
  const moments = metric.moments(request, facts).map((name) => {
    const out = new Float64Array(n);
    fillMoment(name, block, out);
    return out;
  });
  const sums = Float64Array.from(moments, (moment) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weight[i]! * moment[i]!;
    return sum;
  });
  let all = 0;
  for (let i = 0; i < n; i++) all += weight[i]!;
  const gradient = new Float64Array(moments.length);
  metric.gradient(sums, gradient, request, facts);
  const influence = new Float64Array(n);
  moments.forEach((moment, m) => {
    for (let i = 0; i < n; i++) influence[i]! += all * gradient[m]! * moment[i]!;
  });
  return { value: metric.value(sums, request, facts), total: all, influence };
}
