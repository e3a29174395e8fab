import type { AnswerRows } from "../answer-rows.ts";
import { takeAnswers } from "../take-answers.ts";
import type { UnitError } from "../unit-error.ts";
import type { EstimateSide, QualityEstimate } from "./estimator.ts";

const MOST_DEGREES = 1e6;

/** What an estimator says of one slice. */
export type SliceValue = Pick<QualityEstimate, "value" | "standardError" | "degrees" | "skew" | "reason">;

/** What all slices of a period share. */
export interface PeriodEstimate {
  readonly rows: AnswerRows;
  readonly slices: readonly Uint8Array[];
  readonly method: string;
  /** Why nothing can be said of the period; null: something can. */
  readonly refusal: string | null;
  readonly leastUnits: number;
}

/** One estimate a slice: refused, too small, or what `estimate` makes of its rows (and where they are in the period). */
export function sliceEstimates(
  { rows, slices, method, refusal, leastUnits }: PeriodEstimate,
  estimate: (index: readonly number[], inside: AnswerRows, slice: number) => SliceValue,
): QualityEstimate[] {
  return slices.map((mask, slice): QualityEstimate => {
    const index = indexOf(mask);
    const inside = takeAnswers(rows, index);
    const known = { rows: index.length, units: new Set(inside.units).size, method };
    if (refusal !== null) return { ...known, ...nothing(refusal) };
    if (known.units < leastUnits) {
      return { ...known, ...nothing(`${known.units} units, at least ${leastUnits} are needed`) };
    }
    return { ...known, ...estimate(index, inside, slice) };
  });
}

/**
 * A value with the error of its units and the variance that comes from elsewhere (labels, calibration), which is taken as known:
 * degrees of freedom (Satterthwaite) and skew are the units', as far as the error is theirs.
 */
export function withError(value: number, units: UnitError, elsewhere: number): SliceValue {
  const own = Number.isNaN(units.standardError) ? 0 : units.standardError ** 2;
  const variance = own + elsewhere;
  if (!(variance > 0)) return { value, standardError: null, degrees: units.degrees, skew: units.skew, reason: null };
  const share = own / variance;
  return {
    value,
    standardError: Math.sqrt(variance),
    degrees: Math.min(MOST_DEGREES, units.degrees / Math.max(share * share, Number.EPSILON)),
    skew: units.skew * share ** 1.5,
    reason: null,
  };
}

/** No value, for a reason. */
export function nothing(reason: string): SliceValue {
  return { value: null, standardError: null, degrees: 1, skew: 0, reason };
}

/** Nothing is said of a period's slices, for one reason. */
export function silent({ rows, slices }: EstimateSide, reason: string): QualityEstimate[] {
  const period = { rows, slices, method: "none", refusal: `refused: ${reason}`, leastUnits: 0 };
  return sliceEstimates(period, () => nothing(reason));
}

/** Rows that a mask lets through, ascending. */
export function indexOf(mask: Uint8Array): number[] {
  const index: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) index.push(i);
  return index;
}

/** At most `limit` of the rows, spread evenly. */
export function evenly(rows: number, limit: number): Uint32Array {
  const count = Math.min(rows, limit);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
