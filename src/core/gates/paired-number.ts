import { pairModels } from "../evaluation/paired.ts";
import type { SliceCounts, SliceFoldValues } from "../evaluation/fold-values.ts";
import type { PairedDifference } from "../evaluation/studentised.ts";
import { studentQuantile } from "../statistics/student-distribution.ts";
import type { Prepared } from "./prepare.ts";
import type { PairedNumber } from "./verdict.ts";

/** Beyond this many slices only the deciding metric is resampled; others get the linearised interval. */
export const RESAMPLED_SLICES = 100;

const CHALLENGER = 1;

/**
 * One metric of challenger and champion side by side: values, raw difference (challenger minus champion) and its
 * two-sided interval, by the same draws as the verdict or, for many slices, from the linearised variance.
 */
export function pairedNumber(
  prepared: Prepared,
  values: SliceFoldValues,
  direction: 1 | -1,
  counts: SliceCounts,
  resampled: boolean,
  against = 0,
): PairedNumber {
  const champion = values.values[against] ?? null;
  const challenger = values.values[CHALLENGER] ?? null;
  // Direction +1: the raw difference.
  const paired = pairModels(values, CHALLENGER, against, 1);
  const interval =
    paired === null ? null : finite(resampled ? prepared.test(paired).interval : linearised(prepared, paired));
  const reason =
    values.reasons[CHALLENGER] ??
    values.reasons[against] ??
    (counts.rows === 0 ? "no rows" : paired === null ? "one unit or fold only: no interval" : null);
  return {
    champion,
    challenger,
    difference: champion === null || challenger === null ? null : challenger - champion,
    interval,
    direction,
    n: counts.groups ?? counts.rows,
    units: counts.units,
    method: resampled
      ? `studentised paired bootstrap over folds of units, ${prepared.draws.count} draws`
      : "linearised variance over folds of units, Student t",
    reason,
  };
}

function linearised(prepared: Prepared, paired: PairedDifference): readonly [number, number] {
  if (paired.standardError === 0) return [paired.difference, paired.difference];
  const tail = (1 - prepared.input.gate.confidence) / 2;
  const half = studentQuantile(1 - tail, paired.folds.length - 1) * paired.standardError;
  return [paired.difference - half, paired.difference + half];
}

function finite(interval: readonly [number, number]): readonly [number, number] | null {
  return Number.isFinite(interval[0]) && Number.isFinite(interval[1]) ? interval : null;
}
