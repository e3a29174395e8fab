import { kolmogorovSurvival } from "./kolmogorov-distribution.ts";
import { noTest, type TestResult } from "./result.ts";

const METHOD = "two-sample Kolmogorov-Smirnov";
/** As in scipy: beyond this size of the larger sample the exact law is left for the asymptotic one. */
const EXACT_LIMIT = 10_000;

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided; arrays sorted ascending without NaN. D is the largest distance of the two
 * distribution functions; ties are allowed (the p-value is then conservative). Exact p up to 10,000 values in the larger
 * sample, else by the law of D for round(nm/(n+m)) values: the numbers of scipy's ks_2samp.
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): TestResult {
  if (a.length === 0 || b.length === 0) return noTest([a.length, b.length], METHOD, "a sample has no values");
  const d = kolmogorovDistance(a, b);
  if (Number.isNaN(d)) return noTest([a.length, b.length], METHOD, "a value is not a number");
  const exact = Math.max(a.length, b.length) <= EXACT_LIMIT;
  return {
    statistic: d,
    pValue: kolmogorovSmirnovPValue(d, a.length, b.length),
    n: [a.length, b.length],
    method: `${METHOD}, ${exact ? "exact" : "asymptotic"}`,
    reason: null,
  };
}

/** sup |F - G| of two sorted samples; NaN when one is empty or holds a NaN. */
export function kolmogorovDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const m = b.length;
  if (n === 0 || m === 0) return Number.NaN;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < n && j < m) {
    const x = Math.min(a[i] as number, b[j] as number);
    if (Number.isNaN(x)) return Number.NaN;
    while (i < n && (a[i] as number) <= x) i++;
    while (j < m && (b[j] as number) <= x) j++;
    largest = Math.max(largest, Math.abs(i / n - j / m));
  }
  return largest;
}

/** p-value of a two-sided distance `d` between samples of n and m values: exact up to 10,000, else asymptotic. */
export function kolmogorovSmirnovPValue(d: number, n: number, m: number): number {
  if (Number.isNaN(d) || n < 1 || m < 1) return Number.NaN;
  const effective = (n * m) / (n + m);
  // Beyond this the exact p is below 1e-300 and the lattice would be walked for nothing.
  if (Math.max(n, m) <= EXACT_LIMIT && effective * d * d < 345) return exactPValue(d, n, m);
  return kolmogorovSurvival(d, Math.round(effective));
}

/**
 * Under the null every order of the pooled sample is equally likely: a walk on the lattice from (0, 0) to (n, m) with
 * hypergeometric steps. p is the chance that it ever leaves the band |i/n - j/m| < d; mass that leaves is summed, so the
 * smallest p keeps its digits. Time: n + m steps times the width of the band.
 */
function exactPValue(d: number, n: number, m: number): number {
  // Integer arithmetic: a point is outside when |i m - j n| >= reach.
  const divisor = greatestCommonDivisor(n, m);
  const reach = Math.round((d * n * m) / divisor) * divisor;
  if (reach <= 0) return 1;
  let current = new Float64Array(n + 1);
  let next = new Float64Array(n + 1);
  current[0] = 1;
  let low = 0;
  let high = 0;
  let left = 0;
  for (let step = 0; step < n + m; step++) {
    const remaining = n + m - step;
    const nextLow = Math.max(0, step + 1 - m, Math.floor(((step + 1) * n - reach) / (n + m)) + 1);
    const nextHigh = Math.min(n, step + 1, Math.ceil(((step + 1) * n + reach) / (n + m)) - 1);
    next.fill(0, Math.min(low, nextLow), Math.max(high, nextHigh) + 2);
    for (let i = low; i <= high; i++) {
      const mass = current[i] as number;
      if (mass === 0) continue;
      const right = (mass * (n - i)) / remaining;
      const up = (mass * (m - (step - i))) / remaining;
      if (i + 1 > nextHigh) left += right;
      else next[i + 1] = (next[i + 1] as number) + right;
      if (i < nextLow) left += up;
      else next[i] = (next[i] as number) + up;
    }
    [current, next] = [next, current];
    low = nextLow;
    high = nextHigh;
    if (low > high) break;
  }
  return Math.min(1, left);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
