import { quantileOfSorted } from "./quantile.ts";

/** The answer of {@link maxT}. */
export interface MaxTResult {
  /**
   * Adjusted p-value per hypothesis; NaN where the observed t is NaN (left out of the family).
   * Rejecting all p <= alpha keeps the chance of any false rejection at alpha.
   */
  readonly adjusted: Float64Array;
  /** Hypotheses in the family. */
  readonly family: number;
  readonly draws: number;
  readonly method: "step-down max-T";
}

/**
 * Step-down max-T (Westfall and Young 1993; Romano and Wolf 2005), one-sided: large t speaks against the hypothesis.
 * adjusted p of the r-th largest t = (1 + #{draws: max over hypotheses not yet stepped over of t* >= t}) / (B + 1), made
 * monotone. Overlap and correlation come in through the joint draws, nothing is assumed about them.
 *
 * `draws[b][s]`: resampled statistics t*, centred at the null; NaN in a draw counts as above everything (conservative).
 * `observed[s]`: t with the same sign convention.
 */
export function maxT(draws: readonly ArrayLike<number>[], observed: ArrayLike<number>): MaxTResult {
  const fill = (s: number, out: Float64Array): void => {
    for (let b = 0; b < out.length; b++) out[b] = (draws[b] as ArrayLike<number>)[s] as number;
  };
  return maxTByHypothesis(draws.length, fill, observed);
}

/**
 * {@link maxT} over draws that are made when they are needed, one hypothesis at a time.
 *
 * `fill(s, out)`: writes the resampled statistics t* of hypothesis s, draw by draw.
 */
export function maxTByHypothesis(
  count: number,
  fill: (s: number, out: Float64Array) => void,
  observed: ArrayLike<number>,
): MaxTResult {
  const adjusted = new Float64Array(observed.length).fill(Number.NaN);
  const order: number[] = [];
  for (let s = 0; s < observed.length; s++) if (!Number.isNaN(observed[s] as number)) order.push(s);
  order.sort((i, j) => compareDescending(observed[i] as number, observed[j] as number) || i - j);
  const maxima = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const own = new Float64Array(count);
  // From the smallest t upwards the active set grows by one, so each draw's maximum is updated, never recomputed.
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const s = order[rank] as number;
    const t = observed[s] as number;
    let reached = 0;
    fill(s, own);
    for (let b = 0; b < count; b++) {
      const value = own[b] as number;
      if (!(value <= (maxima[b] as number))) maxima[b] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
      if ((maxima[b] as number) >= t) reached++;
    }
    adjusted[s] = (1 + reached) / (count + 1);
  }
  let running = 0;
  for (const s of order) {
    running = Math.max(running, adjusted[s] as number);
    adjusted[s] = running;
  }
  return { adjusted, family: order.length, draws: count, method: "step-down max-T" };
}

function compareDescending(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

/**
 * Single-step critical value: the `confidence` quantile over draws of the largest t* among `members` (all by default).
 * Simultaneous bounds are estimate -+ critical value x se. NaN without draws or members.
 */
export function maxTCriticalValue(
  draws: readonly ArrayLike<number>[],
  confidence: number,
  members?: readonly number[],
): number {
  const width = draws[0]?.length ?? 0;
  const columns = members ?? Array.from({ length: width }, (_, s) => s);
  if (columns.length === 0) return Number.NaN;
  const maxima = new Float64Array(draws.length);
  draws.forEach((draw, b) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (const s of columns) {
      const value = draw[s] as number;
      if (!(value <= largest)) largest = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    }
    maxima[b] = largest;
  });
  return quantileOfSorted(maxima.sort(), confidence);
}
