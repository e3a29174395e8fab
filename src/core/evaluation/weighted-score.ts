import { FOLDS } from "./draws.ts";
import type { PairedDifference } from "./studentised.ts";

/**
 * The weighted mean of slice differences, S = sum w_s D_s / sum w_s over the slices that have evidence, as one paired
 * difference over folds: residual z_f = sum_s w_s e_sf / W_s, weight = the weighted average share of fold f. With one
 * slice it is that slice, number for number; slices may overlap, because folds are shared. The residuals of a slice of
 * few folds are taken around its own mean, so they are widened by its own k / (k - 1): a score over a thousand slices
 * of ten units each would else be surer than it is.
 * @param pairs null where a slice has no evidence
 * @returns null when no slice with a positive weight has evidence
 */
export function weightedDifference(
  pairs: readonly (PairedDifference | null)[],
  weights: ArrayLike<number>,
): PairedDifference | null {
  let total = 0;
  for (let s = 0; s < pairs.length; s++) if (pairs[s] !== null) total += weights[s]!;
  if (!(total > 0)) return null;
  const residual = new Float64Array(FOLDS);
  const weight = new Float64Array(FOLDS);
  let difference = 0;
  const pooled = smallSample(foldsOf(pairs, weights));
  for (let s = 0; s < pairs.length; s++) {
    const pair = pairs[s];
    const share = weights[s]! / total;
    if (!pair || share === 0) continue;
    difference += share * pair.difference;
    let sliceWeight = 0;
    for (let f = 0; f < pair.folds.length; f++) sliceWeight += pair.weight[f]!;
    const factor = share / sliceWeight;
    const widened = (factor * smallSample(pair.folds.length)) / pooled;
    for (let f = 0; f < pair.folds.length; f++) {
      const fold = pair.folds[f]!;
      residual[fold] = residual[fold]! + widened * pair.residual[f]!;
      weight[fold] = weight[fold]! + factor * pair.weight[f]!;
    }
  }
  return compact(difference, residual, weight);
}

/** How many folds the slices with a weight lie in together. */
function foldsOf(pairs: readonly (PairedDifference | null)[], weights: ArrayLike<number>): number {
  const seen = new Uint8Array(FOLDS);
  pairs.forEach((pair, s) => {
    if (pair !== null && weights[s]! > 0) for (const fold of pair.folds) seen[fold] = 1;
  });
  return seen.reduce((sum, each) => sum + each, 0);
}

/** By how much residuals around a mean of k folds are too small: sqrt(k / (k - 1)). */
function smallSample(folds: number): number {
  return folds < 2 ? 1 : Math.sqrt(folds / (folds - 1));
}

function compact(difference: number, residual: Float64Array, weight: Float64Array): PairedDifference {
  const folds: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) if (weight[fold]! > 0) folds.push(fold);
  const kept = (from: Float64Array): Float64Array => Float64Array.from(folds, (fold) => from[fold]!);
  const residuals = kept(residual);
  let squares = 0;
  for (const e of residuals) squares += e * e;
  const k = folds.length;
  const standardError = k < 2 ? Number.NaN : Math.sqrt((squares * k) / (k - 1));
  return { folds: Uint8Array.from(folds), residual: residuals, weight: kept(weight), difference, standardError };
}
