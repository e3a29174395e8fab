import { chiSquaredSurvival } from "./gamma-distribution.ts";
import { logGamma } from "./log-gamma.ts";
import { noTest, type TestResult } from "./result.ts";

/** Units counted per arm while one allocation was in force. */
export interface AllocatedCounts {
  readonly counts: readonly number[];
  /** Intended shares of the arms; need not sum to 1. */
  readonly shares: readonly number[];
}

export interface SequentialRatioResult extends TestResult {
  /** log of the Bayes factor of "shares differ" against "as allocated": evidence that may be read at any time. */
  readonly logBayesFactor: number;
  readonly mismatch: boolean;
}

/** Concentration of the prior around the allocation: 100 pseudo-units. */
const CONCENTRATION = 100;

/**
 * Sample ratio mismatch by a test that may be read after every unit (Lindon and Malek, arXiv 2011.03567). Where the
 * allocation changed, give one entry per period: each starts anew and the factors multiply. `pValue` = min(1, 1/BF) is
 * valid at any time; `mismatch` when it is at most `level`: once seen it stands, whatever comes later.
 */
export function sequentialSampleRatio(
  periods: readonly AllocatedCounts[],
  level = 0.01,
  concentration = CONCENTRATION,
): SequentialRatioResult {
  const method = "sequential multinomial Bayes factor (Lindon-Malek)";
  const arms = armTotals(periods);
  const problem = periods.map(problemOf).find((text) => text !== null) ?? null;
  if (problem !== null) return { ...noTest(arms, method, problem), logBayesFactor: Number.NaN, mismatch: false };
  const logBayesFactor = periods.reduce((sum, period) => sum + logFactor(period, concentration), 0);
  const pValue = Math.min(1, Math.exp(-logBayesFactor));
  return {
    statistic: logBayesFactor,
    pValue,
    n: arms,
    method,
    reason: null,
    logBayesFactor,
    mismatch: pValue <= level,
  };
}

/** What one more unit in `arm` adds to the log Bayes factor of a period; the same number as the closed form's difference. */
export function sampleRatioStep(period: AllocatedCounts, arm: number, concentration = CONCENTRATION): number {
  const total = period.shares.reduce((sum, share) => sum + share, 0);
  const share = (period.shares[arm] as number) / total;
  const n = period.counts.reduce((sum, count) => sum + count, 0);
  return Math.log((concentration * share + (period.counts[arm] as number)) / (concentration + n)) - Math.log(share);
}

function logFactor({ counts, shares }: AllocatedCounts, concentration: number): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const n = counts.reduce((sum, count) => sum + count, 0);
  let log = logGamma(concentration) - logGamma(concentration + n);
  counts.forEach((count, k) => {
    const share = (shares[k] as number) / total;
    if (count === 0) return;
    // A unit in an arm that gets no traffic is impossible as allocated.
    if (share === 0) log = Number.POSITIVE_INFINITY;
    else log += logGamma(concentration * share + count) - logGamma(concentration * share) - count * Math.log(share);
  });
  return log;
}

/**
 * Pearson's chi-squared test of the counts against the shares, for one look fixed in advance (usual level 0.001).
 * Null without units; infinite with p = 0 when an arm without traffic has units.
 */
export function sampleRatioChiSquared(allocated: AllocatedCounts): TestResult {
  const method = "Pearson chi-squared of the sample ratio";
  const { counts, shares } = allocated;
  const problem = problemOf(allocated);
  if (problem !== null) return noTest(counts, method, problem);
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return noTest(counts, method, "there are no units");
  const total = shares.reduce((sum, share) => sum + share, 0);
  let statistic = 0;
  let arms = 0;
  counts.forEach((count, k) => {
    const expected = (n * (shares[k] as number)) / total;
    if (expected > 0) {
      statistic += (count - expected) ** 2 / expected;
      arms++;
    } else if (count > 0) statistic = Number.POSITIVE_INFINITY;
  });
  if (statistic === Number.POSITIVE_INFINITY) return { statistic, pValue: 0, n: counts, method, reason: null };
  if (arms < 2) return noTest(counts, method, "only one arm has traffic");
  return { statistic, pValue: chiSquaredSurvival(statistic, arms - 1), n: counts, method, reason: null };
}

function problemOf({ counts, shares }: AllocatedCounts): string | null {
  if (counts.length !== shares.length) return "there are not as many counts as shares";
  if (counts.some((count) => !(count >= 0 && Number.isInteger(count)))) return "a count is not a whole number >= 0";
  if (shares.some((share) => !(share >= 0 && Number.isFinite(share)))) return "a share is not a number >= 0";
  if (!(shares.reduce((sum, share) => sum + share, 0) > 0)) return "no arm has a share";
  return null;
}

function armTotals(periods: readonly AllocatedCounts[]): number[] {
  const totals: number[] = [];
  for (const { counts } of periods) counts.forEach((count, k) => (totals[k] = (totals[k] ?? 0) + count));
  return totals;
}
