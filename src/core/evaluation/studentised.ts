import { studentQuantile } from "../statistics/student-distribution.ts";
import { FOLDS, type Draws } from "./draws.ts";

/**
 * A paired difference in the form that the bootstrap needs: per present fold the residual e = d - D w of its oriented
 * difference d, and its weight w; the difference D and its standard error.
 */
export interface PairedDifference {
  readonly folds: Uint8Array;
  readonly residual: Float64Array;
  readonly weight: Float64Array;
  /** Oriented: positive means that the challenger is better. */
  readonly difference: number;
  readonly standardError: number;
}

/**
 * D = sum d / sum w over folds, se(D) by the linearised (delta method) variance of a ratio over k folds with the
 * factor k / (k - 1).
 * @param numerator oriented difference per fold, challenger minus other
 */
export function pairedDifference(folds: Uint8Array, numerator: Float64Array, weight: Float64Array): PairedDifference {
  let total = 0;
  let totalWeight = 0;
  for (let f = 0; f < folds.length; f++) {
    total += numerator[f]!;
    totalWeight += weight[f]!;
  }
  const difference = total / totalWeight;
  const residual = new Float64Array(folds.length);
  let squares = 0;
  for (let f = 0; f < folds.length; f++) {
    const e = numerator[f]! - difference * weight[f]!;
    residual[f] = e;
    squares += e * e;
  }
  return { folds, residual, weight, difference, standardError: scale(squares, folds.length, totalWeight) };
}

function scale(squares: number, folds: number, totalWeight: number): number {
  if (folds < 2) return Number.NaN;
  return Math.sqrt((Math.max(0, squares) * folds) / (folds - 1)) / totalWeight;
}

/** Per draw: D* - D and the standard error se* that the draw itself would have reported. */
export interface Resampled {
  readonly shift: Float64Array;
  readonly standardError: Float64Array;
}

/** Per fold: e, w, e^2, e w, w^2 side by side, zeros where the slice has no rows: a drawn fold then adds nothing. */
const SUMS = 5;

/**
 * Resamples one paired difference with all draws (METHODS 1, studentised paired unit bootstrap). The shift D* - D of a
 * draw in which the slice does not occur is 0, its standard error NaN.
 */
export function resample(paired: PairedDifference, draws: Draws): Resampled {
  const { starts, drawn, times } = draws;
  const k = paired.folds.length;
  const terms = foldTerms(paired);
  const shift = new Float64Array(draws.count);
  const standardError = new Float64Array(draws.count);
  for (let b = 0; b < draws.count; b++) {
    let sumE = 0;
    let sumW = 0;
    let sumEE = 0;
    let sumEW = 0;
    let sumWW = 0;
    const end = starts[b + 1]!;
    for (let i = starts[b]!; i < end; i++) {
      const at = drawn[i]! * SUMS;
      const v = times[i]!;
      sumE += v * terms[at]!;
      sumW += v * terms[at + 1]!;
      sumEE += v * terms[at + 2]!;
      sumEW += v * terms[at + 3]!;
      sumWW += v * terms[at + 4]!;
    }
    if (sumW <= 0) {
      standardError[b] = Number.NaN;
      continue;
    }
    const moved = sumE / sumW;
    shift[b] = moved;
    standardError[b] = scale(sumEE - 2 * moved * sumEW + moved * moved * sumWW, k, sumW);
  }
  return { shift, standardError };
}

function foldTerms({ folds, residual, weight }: PairedDifference): Float64Array {
  const terms = new Float64Array(FOLDS * SUMS);
  for (let f = 0; f < folds.length; f++) {
    const e = residual[f]!;
    const w = weight[f]!;
    terms.set([e, w, e * e, e * w, w * w], folds[f]! * SUMS);
  }
  return terms;
}

/** t* = (D* - D) / se* of one draw; 0 where the draw has no spread and no shift, NaN where the slice was not drawn. */
export function studentise(shift: number, standardError: number): number {
  if (Number.isNaN(standardError)) return Number.NaN;
  if (standardError > 0) return shift / standardError;
  if (shift === 0) return 0;
  return shift > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** Critical values of the studentised bootstrap: interval = [D - high * se, D - low * se]. */
export interface CriticalValues {
  readonly low: number;
  readonly high: number;
}

/**
 * Quantiles alpha/2 and 1 - alpha/2 of t*, as order statistics of rank (B+1)p. Draws in which the slice did not occur
 * are left out. Infinite quantiles stay infinite: the interval then has no bound there.
 */
export function criticalValues(resampled: Resampled, confidence: number): CriticalValues {
  const kept = new Float64Array(resampled.shift.length);
  let count = 0;
  for (let b = 0; b < resampled.shift.length; b++) {
    const t = studentise(resampled.shift[b]!, resampled.standardError[b]!);
    if (!Number.isNaN(t)) kept[count++] = t;
  }
  const sorted = kept.subarray(0, count).sort();
  const tail = (1 - confidence) / 2;
  const rank = Math.min(sorted.length, Math.max(1, Math.round((sorted.length + 1) * tail)));
  return { low: sorted[rank - 1] ?? Number.NaN, high: sorted[sorted.length - rank] ?? Number.NaN };
}

/**
 * How many folds carry the variation: (sum e^2)^2 / sum e^4 (Kish's formula on squared residuals). Two models that
 * differ on three users of thousands have about 3, whatever the number of rows.
 */
export function effectiveFolds(paired: PairedDifference): number {
  let squares = 0;
  let fourths = 0;
  for (const e of paired.residual) {
    squares += e * e;
    fourths += e * e * e * e;
  }
  return fourths > 0 ? (squares * squares) / fourths : paired.folds.length;
}

/** More draws than this share without spread leave the resampled t no usable tail. */
const MOST_EMPTY_DRAWS = 0.005;

/**
 * True where so few folds differ that draws often miss all of them (each misses k with chance e^-k): their standard
 * error is then next to nothing, and t* is anything. Many folds of which some weigh heavily are no such case.
 */
export function restsOnFewFolds(paired: PairedDifference, resampled: Resampled): boolean {
  let empty = 0;
  for (const se of resampled.standardError) if (!(se >= 0.1 * paired.standardError)) empty++;
  return paired.standardError > 0 && empty > MOST_EMPTY_DRAWS * resampled.standardError.length;
}

/** Student's critical values with the effective folds less one as degrees of freedom, at least one. */
export function fewFoldsCriticalValues(effective: number, confidence: number): CriticalValues {
  const high = studentQuantile(1 - (1 - confidence) / 2, Math.max(1, effective - 1));
  return { low: -high, high };
}

/** Two-sided bounds [L, U] of an oriented difference; equal to the difference itself when nothing varies. */
export function bounds(paired: PairedDifference, critical: CriticalValues): readonly [number, number] {
  if (paired.standardError === 0) return [paired.difference, paired.difference];
  return [
    paired.difference - critical.high * paired.standardError,
    paired.difference - critical.low * paired.standardError,
  ];
}

/** The interval, or null where one of its ends is not a number to print. */
export function finite(interval: readonly [number, number]): readonly [number, number] | null {
  return Number.isFinite(interval[0]) && Number.isFinite(interval[1]) ? interval : null;
}
