import { midranks } from "./midranks.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { type Estimate, noEstimate } from "./result.ts";

const METHOD = "DeLong, rows taken as independent";

/** AUC and the placement value of every row: its mean comparison with the rows of the other class. */
export interface Placements {
  readonly auc: number;
  /** Per positive: share of negatives below it (ties half). */
  readonly positive: Float64Array;
  /** Per negative: share of positives above it (ties half). */
  readonly negative: Float64Array;
}

/** Scores of one model, split by class, both in the order of the rows (the same for all models that are compared). */
export interface ClassScores {
  readonly positive: ArrayLike<number>;
  readonly negative: ArrayLike<number>;
}

/** Placement values by midranks in O(n log n) (Sun and Xu 2014). No NaN. */
export function placements(scores: ClassScores): Placements {
  const m = scores.positive.length;
  const n = scores.negative.length;
  const pooled = new Float64Array(m + n);
  for (let i = 0; i < m; i++) pooled[i] = scores.positive[i] as number;
  for (let j = 0; j < n; j++) pooled[m + j] = scores.negative[j] as number;
  const all = midranks(pooled);
  const within = midranks(pooled.subarray(0, m));
  const withinNegative = midranks(pooled.subarray(m));
  const positive = new Float64Array(m);
  const negative = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < m; i++) {
    positive[i] = ((all[i] as number) - (within[i] as number)) / n;
    sum += positive[i] as number;
  }
  for (let j = 0; j < n; j++) negative[j] = 1 - ((all[m + j] as number) - (withinNegative[j] as number)) / m;
  return { auc: sum / m, positive, negative };
}

/**
 * AUC with DeLong's standard error (1988) and normal interval, cut at 0 and 1. Null where a class is missing or a score is
 * NaN; no interval where a class has one row, or where separation is perfect and the variance estimate is 0.
 */
export function deLongAuc(scores: ClassScores, confidence = 0.95): Estimate {
  const n = scores.positive.length + scores.negative.length;
  const problem = unusable([scores]);
  if (problem !== null) return noEstimate(n, METHOD, problem);
  const { auc, positive, negative } = placements(scores);
  const variance = covariance(positive, positive) / positive.length + covariance(negative, negative) / negative.length;
  return withInterval(auc, variance, n, confidence, [0, 1]);
}

/**
 * AUC of `second` minus AUC of `first` on the same rows, with DeLong's paired variance. Scores that rank all rows alike
 * have difference 0 and interval [0, 0].
 */
export function deLongDifference(first: ClassScores, second: ClassScores, confidence = 0.95): Estimate {
  const n = first.positive.length + first.negative.length;
  const problem = unusable([first, second]);
  if (problem !== null) return noEstimate(n, METHOD, problem);
  const a = placements(first);
  const b = placements(second);
  const positive = b.positive.map((value, i) => value - (a.positive[i] as number));
  const negative = b.negative.map((value, j) => value - (a.negative[j] as number));
  if (positive.every((v) => v === 0) && negative.every((v) => v === 0)) {
    return { ...withInterval(0, 0, n, confidence, [-1, 1]), interval: { low: 0, high: 0, confidence }, reason: null };
  }
  const variance = covariance(positive, positive) / positive.length + covariance(negative, negative) / negative.length;
  return withInterval(b.auc - a.auc, variance, n, confidence, [-1, 1]);
}

function unusable(models: readonly ClassScores[]): string | null {
  const first = models[0] as ClassScores;
  if (first.positive.length === 0) return "there is no positive row";
  if (first.negative.length === 0) return "there is no negative row";
  for (const model of models) {
    if (model.positive.length !== first.positive.length || model.negative.length !== first.negative.length) {
      return "the models are not scored on the same rows";
    }
    for (const side of [model.positive, model.negative]) {
      for (let i = 0; i < side.length; i++) if (Number.isNaN(side[i] as number)) return "a score is not a number";
    }
  }
  return null;
}

function withInterval(
  value: number,
  variance: number,
  n: number,
  confidence: number,
  range: readonly [number, number],
): Estimate {
  const standardError = Number.isNaN(variance) ? null : Math.sqrt(Math.max(0, variance));
  const base = { value, standardError, n, method: METHOD };
  if (standardError === null) return { ...base, interval: null, reason: "a class has only one row" };
  if (standardError === 0)
    return { ...base, interval: null, reason: "the variance estimate is 0 (perfect separation)" };
  const half = normalQuantile(0.5 + confidence / 2) * standardError;
  const interval = { low: Math.max(range[0], value - half), high: Math.min(range[1], value + half), confidence };
  return { ...base, interval, reason: null };
}

/** Unbiased covariance; NaN below two values. */
function covariance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (n < 2) return Number.NaN;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += x[i] as number;
    meanY += y[i] as number;
  }
  meanX /= n;
  meanY /= n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ((x[i] as number) - meanX) * ((y[i] as number) - meanY);
  return sum / (n - 1);
}
