import { pairModels } from "../evaluation/paired.ts";
import type { SliceCounts, SliceFoldValues } from "../evaluation/fold-values.ts";
import { effectiveFolds, finite, type PairedDifference } from "../evaluation/studentised.ts";
import { studentQuantile } from "../statistics/student-distribution.ts";
import type { Prepared, Tested } from "./prepare.ts";
import type { PairedNumber } from "./verdict.ts";

/** Beyond this many slices only the deciding metric is resampled; others get the linearised interval. */
export const RESAMPLED_SLICES = 100;

const CHALLENGER = 1;

export interface PairedNumberOptions {
  /** Index of the model that is compared with; the champion by default. */
  readonly against?: number;
  readonly target?: number | undefined;
  /** The same difference, oriented by the metric's direction, where a gate has resampled it already. */
  readonly known?: Tested | null;
}

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
  { against = 0, target, known }: PairedNumberOptions = {},
): PairedNumber {
  const champion = values.values[against] ?? null;
  const challenger = values.values[CHALLENGER] ?? null;
  // Direction +1: the raw difference.
  const paired = pairModels(values, CHALLENGER, against, 1);
  const tested = paired === null || !resampled ? null : (known ?? prepared.test(paired));
  const computed = paired === null ? null : finite(rawInterval() ?? linearised(prepared, paired));
  // Units that all differ alike by chance would give an interval of no width: certainty from a handful.
  const alike = computed !== null && computed[0] === computed[1] && computed[0] !== 0;
  const spreadless = alike && counts.units < prepared.input.gate.minUnits;
  const interval = spreadless ? null : computed;
  function rawInterval(): readonly [number, number] | null {
    if (tested === null || known == null || direction === 1) return tested?.interval ?? null;
    // Turning the sign of a difference turns its draws and swaps its bounds, to the last bit.
    return [0 - tested.interval[1], 0 - tested.interval[0]];
  }
  const reason =
    values.reasons[CHALLENGER] ??
    values.reasons[against] ??
    (counts.rows === 0 ? "no rows" : paired === null ? "one unit or fold only: no interval" : null) ??
    (spreadless ? `no spread among ${counts.units} units: too few for an interval` : null);
  return {
    champion,
    challenger,
    difference: champion === null || challenger === null ? null : challenger - champion,
    interval,
    direction: towards(target, champion, challenger) ?? direction,
    n: counts.groups ?? counts.rows,
    units: counts.units,
    method: methodOf(tested, resampled, prepared.draws.count),
    reason,
  };
}

/** A metric with a target is better the nearer to it: the sign of a raw difference that is a gain here. */
function towards(target: number | undefined, champion: number | null, challenger: number | null): 1 | -1 | null {
  if (target === undefined || champion === null || challenger === null) return null;
  const gain = Math.abs(champion - target) - Math.abs(challenger - target);
  return gain * (challenger - champion) >= 0 ? 1 : -1;
}

function methodOf(tested: Tested | null, resampled: boolean, draws: number): string {
  if (tested?.few) return `Student t on ${tested.effective.toFixed(1)} effective folds of units`;
  return resampled
    ? `studentised paired bootstrap over folds of units, ${draws} draws`
    : "linearised variance over folds of units, Student t";
}

function linearised(prepared: Prepared, paired: PairedDifference): readonly [number, number] {
  if (paired.standardError === 0) return [paired.difference, paired.difference];
  const tail = (1 - prepared.input.gate.confidence) / 2;
  const degrees = Math.max(1, Math.min(paired.folds.length, effectiveFolds(paired)) - 1);
  const half = studentQuantile(1 - tail, degrees) * paired.standardError;
  return [paired.difference - half, paired.difference + half];
}
