import type { ListMetric, MetricRequest } from "../../metrics/metric.ts";
import { normalQuantile } from "../../statistics/normal-distribution.ts";
import { createRandom } from "../../statistics/random.ts";

/** What is expected of a list whose relevances are not known. */
export interface ExpectedList {
  /** Of the metric, counting 0 where it has no value. */
  readonly value: number;
  /** Chance that it has one. */
  readonly counts: number;
  /** Moments of value and count over what its labels may turn out to be. */
  readonly valueVariance: number;
  readonly countVariance: number;
  readonly covariance: number;
}

/** Nodes by which the effect of a list is averaged, each of the same weight. */
const NODES = Array.from({ length: 15 }, (_, k) => normalQuantile((k + 0.5) / 15));
/** Zeger, Liang and Albert (1988): a logit averaged over a normal effect is one of its slope times this. */
const ATTENUATION = ((16 * Math.sqrt(3)) / (15 * Math.PI)) ** 2;
const MOST_SPREAD = 3;
const CLOSEST = 1e-6;

/**
 * How much lists differ in how many of their items are relevant, beyond what the items' own probabilities say: the standard
 * deviation of a normal effect of the list on the logit, by the method of moments on the lists' sums. Without it items would be
 * as if independent, and a list with few relevant ones as good as none.
 * @param lists probabilities and labels (0 or 1) of each list
 */
export function listSpread(
  lists: readonly { readonly probability: ArrayLike<number>; readonly relevant: ArrayLike<number> }[],
): number {
  let observed = 0;
  for (const { probability, relevant } of lists) {
    let gap = 0;
    for (let i = 0; i < probability.length; i++) gap += relevant[i]! - probability[i]!;
    observed += gap * gap;
  }
  const expected = (spread: number): number => {
    let sum = 0;
    for (const { probability } of lists) sum += varianceOfSum(probability, spread);
    return sum;
  };
  if (observed <= expected(0)) return 0;
  let low = 0;
  let high = MOST_SPREAD;
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2;
    if (expected(middle) < observed) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function varianceOfSum(probability: ArrayLike<number>, spread: number): number {
  const logits = logitsOf(probability, spread);
  let inside = 0;
  let mean = 0;
  let squares = 0;
  for (const node of NODES) {
    let sum = 0;
    for (const logit of logits) {
      const p = sigmoid(logit + spread * node);
      sum += p;
      inside += (p * (1 - p)) / NODES.length;
    }
    mean += sum / NODES.length;
    squares += (sum * sum) / NODES.length;
  }
  return inside + squares - mean * mean;
}

/**
 * Expectation of a metric of lists by Monte Carlo: the list's effect is drawn evenly over its distribution, then each item is
 * relevant or not by its probability, given the effect (METHODS 7).
 * @param probability of the items, best rank first
 */
export function expectList(
  metric: ListMetric,
  request: MetricRequest,
  probability: ArrayLike<number>,
  { spread, draws, seed }: { readonly spread: number; readonly draws: number; readonly seed: number },
): ExpectedList {
  const random = createRandom(seed);
  const logits = logitsOf(probability, spread);
  const n = logits.length;
  const gains = new Float64Array(n);
  const ideal = new Float64Array(n);
  let [values, counts, squares] = [0, 0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const effect = spread === 0 ? 0 : spread * normalQuantile((draw + random.next()) / draws);
    let positives = 0;
    for (let i = 0; i < n; i++) {
      gains[i] = random.next() < sigmoid(logits[i]! + effect) ? 1 : 0;
      positives += gains[i]!;
    }
    ideal.fill(0).fill(1, 0, positives);
    const value = metric.list(gains, 0, n, positives, ideal, request);
    if (Number.isNaN(value)) continue;
    counts++;
    values += value;
    squares += value * value;
  }
  const value = values / draws;
  const share = counts / draws;
  return {
    value,
    counts: share,
    valueVariance: squares / draws - value * value,
    countVariance: share * (1 - share),
    // The value counts 0 where the list does not: their product is the value.
    covariance: value - value * share,
  };
}

function logitsOf(probability: ArrayLike<number>, spread: number): Float64Array {
  const slope = Math.sqrt(1 + ATTENUATION * spread * spread);
  return Float64Array.from(probability, (p) => {
    const inside = Math.min(1 - CLOSEST, Math.max(CLOSEST, p));
    return slope * Math.log(inside / (1 - inside));
  });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
