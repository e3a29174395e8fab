import { InternalError } from "../failures.ts";
import { findMetric } from "./catalog.ts";
import type { ListMetric, Metric, MetricRequest, MomentMetric, RankMetric, TaskFacts } from "./metric.ts";
import { fillMoment } from "./moments.ts";
import { rankGroups } from "./rank-groups.ts";
import { coverageByFold } from "./ranking/coverage.ts";
import type { MulticlassBlock, RowBlock } from "./row-block.ts";
import { total } from "./totals.ts";

/** The rows of one ranking: `list` names the list of a row; `item` breaks ties and counts for coverage. */
export interface RankingBlock {
  readonly task: "ranking";
  readonly n: number;
  /** Relevance gain, 0 = not relevant. */
  readonly label: Float64Array;
  readonly score: Float64Array;
  /** Code of the list, any order. */
  readonly list: Int32Array;
  /** Code of the item; the lower code comes first among equal scores. */
  readonly item: Int32Array;
}

export interface Evaluated {
  /** NaN where the metric is not defined. */
  readonly value: number;
  /**
   * Influence of each of the value's observations (rows; for ranking, the counted lists in order of first appearance),
   * mean 0: value changes by influence / observations when one is counted twice, to first order. Null for `coverage`.
   */
  readonly influence: Float64Array | null;
}

/**
 * The plain way to a metric: all rows at once, nothing shared between metrics. It is what the fast evidence kernel is
 * tested against, and what small things (a report's example, a notebook) can call. `text` as in the policy. Throws as
 * {@link findMetric} does. Rows with a null label are left out by the caller.
 */
export function evaluateMetric(text: string, block: RowBlock | RankingBlock, facts: TaskFacts): Evaluated {
  const { metric, request } = findMetric(text, block.task);
  if (block.task === "ranking") return evaluateRanking(metric, request, block);
  switch (metric.shape) {
    case "moments":
      return evaluateMoments(metric, request, block, facts);
    case "rank":
      return evaluateRank(metric, request, block);
    case "rows": {
      if (block.task !== "regression") break;
      return metric.evaluate(block.label.subarray(0, block.n), block.score.subarray(0, block.n), request, facts);
    }
  }
  throw new InternalError(`the metric ${text} has the shape ${metric.shape}, which a ${block.task} task does not have`);
}

function evaluateMoments(metric: MomentMetric, request: MetricRequest, block: RowBlock, facts: TaskFacts): Evaluated {
  const names = metric.moments(request, facts);
  const moments = names.map((name) => {
    const out = new Float64Array(block.n);
    fillMoment(name, block, out);
    return out;
  });
  const sums = Float64Array.from(moments, (moment) => total(moment));
  const value = metric.value(sums, request, facts);
  const gradient = new Float64Array(names.length);
  metric.gradient(sums, gradient, request, facts);
  const influence = new Float64Array(block.n);
  moments.forEach((moment, m) => {
    for (let i = 0; i < block.n; i++) influence[i]! += block.n * gradient[m]! * moment[i]!;
  });
  return { value, influence };
}

function evaluateRank(metric: RankMetric, request: MetricRequest, block: RowBlock): Evaluated {
  if (block.task === "multiclass") return evaluateOneVsRest(metric, request, block);
  if (block.task !== "binary") throw new InternalError(`the metric ${metric.name} ranks rows of two classes only`);
  const { label, n } = block;
  return oneRanking(metric, request, block.score.subarray(0, n), (row) => label[row] === 1);
}

function oneRanking(
  metric: RankMetric,
  request: MetricRequest,
  score: Float64Array,
  isPositive: (row: number) => boolean,
): Evaluated {
  const groups = rankGroups(score, isPositive);
  const { value, positive, negative } = metric.evaluate(groups.positives, groups.negatives, request, true);
  const influence = new Float64Array(score.length);
  for (let i = 0; i < influence.length; i++) {
    const ofClass = isPositive(i) ? positive : negative;
    influence[i] = ofClass?.[groups.group[i]!] ?? Number.NaN;
  }
  return { value, influence };
}

function evaluateOneVsRest(metric: RankMetric, request: MetricRequest, block: MulticlassBlock): Evaluated {
  const { n, label, probabilities, width } = block;
  const influence = new Float64Array(n);
  let sum = 0;
  let defined = 0;
  for (let c = 0; c < width; c++) {
    const score = Float64Array.from({ length: n }, (_, i) => probabilities[i * width + c]!);
    const ofClass = oneRanking(metric, request, score, (row) => label[row] === c);
    if (Number.isNaN(ofClass.value)) continue;
    sum += ofClass.value;
    defined++;
    for (let i = 0; i < n; i++) influence[i]! += ofClass.influence![i]!;
  }
  if (defined === 0) return { value: Number.NaN, influence: influence.fill(Number.NaN) };
  return { value: sum / defined, influence: influence.map((each) => each / defined) };
}

function evaluateRanking(metric: Metric, request: MetricRequest, block: RankingBlock): Evaluated {
  const lists = rankedLists(block);
  if (metric.shape === "catalogue") {
    const first = lists.map((rows) => rows.slice(0, request.parameter ?? rows.length).map((row) => block.item[row]!));
    const items = new Set(block.item.subarray(0, block.n));
    const codes = new Map([...items].map((item, code) => [item, code]));
    const seen = first.map((shown) => shown.map((item) => codes.get(item)!));
    const weight = new Float64Array(lists.length).fill(1);
    return { value: coverageByFold(seen, weight, items.size).value, influence: null };
  }
  if (metric.shape !== "list") throw new InternalError(`the metric ${metric.name} is not one of lists`);
  const values = lists.map((rows) =>
    listValue(
      metric,
      request,
      rows.map((row) => block.label[row]!),
    ),
  );
  const counted = Float64Array.from(values.filter((value) => !Number.isNaN(value)));
  const value = counted.length > 0 ? total(counted) / counted.length : Number.NaN;
  return { value, influence: counted.map((each) => each - value) };
}

/** The rows of each list, best first; equal scores by item code, then by row. */
export function rankedLists(block: Pick<RankingBlock, "n" | "score" | "list" | "item">): number[][] {
  const lists = new Map<number, number[]>();
  for (let i = 0; i < block.n; i++) {
    const rows = lists.get(block.list[i]!);
    if (rows === undefined) lists.set(block.list[i]!, [i]);
    else rows.push(i);
  }
  const { score, item } = block;
  for (const rows of lists.values()) rows.sort((a, b) => score[b]! - score[a]! || item[a]! - item[b]! || a - b);
  return [...lists.values()];
}

/** The metric of one list from its gains, best rank first; NaN where the list does not count. */
export function listValue(metric: ListMetric, request: MetricRequest, ranked: readonly number[]): number {
  const gains = Float64Array.from(ranked);
  const ideal = Float64Array.from(ranked, Math.abs).sort().reverse();
  const positives = ranked.filter((gain) => gain > 0).length;
  return metric.list(gains, 0, gains.length, positives, ideal, request);
}
