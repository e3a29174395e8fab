import { pairedDifference, type PairedDifference } from "./studentised.ts";
import type { FoldValues, SliceFoldValues } from "./fold-values.ts";

/**
 * Oriented difference `model` minus `against` on one slice, or null where one of the two has no value or the slice
 * lies in fewer than two folds (one unit has no spread to judge by).
 */
export function pairModels(
  values: SliceFoldValues,
  model: number,
  against: number,
  direction: 1 | -1,
): PairedDifference | null {
  if (values.folds.length < 2) return null;
  if (values.values[model] == null || values.values[against] == null) return null;
  const better = values.sums[model]!;
  const worse = values.sums[against]!;
  const numerator = new Float64Array(values.folds.length);
  for (let f = 0; f < numerator.length; f++) numerator[f] = direction * (better[f]! - worse[f]!);
  return pairedDifference(values.folds, numerator, values.weight);
}

/** Folds that hold data of any slice, ascending. */
export function presentFolds(values: FoldValues): number[] {
  const seen = new Uint8Array(256);
  for (const fold of values.overall.folds) seen[fold] = 1;
  for (const slice of values.slices) for (const fold of slice.folds) seen[fold] = 1;
  return Array.from(seen.keys()).filter((fold) => seen[fold] === 1);
}
