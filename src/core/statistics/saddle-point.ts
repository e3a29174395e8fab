import { stirlingError } from "./log-gamma.ts";

const TWO_PI = 2 * Math.PI;

/**
 * Deviance term x log(x/mean) + mean - x, computed without cancellation near x = mean.
 * Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
export function devianceTerm(x: number, mean: number): number {
  if (x === 0) return mean;
  const difference = x - mean;
  if (Math.abs(difference) < 0.1 * (x + mean)) {
    const v = difference / (x + mean);
    let sum = difference * v;
    let term = 2 * x * v;
    const square = v * v;
    for (let j = 1; j < 1000; j++) {
      term *= square;
      const next = sum + term / (2 * j + 1);
      if (next === sum) return next;
      sum = next;
    }
  }
  return x * Math.log(x / mean) + mean - x;
}

/** log of mean^x e^-mean / Gamma(x + 1), for real x >= 0 and mean > 0: the Poisson mass continued to real x. */
export function logPoissonTerm(x: number, mean: number): number {
  if (x === 0) return -mean;
  return -stirlingError(x) - devianceTerm(x, mean) - 0.5 * Math.log(TWO_PI * x);
}

/**
 * log of Gamma(n+1)/(Gamma(x+1) Gamma(n-x+1)) p^x q^(n-x), for real 0 <= x <= n with `rest` = n - x and q = 1 - p given
 * apart, so that neither tail loses digits.
 */
export function logBinomialTerm(x: number, rest: number, p: number, q: number): number {
  const n = x + rest;
  if (x === 0) return rest === 0 ? 0 : rest * (p < 0.5 ? Math.log1p(-p) : Math.log(q));
  if (rest === 0) return x * (q < 0.5 ? Math.log1p(-q) : Math.log(p));
  return (
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(rest) -
    devianceTerm(x, n * p) -
    devianceTerm(rest, n * q) +
    0.5 * Math.log(n / (TWO_PI * x * rest))
  );
}
