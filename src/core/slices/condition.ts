/**
 * A condition on the columns of a prediction: the one definition behind a slice (mask), a cohort (predicate on a
 * request) and a segment (SQL on any engine). This file is the form; `condition-*.ts` compile it.
 *
 * Truth is two-valued: a comparison with null is false, so `not` of it is true; null is asked for by `{ null: true }`.
 * NaN is no number: it counts as null everywhere.
 */
export type Scalar = string | number | boolean;

export type Condition =
  | { readonly kind: "is"; readonly column: string; readonly values: readonly Scalar[]; readonly time?: true }
  | { readonly kind: "range"; readonly column: string; readonly range: Range; readonly time?: true }
  | { readonly kind: "clock"; readonly column: string; readonly part: ClockPart; readonly values: readonly number[] }
  | { readonly kind: "null"; readonly column: string; readonly isNull: boolean }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/**
 * `from` and `to` include their bound, `above` and `below` do not. Times are milliseconds since 1970 UTC; `time: true`
 * on the condition says that the numbers are such.
 */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly above?: number;
  readonly below?: number;
}

/** Of a time in UTC: hour 0-23, weekday 1 (Monday) to 7 (Sunday), as ISO 8601 counts. */
export type ClockPart = "hour" | "weekday";

/** Every column that a condition reads, in order of first mention. */
export function conditionColumns(condition: Condition): string[] {
  const found = new Set<string>();
  const visit = (part: Condition): void => {
    if (part.kind === "all" || part.kind === "any") for (const child of part.of) visit(child);
    else if (part.kind === "not") visit(part.of);
    else found.add(part.column);
  };
  visit(condition);
  return [...found];
}

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** The part of a time that a `clock` condition compares; NaN of NaN. */
export function clockPart(milliseconds: number, part: ClockPart): number {
  if (part === "hour") return Math.floor((milliseconds - Math.floor(milliseconds / DAY) * DAY) / HOUR);
  // 1 January 1970 was a Thursday, the fourth day of its ISO week.
  const day = Math.floor(milliseconds / DAY) + 3;
  return day - Math.floor(day / 7) * 7 + 1;
}

/** True where the number lies in the range; false for NaN. */
export function inRange(value: number, range: Range): boolean {
  return (
    value === value &&
    (range.from === undefined || value >= range.from) &&
    (range.to === undefined || value <= range.to) &&
    (range.above === undefined || value > range.above) &&
    (range.below === undefined || value < range.below)
  );
}
