import type { CoMoments } from "./co-moments.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { type Estimate, noEstimate } from "./result.ts";

/** A difference of means with part of its noise explained by what was known before exposure. */
export interface CupedEstimate extends Estimate {
  /** Slope of y on x within the arms; 0 where x does not vary. */
  readonly theta: number;
  /** Variance of the difference over that without x. */
  readonly varianceRatio: number | null;
}

/**
 * Mean of y in `treatment` minus `control`, adjusted by a covariate x known before exposure (CUPED; Deng, Xu, Kohavi and
 * Walker 2013): (Ty - Cy) - theta (Tx - Cx), theta the pooled within-arm slope. Units are rows of the moments.
 */
export function cupedDifference(control: CoMoments, treatment: CoMoments, confidence = 0.95): CupedEstimate {
  const method = "difference of means with CUPED";
  const n = control.n + treatment.n;
  if (control.n < 2 || treatment.n < 2) {
    return { ...noEstimate(n, method, "each arm needs two units"), theta: 0, varianceRatio: null };
  }
  const spread = control.xx + treatment.xx;
  const theta = spread > 0 ? (control.xy + treatment.xy) / spread : 0;
  const variance = (arm: CoMoments, slope: number): number =>
    Math.max(0, arm.yy - 2 * slope * arm.xy + slope * slope * arm.xx) / (arm.n - 1) / arm.n;
  const plain = variance(control, 0) + variance(treatment, 0);
  const adjusted = variance(control, theta) + variance(treatment, theta);
  const value = treatment.meanY - control.meanY - theta * (treatment.meanX - control.meanX);
  const estimate = normalEstimate(value, Math.sqrt(adjusted), n, confidence, method);
  return { ...estimate, theta, varianceRatio: plain > 0 ? adjusted / plain : null };
}

/**
 * Ratio of two means of units, y over x (clicks per view), with its delta-method error:
 * var(R) = (var y - 2 R cov + R^2 var x)/(n mean(x)^2). Null where the mean of x is 0.
 */
export function ratioOfMeans(units: CoMoments, confidence = 0.95): Estimate {
  const method = "ratio of means, delta method";
  if (units.n === 0) return noEstimate(0, method, "there are no units");
  if (units.meanX === 0) return noEstimate(units.n, method, "the denominator is 0");
  const value = units.meanY / units.meanX;
  if (units.n < 2) return { ...noEstimate(units.n, method, "one unit says nothing about spread"), value };
  return normalEstimate(value, Math.sqrt(ratioVariance(units)), units.n, confidence, method);
}

/** Ratio in `treatment` minus ratio in `control`, delta method in each. */
export function ratioDifference(control: CoMoments, treatment: CoMoments, confidence = 0.95): Estimate {
  const method = "difference of ratios, delta method";
  const n = control.n + treatment.n;
  if (control.n < 2 || treatment.n < 2) return noEstimate(n, method, "each arm needs two units");
  if (control.meanX === 0 || treatment.meanX === 0) return noEstimate(n, method, "a denominator is 0");
  const value = treatment.meanY / treatment.meanX - control.meanY / control.meanX;
  return normalEstimate(value, Math.sqrt(ratioVariance(control) + ratioVariance(treatment)), n, confidence, method);
}

function ratioVariance(units: CoMoments): number {
  const ratio = units.meanY / units.meanX;
  const sum = units.yy - 2 * ratio * units.xy + ratio * ratio * units.xx;
  return Math.max(0, sum) / (units.n - 1) / (units.n * units.meanX * units.meanX);
}

function normalEstimate(value: number, standardError: number, n: number, confidence: number, method: string): Estimate {
  if (!Number.isFinite(value) || !Number.isFinite(standardError)) return noEstimate(n, method, "a value is not finite");
  const half = normalQuantile(0.5 + confidence / 2) * standardError;
  const interval = { low: value - half, high: value + half, confidence };
  return { value, standardError, interval, n, method, reason: null };
}
