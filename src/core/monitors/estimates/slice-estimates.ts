import type { AnswerRows } from "../answer-rows.ts";
import { takeAnswers } from "../take-answers.ts";
import type { EstimateSide, QualityEstimate } from "./estimator.ts";

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
