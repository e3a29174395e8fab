import { incompleteBeta } from "./incomplete-beta.ts";
import { logBinomialTerm } from "./saddle-point.ts";
import { solveIncreasing } from "./solve-monotone.ts";

/** P(X <= x) of the beta distribution. */
export function betaCdf(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, Math.min(1, Math.max(0, x))).lower;
}

/** P(X > x) of the beta distribution; keeps the tail. */
export function betaSurvival(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, Math.min(1, Math.max(0, x))).upper;
}

/** x with P(X <= x) = p; 0 at 0, 1 at 1, NaN outside [0, 1] or for shapes that are not positive. */
export function betaQuantile(p: number, a: number, b: number): number {
  return solveBeta(p, 1 - p, a, b);
}

/** x with P(X > x) = q; keeps its digits for tiny q. */
export function betaUpperQuantile(q: number, a: number, b: number): number {
  return solveBeta(1 - q, q, a, b);
}

/** Newton in logit x on the logarithm of the smaller tail. */
function solveBeta(p: number, q: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1 && q >= 0 && q <= 1) || !(a > 0 && b > 0) || a + b === Number.POSITIVE_INFINITY) {
    return Number.NaN;
  }
  if (p === 0) return 0;
  if (q === 0) return 1;
  const useLower = p <= q;
  const target = Math.log(Math.min(p, q));
  const flowFactor = (a / (a + b)) * b;
  const logit = solveIncreasing(
    (u) => {
      const x = 1 / (1 + Math.exp(-u));
      const y = 1 / (1 + Math.exp(u));
      const tails = incompleteBeta(a, b, x, y);
      const flow = Math.exp(logBinomialTerm(a, b, x, y)) * flowFactor;
      return useLower
        ? { value: Math.log(tails.lower) - target, slope: flow / tails.lower }
        : { value: target - Math.log(tails.upper), slope: flow / tails.upper };
    },
    -745,
    709,
    Math.log(a / b),
  );
  const x = 1 / (1 + Math.exp(-logit));
  const y = 1 / (1 + Math.exp(logit));
  const tails = incompleteBeta(a, b, x, y);
  const miss = useLower ? tails.lower - p : q - tails.upper;
  const step = (miss * x * y) / (Math.exp(logBinomialTerm(a, b, x, y)) * flowFactor);
  return Math.abs(step) < 1e-6 * Math.min(x, y) ? x - step : x;
}

/** P(F > x) of Fisher's F with `top` and `bottom` degrees of freedom; keeps the tail. */
export function fSurvival(x: number, top: number, bottom: number): number {
  if (!(x > 0)) return Number.isNaN(x) || !(top > 0 && bottom > 0) ? Number.NaN : 1;
  const scaled = (top / bottom) * x;
  if (scaled === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(bottom / 2, top / 2, 1 / (1 + scaled), scaled / (1 + scaled)).lower;
}

/** P(F <= x). */
export function fCdf(x: number, top: number, bottom: number): number {
  if (!(x > 0)) return Number.isNaN(x) || !(top > 0 && bottom > 0) ? Number.NaN : 0;
  const scaled = (top / bottom) * x;
  if (scaled === Number.POSITIVE_INFINITY) return 1;
  return incompleteBeta(top / 2, bottom / 2, scaled / (1 + scaled), 1 / (1 + scaled)).lower;
}

/** log P(K = k) for k hits in n trials of probability p; -Infinity for an impossible k, NaN for a wrong n or p. */
export function binomialLogMass(k: number, n: number, p: number): number {
  if (!(p >= 0 && p <= 1) || !Number.isInteger(n) || n < 0) return Number.NaN;
  if (!Number.isInteger(k) || k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (p === 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (p === 1) return k === n ? 0 : Number.NEGATIVE_INFINITY;
  return logBinomialTerm(k, n - k, p, 1 - p);
}

/** P(K = k). */
export function binomialMass(k: number, n: number, p: number): number {
  return Math.exp(binomialLogMass(k, n, p));
}

/** P(K <= k). */
export function binomialCdf(k: number, n: number, p: number): number {
  return binomialTails(k, n, p).lower;
}

/** P(K > k); keeps the tail. */
export function binomialSurvival(k: number, n: number, p: number): number {
  return binomialTails(k, n, p).upper;
}

function binomialTails(k: number, n: number, p: number): { readonly lower: number; readonly upper: number } {
  if (!(p >= 0 && p <= 1) || !Number.isInteger(n) || n < 0 || Number.isNaN(k)) {
    return { lower: Number.NaN, upper: Number.NaN };
  }
  const hits = Math.floor(k);
  if (hits < 0) return { lower: 0, upper: 1 };
  if (hits >= n) return { lower: 1, upper: 0 };
  return incompleteBeta(n - hits, hits + 1, 1 - p, p);
}
