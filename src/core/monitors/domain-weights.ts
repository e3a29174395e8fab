import { crossFittedAuc } from "../drift/cross-fitted-auc.ts";
import { crossFitTrees } from "../drift/domain-classifier.ts";

/** How reference rows are to count so that they look like the current ones. */
export interface DomainWeights {
  /** Per reference row; mean 1. All 1 where nothing moved for sure. */
  readonly weight: Float64Array;
  /** (sum w)^2 / sum w^2 over the number of reference rows. */
  readonly effectiveShare: number;
  /** Share of current rows that lie where the reference has rows too. */
  readonly overlap: number;
  readonly auc: number;
  readonly shifted: boolean;
}

const folds = 3;
const options = { rounds: 40, depth: 3, learningRate: 0.15, leafRows: 50, featureShare: 0.8 };
/** Reference rows this unlikely to be seen beside a current one do not support it: odds of 99 to 1. */
const NO_SUPPORT = 0.99;
/** Fewer units than this on a side tell no shift. */
const LEAST_UNITS = 30;

/**
 * Density ratio of the current rows to the reference by a domain classifier, out of fold (PAPE, Bialek et al. 2401.08348):
 * w = s / (1 - s) n_reference / n_current. Where the classifier cannot tell the two apart for sure (its AUC's 99% interval
 * holds 0.5), the weights would be noise and are 1. Rows of a unit share a fold, and one row of each unit tells the AUC: users
 * who ask again and again would be known again, and look like a shift.
 * @param bins small integers per feature and row, reference rows first
 * @param units codes of what comes back, row by row; null: every row by itself
 */
export function domainWeights(
  bins: readonly Uint8Array[],
  referenceRows: number,
  currentRows: number,
  seed: number,
  units: ArrayLike<number> | null = null,
): DomainWeights {
  const rows = referenceRows + currentRows;
  const isCurrent = new Uint8Array(rows).fill(1, referenceRows);
  const { margins } = crossFitTrees(bins, isCurrent, folds, options, seed, units);
  const told = units === null ? [...isCurrent.keys()] : firstOfUnits(isCurrent, units);
  const sides = Uint8Array.from(told, (row) => isCurrent[row]!);
  const area = crossFittedAuc(
    Float64Array.from(told, (row) => margins[row]!),
    sides,
    0.99,
  );
  const currentUnits = sides.reduce((sum, side) => sum + side, 0);
  const even = { weight: new Float64Array(referenceRows).fill(1), effectiveShare: 1, overlap: 1 };
  if (area === null || Math.min(currentUnits, sides.length - currentUnits) < LEAST_UNITS)
    return { ...even, auc: 0.5, shifted: false };
  if (area.interval[0] <= 0.5) return { ...even, auc: area.auc, shifted: false };
  // Margins are log odds of a classifier that saw both sides in their own sizes.
  const weight = Float64Array.from(
    { length: referenceRows },
    (_, i) => Math.exp(margins[i]!) * (referenceRows / currentRows),
  );
  const mean = weight.reduce((sum, w) => sum + w, 0) / referenceRows;
  let squares = 0;
  for (let i = 0; i < referenceRows; i++) {
    weight[i]! /= mean;
    squares += weight[i]! ** 2;
  }
  let supported = 0;
  for (let i = referenceRows; i < rows; i++) {
    // Against equal sizes of both sides.
    const odds = Math.exp(margins[i]!) * (referenceRows / currentRows);
    if (odds / (1 + odds) <= NO_SUPPORT) supported++;
  }
  return {
    weight,
    effectiveShare: referenceRows / squares,
    overlap: supported / currentRows,
    auc: area.auc,
    shifted: true,
  };
}

/** The first row of every unit of a side. */
function firstOfUnits(isCurrent: Uint8Array, units: ArrayLike<number>): number[] {
  const seen = new Set<number>();
  return [...isCurrent.keys()].filter((row) => {
    const key = 2 * units[row]! + isCurrent[row]!;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
