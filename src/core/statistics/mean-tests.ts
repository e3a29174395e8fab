import { type Moments, sampleVariance } from "./moments.ts";
import { type Estimate, noEstimate } from "./result.ts";
import { studentQuantile, studentTwoSided } from "./student-distribution.ts";

/** An estimate with the test of "it is 0" (or `against`) that belongs to its interval. */
export interface TestedEstimate extends Estimate {
  readonly statistic: number | null;
  readonly degreesOfFreedom: number | null;
  /** Two-sided. */
  readonly pValue: number | null;
}

/**
 * Mean with Student's t interval and the two-sided test of mean = `against`. One value: the value without an interval.
 * No spread: interval of width 0, and p = 1 or 0 by whether the mean is `against`.
 */
export function studentMean(moments: Moments, confidence = 0.95, against = 0): TestedEstimate {
  const method = "Student's t";
  if (moments.n === 0) return untested(noEstimate(0, method, "there are no values"));
  const variance = sampleVariance(moments);
  const problem = moments.n === 1 ? "one value says nothing about spread" : "a value is not finite";
  if (Number.isNaN(variance)) {
    return untested({ ...noEstimate(moments.n, method, problem), value: moments.n === 1 ? moments.mean : null });
  }
  return tested(moments.mean, Math.sqrt(variance / moments.n), moments.n - 1, moments.n, confidence, against, method);
}

/** Mean of `second` minus mean of `first`, variances apart (Welch 1947), with its t interval and test of no difference. */
export function welchDifference(first: Moments, second: Moments, confidence = 0.95): TestedEstimate {
  const method = "Welch's t";
  const n = first.n + second.n;
  if (first.n < 2 || second.n < 2) return untested(noEstimate(n, method, "each side needs two values"));
  const a = sampleVariance(first) / first.n;
  const b = sampleVariance(second) / second.n;
  if (Number.isNaN(a + b)) return untested(noEstimate(n, method, "a value is not finite"));
  const freedom = a + b === 0 ? n - 2 : (a + b) ** 2 / (a ** 2 / (first.n - 1) + b ** 2 / (second.n - 1));
  return tested(second.mean - first.mean, Math.sqrt(a + b), freedom, n, confidence, 0, method);
}

function tested(
  value: number,
  standardError: number,
  degreesOfFreedom: number,
  n: number,
  confidence: number,
  against: number,
  method: string,
): TestedEstimate {
  const half = studentQuantile(0.5 + confidence / 2, degreesOfFreedom) * standardError;
  const difference = value - against;
  const statistic = difference === 0 ? 0 : difference / standardError;
  return {
    value,
    standardError,
    interval: { low: value - half, high: value + half, confidence },
    n,
    method,
    reason: null,
    statistic,
    degreesOfFreedom,
    pValue: studentTwoSided(statistic, degreesOfFreedom),
  };
}

function untested(estimate: Estimate): TestedEstimate {
  return { ...estimate, statistic: null, degreesOfFreedom: null, pValue: null };
}
