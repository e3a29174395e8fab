import type { ArmDifference } from "./arm-difference.ts";
import type { RunningDifference } from "./asymptotic-confidence-sequence.ts";

/** The strata as one; `n` counts those that are used. Feed it to a confidence sequence. */
export interface StratifiedDifference extends RunningDifference {
  /** Share of each stratum in the difference, in the order given; 0 where it is not used. */
  readonly weights: readonly number[];
}

/**
 * D = sum w_g D_g over stages or cohorts, so that a changing share of traffic cannot make an effect where there is none in
 * any of them (Simpson). V = sum w_g^2 V_g + 2 sum w_g w_h C_gh: units that come back are in several strata, and what one arm
 * got by chance in one it has again in the next ({@link mostCorrelated}). Weights are proportional to n_T n_C/(n_T + n_C), or to `mix` (the traffic
 * that is meant). A stratum that is not ready is left out; with a `mix` that gives it weight
 * there is then no answer. Looking on under a `mix` is safe within a stage only; over stages use the default weights, under
 * which information only grows.
 */
export function stratifiedDifference(strata: readonly ArmDifference[], mix?: readonly number[]): StratifiedDifference {
  const raw = strata.map((stratum, g) => {
    if (!usable(stratum)) return 0;
    return mix === undefined
      ? (stratum.control * stratum.treatment) / (stratum.control + stratum.treatment)
      : (mix[g] ?? 0);
  });
  const missing = mix !== undefined && strata.some((stratum, g) => (mix[g] ?? 0) > 0 && !usable(stratum));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  if (missing || !(total > 0)) {
    const reason = missing ? "a stratum of the mix has no comparison yet" : "no stratum can be compared yet";
    return { difference: Number.NaN, standardError: Number.NaN, n: 0, weights: raw.map(() => 0), notReady: reason };
  }
  const weights = raw.map((weight) => weight / total);
  let difference = 0;
  let variance = 0;
  let n = 0;
  const before: { readonly error: number; readonly stratum: ArmDifference }[] = [];
  strata.forEach((stratum, g) => {
    const weight = weights[g] as number;
    if (weight === 0) return;
    difference += weight * stratum.difference;
    const error = weight * stratum.standardError;
    variance += error * error;
    for (const other of before) variance += 2 * error * other.error * mostCorrelated(other.stratum, stratum);
    before.push({ error, stratum });
    n += stratum.control + stratum.treatment;
  });
  return { difference, standardError: Math.sqrt(variance), n, weights, notReady: null };
}

/**
 * The most that the differences of two strata can correlate where units keep their side while the share grows: with odds o of
 * the treatment and N units, sqrt(o_g / o_h) sqrt(N_g / N_h), each the smaller over the larger. Reached where the units of
 * the smaller stratum are all in the other one too and do the same there: for means over units drawn by one uniform number u
 * each (treatment: u < share), cov = sd^2 / (N_h share_h (1 - share_g)), share_g < share_h.
 */
function mostCorrelated(a: ArmDifference, b: ArmDifference): number {
  const lesserOverGreater = (x: number, y: number): number => Math.min(x, y) / Math.max(x, y);
  const odds = lesserOverGreater(a.treatment / a.control, b.treatment / b.control);
  return Math.sqrt(odds * lesserOverGreater(a.control + a.treatment, b.control + b.treatment));
}

function usable({ difference, standardError, control, treatment, notReady }: ArmDifference): boolean {
  return (
    notReady === null &&
    control > 0 &&
    treatment > 0 &&
    Number.isFinite(difference) &&
    standardError > 0 &&
    Number.isFinite(standardError)
  );
}
