import { normalSurvival } from "../statistics/normal-distribution.ts";

/** Fewest periods for the answer. */
const periodsNeeded = 10;

/**
 * p-value that the current periods lie no farther from the reference than its own windows do, taken over all periods:
 * the mean of their conformal p-values against 1/2, with the variance of a rank test (1/12 of 1/T + 1/R) where T and R are
 * the periods and windows made fewer by the lag-1 autocorrelation of the p-values. Finds what moved a little for long,
 * which no single period shows. Null with fewer than ten periods.
 */
export function sustainedPValue(pValues: readonly number[], referenceWindows: number): number | null {
  const T = pValues.length;
  if (T < periodsNeeded || referenceWindows < periodsNeeded) return null;
  const mean = pValues.reduce((sum, p) => sum + p, 0) / T;
  let square = 0;
  let product = 0;
  for (let t = 0; t < T; t++) {
    square += (pValues[t]! - mean) ** 2;
    if (t > 0) product += (pValues[t]! - mean) * (pValues[t - 1]! - mean);
  }
  const correlation = square > 0 ? Math.min(0.9, Math.max(0, product / square)) : 0;
  const fewer = (1 - correlation) / (1 + correlation);
  const variance = (1 / (T * fewer) + 1 / (referenceWindows * fewer)) / 12;
  return normalSurvival((0.5 - mean) / Math.sqrt(variance));
}
