import { logGammaOnePlus } from "./log-gamma.ts";
import { logPoissonTerm } from "./saddle-point.ts";

/** Both tails of a continuous distribution, each computed so that the smaller one keeps its digits. */
export interface Tails {
  /** P(X <= x). */
  readonly lower: number;
  /** P(X > x). */
  readonly upper: number;
}

const LIMIT = 1_000_000;

/**
 * Regularised incomplete gamma functions P(a, x) (`lower`) and Q(a, x) (`upper`), a > 0, x >= 0; NaN outside.
 * Power series below the mean, Legendre's continued fraction (modified Lentz) above; the common factor by Loader's
 * saddle point form, so that neither tail is lost to overflow or cancellation.
 */
export function incompleteGamma(a: number, x: number): Tails {
  if (!(a > 0) || !(x >= 0) || a === Number.POSITIVE_INFINITY) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (a < 1 && x < 1.1) return smallShape(a, x);
  if (x < a + 1) {
    const lower = Math.exp(logPoissonTerm(a, x)) * seriesSum(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = Math.exp(logPoissonTerm(a, x)) * a * continuedFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** sum over k of x^k / ((a+1) … (a+k)). */
function seriesSum(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < LIMIT; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

/** Q(a, x) Gamma(a) / (x^a e^-x). */
function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / (b === 0 ? tiny : b);
  let h = d;
  for (let k = 1; k < LIMIT; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return h;
}

/** For a < 1 and small x: Q is a small difference unless it is taken apart first. */
function smallShape(a: number, x: number): Tails {
  let term = 1;
  let sum = 0;
  for (let k = 1; k < 200; k++) {
    term *= -x / k;
    const part = term / (a + k);
    sum += part;
    if (Math.abs(part) < 1e-18 * Math.abs(sum)) break;
  }
  const exponent = a * Math.log(x) - logGammaOnePlus(a);
  const factor = Math.exp(exponent);
  return { lower: factor * (1 + a * sum), upper: -Math.expm1(exponent) - factor * a * sum };
}
