import { binomialCdf } from "./beta-distribution.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { wilsonBounds } from "./proportion.ts";
import { type Estimate, noEstimate, noTest, type TestResult } from "./result.ts";

/** Both models' yes or no on the same rows, counted. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/** Exact two-sided McNemar test on the discordant pairs; null when there are none. `statistic` is the smaller count. */
export function mcNemarExact(counts: PairedCounts): TestResult {
  const method = "exact McNemar";
  const discordant = counts.onlyFirst + counts.onlySecond;
  const n = [total(counts)];
  if (discordant === 0) return noTest(n, method, "the models never disagree");
  const smaller = Math.min(counts.onlyFirst, counts.onlySecond);
  return {
    statistic: smaller,
    pValue: Math.min(1, 2 * binomialCdf(smaller, discordant, 0.5)),
    n,
    method,
    reason: null,
  };
}

/**
 * Share of `second` minus share of `first`, with Newcombe's hybrid score interval for pairs (1998, method 10: Wilson
 * limits joined by the phi coefficient with continuity correction).
 */
export function newcombePairedDifference(counts: PairedCounts, confidence = 0.95): Estimate {
  const method = "Newcombe paired hybrid score interval (method 10)";
  const n = total(counts);
  if (!(n > 0)) return noEstimate(0, method, "there are no pairs");
  const { both, onlyFirst, onlySecond, neither } = counts;
  const first = (both + onlyFirst) / n;
  const second = (both + onlySecond) / n;
  const a = wilsonBounds(both + onlySecond, n, confidence);
  const b = wilsonBounds(both + onlyFirst, n, confidence);
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  const cross = both * neither - onlyFirst * onlySecond;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const phi = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  const reach = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const value = second - first;
  const interval = {
    low: value - reach(second - a.low, b.high - first),
    high: value + reach(a.high - second, first - b.low),
    confidence,
  };
  return { value, standardError: pairedStandardError(counts, n), interval, n, method, reason: null };
}

/** Share of `second` minus share of `first`, with the interval that inverts Tango's score test (1998). */
export function tangoPairedDifference(counts: PairedCounts, confidence = 0.95): Estimate {
  const method = "Tango paired score interval";
  const n = total(counts);
  if (!(n > 0)) return noEstimate(0, method, "there are no pairs");
  const b = counts.onlySecond;
  const c = counts.onlyFirst;
  const value = (b - c) / n;
  const z = normalQuantile(0.5 + confidence / 2);
  const score = (delta: number): number => tangoScore(b, c, n, delta);
  const interval = { low: bisect(score, z, -1, value), high: bisect(score, -z, value, 1), confidence };
  return { value, standardError: pairedStandardError(counts, n), interval, n, method, reason: null };
}

/** Decreasing in delta; the discordant probability under the constraint has a closed form. */
function tangoScore(b: number, c: number, n: number, delta: number): number {
  const linear = -b - c + (2 * n - b + c) * delta;
  const constant = -c * delta * (1 - delta);
  const q = (Math.sqrt(Math.max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
  const variance = n * (2 * q + delta * (1 - delta));
  const difference = b - c - n * delta;
  if (difference === 0) return 0;
  return variance <= 0 ? Math.sign(difference) * Number.POSITIVE_INFINITY : difference / Math.sqrt(variance);
}

/** Where a decreasing function crosses `target` in [low, high]; an end where it does not. */
function bisect(evaluate: (x: number) => number, target: number, low: number, high: number): number {
  let left = low;
  let right = high;
  for (let i = 0; i < 200 && right - left > 1e-15; i++) {
    const middle = (left + right) / 2;
    if (evaluate(middle) > target) left = middle;
    else right = middle;
  }
  return (left + right) / 2;
}

function total(counts: PairedCounts): number {
  return counts.both + counts.onlyFirst + counts.onlySecond + counts.neither;
}

function pairedStandardError(counts: PairedCounts, n: number): number {
  const difference = counts.onlySecond - counts.onlyFirst;
  return Math.sqrt(counts.onlyFirst + counts.onlySecond - (difference * difference) / n) / n;
}
