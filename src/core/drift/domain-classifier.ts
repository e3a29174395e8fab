import { createRandom } from "../statistics/random.ts";
import { boostTrees, type BoostedTreesOptions } from "./boosted-trees.ts";
import type { CrossFittedAuc } from "./cross-fitted-auc.ts";
import { crossFittedAuc } from "./cross-fitted-auc.ts";
import type { BinnedFeatures } from "./feature-matrix.ts";

/** Can a model tell current rows from reference rows? AUC 0.5: no. Finds what single columns cannot show. */
export interface DomainClassifierAnswer extends CrossFittedAuc {
  readonly rows: readonly [number, number];
  /** Share of the trees' gain by column, largest first. */
  readonly importances: ReadonlyArray<{ readonly name: string; readonly share: number }>;
  readonly method: string;
}

const folds = 3;
const options = { rounds: 40, depth: 4, learningRate: 0.2, leafRows: 15, featureShare: 0.6 };
/** Fewest rows on each side. */
export const classifierRowsNeeded = 100;

/** Null with too few rows or no features. Folds are drawn by `seed`. */
export function domainClassifier(
  features: BinnedFeatures,
  seed: number,
  confidence: number,
): DomainClassifierAnswer | null {
  const { bins, isCurrent, rows } = features;
  const current = isCurrent.reduce((sum, label) => sum + label, 0);
  if (bins.length === 0 || Math.min(current, rows - current) < classifierRowsNeeded) return null;
  const { margins, gains } = crossFitTrees(bins, isCurrent, folds, options, seed);
  const area = crossFittedAuc(margins, isCurrent, confidence);
  if (area === null) return null;
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  const importances = features.names
    .map((name, index) => ({ name, share: total > 0 ? gains[index]! / total : 0 }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  return {
    ...area,
    rows: [rows - current, current],
    importances,
    method: `${folds}-fold out-of-fold AUC of boosted trees (${options.rounds} of depth ${options.depth}), DeLong interval widened for the folds`,
  };
}

/** Folds stratified by label, in random order. */
export function drawFolds(labels: Uint8Array, count: number, random: { nextBelow(bound: number): number }): Uint8Array {
  const foldOf = new Uint8Array(labels.length);
  for (const label of [0, 1]) {
    const rows: number[] = [];
    for (let row = 0; row < labels.length; row++) if (labels[row] === label) rows.push(row);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = random.nextBelow(i + 1);
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    rows.forEach((row, position) => {
      foldOf[row] = position % count;
    });
  }
  return foldOf;
}

function drawUnitFolds(
  labels: Uint8Array,
  units: ArrayLike<number>,
  count: number,
  random: { nextBelow(bound: number): number },
): Uint8Array {
  const places = new Map<number, number>();
  const placeOf = Uint32Array.from(labels, (label, row) => {
    const key = 2 * units[row]! + label;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  });
  const folds = drawFolds(
    Uint8Array.from(places.keys(), (key) => key % 2),
    count,
    random,
  );
  return Uint8Array.from(placeOf, (place) => folds[place]!);
}

/**
 * Margins of boosted trees, each row's by trees fitted without its fold, and the trees' gain by feature.
 * @param units of the rows, those of one label in a fold of their own: trees would know a unit again; null: rows by themselves
 */
export function crossFitTrees(
  bins: readonly Uint8Array[],
  labels: Uint8Array,
  count: number,
  treeOptions: BoostedTreesOptions,
  seed: number,
  units: ArrayLike<number> | null = null,
): { readonly margins: Float64Array; readonly gains: Float64Array } {
  const random = createRandom(seed);
  const foldOf = units === null ? drawFolds(labels, count, random) : drawUnitFolds(labels, units, count, random);
  const margins = new Float64Array(labels.length);
  const gains = new Float64Array(bins.length);
  for (let fold = 0; fold < count; fold++) {
    const all = Uint32Array.from({ length: labels.length }, (_, row) => row);
    const train = all.filter((row) => foldOf[row] !== fold);
    const score = all.filter((row) => foldOf[row] === fold);
    boostTrees(bins, labels, train, score, margins, gains, treeOptions, random);
  }
  return { margins, gains };
}
