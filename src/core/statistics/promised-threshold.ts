import { binomialSurvival } from "./beta-distribution.ts";
import { sortedFinite } from "./quantile.ts";

/** A threshold with the promise that it carries. */
export interface PromisedThreshold {
  /** Null where the data cannot carry the promise; `reason` then says what would. */
  readonly threshold: number | null;
  /** Held-out cases of the class whose error is promised. */
  readonly n: number;
  /** Which of the sorted scores it is, from 1. */
  readonly rank: number | null;
  /** Chance that the promise is broken, at most; below the allowed one because ranks are whole. */
  readonly violation: number | null;
  readonly method: string;
  readonly reason: string | null;
}

const UMBRELLA = "Neyman-Pearson umbrella (Tong, Feng and Li 2018)";

/**
 * The smallest rank k of n sorted held-out scores such that "error of this class <= alpha" fails with chance at most
 * delta: P(Binomial(n, 1 - alpha) >= k) <= delta. Null when n is below log(delta)/log(1 - alpha).
 */
export function neymanPearsonRank(n: number, alpha: number, delta: number): number | null {
  if (!(n >= 1) || !(alpha > 0 && alpha < 1) || !(delta > 0 && delta < 1)) return null;
  const violation = (k: number): number => binomialSurvival(k - 1, n, 1 - alpha);
  if (violation(n) > delta) return null;
  let low = 0;
  let high = n;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (violation(middle) <= delta) high = middle;
    else low = middle;
  }
  return high;
}

/** Fewest cases with which {@link neymanPearsonRank} exists. */
export function neymanPearsonLeast(alpha: number, delta: number): number {
  return Math.ceil(Math.log(delta) / Math.log1p(-alpha));
}

/**
 * Threshold t such that, with confidence 1 - delta, at most a share alpha of the class whose held-out scores are given
 * lies **above** t (predict the other class when score > t). NaN scores are left out.
 */
export function umbrellaThreshold(scores: ArrayLike<number>, alpha: number, delta: number): PromisedThreshold {
  const sorted = sortedFinite(scores);
  const n = sorted.length;
  const rank = neymanPearsonRank(n, alpha, delta);
  if (rank === null) {
    const reason = `${n} cases cannot carry the promise; ${neymanPearsonLeast(alpha, delta)} can`;
    return { threshold: null, n, rank: null, violation: null, method: UMBRELLA, reason };
  }
  const violation = binomialSurvival(rank - 1, n, 1 - alpha);
  return { threshold: sorted[rank - 1] as number, n, rank, violation, method: UMBRELLA, reason: null };
}

/**
 * Threshold t such that, with confidence 1 - delta, recall is at least `recall` when score >= t counts as positive: the
 * umbrella on the reversed scores of held-out positives.
 */
export function recallThreshold(positiveScores: ArrayLike<number>, recall: number, delta: number): PromisedThreshold {
  const reversed = Float64Array.from(positiveScores, (score) => -score);
  const result = umbrellaThreshold(reversed, 1 - recall, delta);
  return result.threshold === null ? result : { ...result, threshold: -result.threshold };
}

/** Mean held-out loss at each setting, settings ordered so that the true risk does not rise. */
export interface RiskCurve {
  readonly settings: readonly number[];
  readonly risks: readonly number[];
  /** Held-out cases. */
  readonly n: number;
  /** Largest possible loss of one case. */
  readonly lossBound: number;
}

/** The chosen setting and the adjusted risk there. */
export interface ControlledRisk {
  readonly setting: number | null;
  readonly adjustedRisk: number | null;
  readonly n: number;
  readonly method: string;
  readonly reason: string | null;
}

/**
 * Conformal risk control (Angelopoulos et al., arXiv 2208.02814): the first setting from which on
 * n/(n+1) risk + bound/(n+1) <= alpha. Then the expected loss of the next case is at most alpha, for a loss that does not
 * rise along the settings. (Taking "from which on" instead of "where first" is the safe side where the curve wobbles.)
 */
export function conformalRiskControl(curve: RiskCurve, alpha: number): ControlledRisk {
  const method = "conformal risk control";
  const { settings, risks, n, lossBound } = curve;
  const none = (reason: string): ControlledRisk => ({ setting: null, adjustedRisk: null, n, method, reason });
  if (!(n >= 1) || settings.length === 0) return none("there are no held-out cases or settings");
  if (lossBound / (n + 1) > alpha)
    return none(`${n} cases cannot carry the promise; ${Math.ceil(lossBound / alpha) - 1} can`);
  const adjusted = (i: number): number => (n * (risks[i] as number) + lossBound) / (n + 1);
  let first = settings.length;
  while (first > 0 && adjusted(first - 1) <= alpha) first--;
  if (first === settings.length) return none("no setting keeps the risk");
  return { setting: settings[first] as number, adjustedRisk: adjusted(first), n, method, reason: null };
}
