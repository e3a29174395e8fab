import { incompleteBeta } from "./incomplete-beta.ts";
import { logGamma } from "./log-gamma.ts";
import { normalCdf, normalSurvival, normalUpperQuantile } from "./normal-distribution.ts";
import { solveIncreasing } from "./solve-monotone.ts";

/** Above this many degrees of freedom t and normal agree to the last digit. */
const NORMAL_FROM = 1e19;

/** P(T > t) for Student's t with `df` > 0 degrees of freedom (Infinity: the normal); keeps the tail. */
export function studentSurvival(t: number, df: number): number {
  if (Number.isNaN(t) || !(df > 0)) return Number.NaN;
  if (df > NORMAL_FROM) return normalSurvival(t);
  if (t < 0) return 1 - studentSurvival(-t, df);
  if (t === Number.POSITIVE_INFINITY) return 0;
  return halfTail(t, df);
}

/** P(T <= t). */
export function studentCdf(t: number, df: number): number {
  return df > NORMAL_FROM ? normalCdf(t) : studentSurvival(-t, df);
}

/** P(|T| >= |t|). */
export function studentTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * studentSurvival(Math.abs(t), df));
}

function halfTail(t: number, df: number): number {
  const scaled = t / Math.sqrt(df);
  if (scaled > 1e10) {
    // The square would overflow in time; here the tail is its leading power to the last digit.
    const logFactor = logGammaStep(df / 2) - 0.5 * Math.log(Math.PI) - Math.log(df);
    return Math.exp(logFactor - df * Math.log(scaled));
  }
  const square = scaled * scaled;
  return 0.5 * incompleteBeta(df / 2, 0.5, 1 / (1 + square), square / (1 + square)).lower;
}

/** t with P(T <= t) = p; infinite at 0 and 1, NaN outside [0, 1] or for df <= 0. */
export function studentQuantile(p: number, df: number): number {
  return p >= 0.5 ? studentUpperQuantile(1 - p, df) : -studentUpperQuantile(p, df);
}

/** t with P(T > t) = q; keeps its digits for tiny q. */
export function studentUpperQuantile(q: number, df: number): number {
  if (!(q >= 0 && q <= 1) || !(df > 0)) return Number.NaN;
  if (df > NORMAL_FROM) return normalUpperQuantile(q);
  if (q > 0.5) return -studentUpperQuantile(1 - q, df);
  if (q === 0.5) return 0;
  if (q === 0) return Number.POSITIVE_INFINITY;
  return positiveQuantile(q, df);
}

/** Newton on log P(T > e^u) in u = log t, which is close to linear in the tail. */
function positiveQuantile(q: number, df: number): number {
  const target = Math.log(q);
  const logConstant = logGammaStep(df / 2) - 0.5 * Math.log(df) - 0.5 * Math.log(Math.PI);
  const u = solveIncreasing(
    (logT) => {
      const t = Math.exp(logT);
      const tail = halfTail(t, df);
      const logDensity = logConstant - ((df + 1) / 2) * logOnePlusSquare(t, df);
      return { value: target - Math.log(tail), slope: Math.exp(logDensity + logT) / tail };
    },
    -745,
    709,
    Math.log(normalUpperQuantile(q)),
  );
  return polish(Math.exp(u), q, df, logConstant);
}

/** One step in t itself: log t has an absolute, t a relative accuracy. */
function polish(t: number, q: number, df: number, logConstant: number): number {
  const density = Math.exp(logConstant - ((df + 1) / 2) * logOnePlusSquare(t, df));
  const step = (halfTail(t, df) - q) / density;
  return Math.abs(step) < 1e-6 * t ? t + step : t;
}

/** log(1 + t^2/df) without overflow of the square. */
function logOnePlusSquare(t: number, df: number): number {
  return t > 1e100 ? 2 * Math.log(t) - Math.log(df) : Math.log1p((t * t) / df);
}

/** log Gamma(x + 1/2) - log Gamma(x): for large x by its own series, as the difference would cancel. */
function logGammaStep(x: number): number {
  if (x < 1e4) return logGamma(x + 0.5) - logGamma(x);
  return 0.5 * Math.log(x) - 1 / (8 * x) + 1 / (192 * x * x * x);
}
