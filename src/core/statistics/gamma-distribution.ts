import { incompleteGamma } from "./incomplete-gamma.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { logPoissonTerm } from "./saddle-point.ts";
import { solveIncreasing } from "./solve-monotone.ts";

/** P(X > x) of chi-squared with `df` > 0 degrees of freedom; keeps the tail. */
export function chiSquaredSurvival(x: number, df: number): number {
  return incompleteGamma(df / 2, Math.max(0, x) / 2).upper;
}

/** P(X <= x) of chi-squared. */
export function chiSquaredCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, Math.max(0, x) / 2).lower;
}

/** x with P(X <= x) = p. */
export function chiSquaredQuantile(p: number, df: number): number {
  return 2 * gammaQuantile(p, df / 2);
}

/** x with P(X > x) = q; keeps its digits for tiny q. */
export function chiSquaredUpperQuantile(q: number, df: number): number {
  return 2 * gammaUpperQuantile(q, df / 2);
}

/** x with P(a, x) = p for the gamma distribution of shape `a` and scale 1; 0 at 0, Infinity at 1, NaN outside. */
export function gammaQuantile(p: number, a: number): number {
  return solveGamma(p, 1 - p, a);
}

/** x with Q(a, x) = q. */
export function gammaUpperQuantile(q: number, a: number): number {
  return solveGamma(1 - q, q, a);
}

/** Newton in log x on the logarithm of the smaller tail. */
function solveGamma(p: number, q: number, a: number): number {
  if (!(p >= 0 && p <= 1 && q >= 0 && q <= 1) || !(a > 0) || a === Number.POSITIVE_INFINITY) return Number.NaN;
  if (p === 0) return 0;
  if (q === 0) return Number.POSITIVE_INFINITY;
  const target = Math.log(Math.min(p, q));
  const useLower = p <= q;
  const z = useLower ? normalQuantile(p) : -normalQuantile(q);
  const cube = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a));
  const start = cube > 0.1 ? Math.log(a) + 3 * Math.log(cube) : (Math.log(p) + Math.log(a + 1)) / a;
  const logX = solveIncreasing(
    (u) => {
      const x = Math.exp(u);
      const tails = incompleteGamma(a, x);
      const flow = Math.exp(logPoissonTerm(a, x)) * a;
      return useLower
        ? { value: Math.log(tails.lower) - target, slope: flow / tails.lower }
        : { value: target - Math.log(tails.upper), slope: flow / tails.upper };
    },
    -745,
    709,
    start,
  );
  const x = Math.exp(logX);
  // One step in x itself, because log x is only good to an absolute 1e-16 times its size.
  const tails = incompleteGamma(a, x);
  const miss = useLower ? tails.lower - p : q - tails.upper;
  const step = (miss * x) / (Math.exp(logPoissonTerm(a, x)) * a);
  return Math.abs(step) < 1e-6 * x ? x - step : x;
}

/** P(N = k) for a Poisson count of mean `mean` >= 0; 0 for k that is not a whole number >= 0. */
export function poissonMass(k: number, mean: number): number {
  if (!(mean >= 0)) return Number.NaN;
  if (!Number.isInteger(k) || k < 0) return 0;
  if (mean === 0) return k === 0 ? 1 : 0;
  return Math.exp(logPoissonTerm(k, mean));
}

/** P(N <= k). */
export function poissonCdf(k: number, mean: number): number {
  if (!(mean >= 0) || Number.isNaN(k)) return Number.NaN;
  if (k < 0) return 0;
  return mean === 0 ? 1 : incompleteGamma(Math.floor(k) + 1, mean).upper;
}

/** P(N > k). */
export function poissonSurvival(k: number, mean: number): number {
  if (!(mean >= 0) || Number.isNaN(k)) return Number.NaN;
  if (k < 0) return 1;
  return mean === 0 ? 0 : incompleteGamma(Math.floor(k) + 1, mean).lower;
}
