import { type Estimate, noEstimate } from "./result.ts";

/** A difference of means as it stands now. */
export interface RunningDifference {
  readonly difference: number;
  /** Standard error of the difference, as at a single look. */
  readonly standardError: number;
  /** Observations in both arms together. */
  readonly n: number;
  /**
   * Why the normal approximation does not hold yet; null when it does. At 1% of traffic and a rate of 0.1, looking from
   * the start without this check raises an alarm in 60 of 100 rollouts that do no harm (see `arm-difference.ts`).
   */
  readonly notReady: string | null;
}

/**
 * How a sequence is tuned; fixed before the first look. The width is best near `expectedN` observations (both arms), the
 * coverage holds at every look whatever it is. One-sided guardrail at alpha: two-sided with confidence 1 - 2 alpha, one end.
 */
export interface SequenceTuning {
  readonly confidence: number;
  readonly expectedN: number;
}

const ASYMPTOTIC = "asymptotic confidence sequence (Waudby-Smith et al. 2021)";
const MIXTURE = "normal mixture confidence sequence (Howard et al. 2021)";

/** Half width in units of the standard error, by the form that GrowthBook uses. */
export function asymptoticMultiplier(n: number, tuning: SequenceTuning): number {
  const alpha = 1 - tuning.confidence;
  const scaled = n * tuningSquare(alpha, tuning.expectedN);
  return Math.sqrt(((2 * (scaled + 1)) / scaled) * Math.log(Math.sqrt(scaled + 1) / alpha));
}

/** r^2, the variance of the mixing normal, best at the expected number of observations. */
function tuningSquare(alpha: number, expectedN: number): number {
  const twice = -2 * Math.log(alpha);
  return (twice + Math.log(twice + 1)) / expectedN;
}

/**
 * Difference with an interval that holds at every look at once, asymptotically (arXiv 2103.06476): estimate -+
 * se sqrt(N) sqrt(2(N r^2 + 1)/(N^2 r^2) log(sqrt(N r^2 + 1)/alpha)). No interval while the standard error is 0 or missing.
 */
export function asymptoticConfidenceSequence(running: RunningDifference, tuning: SequenceTuning): Estimate {
  return sequence(running, tuning, ASYMPTOTIC, asymptoticMultiplier);
}

/**
 * p-value of "no difference" that holds at every look: the smallest level at which the sequence, tuned as given, leaves 0
 * out. Take the minimum over looks for the running one. NaN while there is no standard error to be trusted.
 */
export function anytimePValue(running: RunningDifference, tuning: SequenceTuning): number {
  if (!usable(running)) return Number.NaN;
  const scaled = running.n * tuningSquare(1 - tuning.confidence, tuning.expectedN);
  const z = running.difference / running.standardError;
  return Math.min(1, Math.sqrt(scaled + 1) * Math.exp((-z * z * scaled) / (2 * (scaled + 1))));
}

/** Half width in units of the standard error of Howard's normal mixture (arXiv 1810.08240 eq. 14), Eppo's form. */
export function normalMixtureMultiplier(n: number, tuning: SequenceTuning): number {
  const alpha = 1 - tuning.confidence;
  const square = alpha * alpha;
  const rho = tuning.expectedN / (Math.log(Math.log(Math.E / square)) - Math.log(square));
  return Math.sqrt(((n + rho) / n) * Math.log((n + rho) / (rho * square)));
}

/** Difference with Howard's normal mixture interval, holding at every look. */
export function normalMixtureSequence(running: RunningDifference, tuning: SequenceTuning): Estimate {
  return sequence(running, tuning, MIXTURE, normalMixtureMultiplier);
}

function sequence(
  running: RunningDifference,
  tuning: SequenceTuning,
  method: string,
  multiplier: (n: number, tuning: SequenceTuning) => number,
): Estimate {
  const { difference, standardError, n } = running;
  if (!(n > 0) || Number.isNaN(difference)) return noEstimate(n, method, "there are no observations");
  const base = { value: difference, standardError, n, method };
  if (running.notReady !== null) return { ...base, standardError: null, interval: null, reason: running.notReady };
  if (!usable(running)) {
    return {
      ...base,
      standardError: null,
      interval: null,
      reason: "nothing has varied yet, so there is no standard error",
    };
  }
  const half = standardError * multiplier(n, tuning);
  const interval = { low: difference - half, high: difference + half, confidence: tuning.confidence };
  return { ...base, interval, reason: null };
}

function usable(running: RunningDifference): boolean {
  return (
    running.notReady === null && running.n > 0 && running.standardError > 0 && Number.isFinite(running.standardError)
  );
}
