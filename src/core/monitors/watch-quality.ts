import { findMetric } from "../metrics/catalog.ts";
import type { Task } from "../metrics/metric.ts";
import { studentQuantile } from "../statistics/student-distribution.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import { type FallEvidence, watchFall } from "./fall-detector.ts";
import type { PeriodSpread } from "./period-spread.ts";

/** What quality is asked to hold. */
export interface QualityRule {
  readonly metric: string;
  /** How far it may fall below the reference, in the metric's unit; null: 2% of the reference. */
  readonly below: number | null;
  /** A fixed value instead of the reference; null: the reference. */
  readonly worseThan: number | null;
  /** A false alarm of any slice comes at most once in so many periods, on average. */
  readonly falseAlarmEvery: number;
}

/** A value with its error, of a period or of the reference. */
export interface QualityPoint {
  readonly value: number | null;
  readonly standardError: number | null;
  readonly degrees: number;
  readonly skew: number;
  readonly rows: number;
  readonly units: number;
  readonly reason: string | null;
}

export interface QualityPeriod extends QualityPoint {
  /** Milliseconds since 1970: from, and before. */
  readonly from: number;
  readonly until: number;
  /** Rows with a label; null for an estimate. */
  readonly labelled: number | null;
  /** Share of its labels that has come; null for an estimate. */
  readonly completeness: number | null;
  /** How the value was made. */
  readonly method?: string;
}

export type QualityOutcome = "holds" | "below" | "not-enough-data" | "not-evaluated";

/** How a slice does, period by period. Plain JSON. */
export interface SliceQuality {
  readonly slice: string;
  readonly blocking: boolean;
  readonly outcome: QualityOutcome;
  readonly reason: string;
  readonly reference: ShownPoint | null;
  /** Quality on the wrong side of this is a fall. */
  readonly limit: number | null;
  /** How much quality differs between the reference's own periods; null where that is not known. */
  readonly spread: PeriodSpread | null;
  readonly statistic: number | null;
  readonly threshold: number;
  /** Start of the fall. */
  readonly since: number | null;
  /** How the last value was made; null where there is none. */
  readonly method: string | null;
  /** What an estimate takes for granted; null for what is measured. */
  readonly assumes: string | null;
  readonly periods: readonly ShownPeriod[];
}

export interface ShownPoint {
  readonly value: number | null;
  /** 95%, for this period by itself. */
  readonly interval: readonly [number, number] | null;
  readonly rows: number;
  readonly units: number;
  readonly reason: string | null;
}

export interface ShownPeriod extends ShownPoint {
  readonly from: number;
  readonly until: number;
  readonly labelled: number | null;
  readonly completeness: number | null;
  /** It counts: enough of its labels have come. */
  readonly counts: boolean;
}

/** A period counts when so much of its labels has come. */
export const LEAST_COMPLETE = 0.5;
const USUAL_FALL = 0.02;
const CONFIDENCE = 0.95;

/**
 * Has a slice's quality fallen below what the reference lets expect? The limit lies `below` under the lower end of the
 * reference's 95% interval (or is the fixed value), so that the reference's own error raises no alarm; then
 * {@link watchFall} over all periods whose labels have come by at least half. Where it is known how much periods of the
 * reference differ among themselves, a period's error holds that too, so that a day like others is no fall.
 * @param slices how many are watched together
 */
export function watchQuality(
  slice: { readonly name: string; readonly blocking: boolean },
  reference: QualityPoint | null,
  periods: readonly QualityPeriod[],
  rule: QualityRule,
  task: Task,
  slices: number,
  spread: PeriodSpread | null = null,
): SliceQuality {
  const { metric } = findMetric(rule.metric, task);
  const shown = periods.map((period): ShownPeriod => {
    const { from, until, labelled, completeness } = period;
    return { ...show(period, metric.range), from, until, labelled, completeness, counts: counts(period) };
  });
  const threshold = rule.falseAlarmEvery * slices;
  const base = {
    slice: slice.name,
    blocking: slice.blocking,
    reference: reference === null ? null : show(reference, metric.range),
    threshold,
    spread,
    method: periods.findLast(({ value }) => value !== null)?.method ?? null,
    assumes: null,
    periods: shown,
  };
  const silent = (outcome: QualityOutcome, reason: string, limit: number | null): SliceQuality => ({
    ...base,
    outcome,
    reason,
    limit,
    statistic: null,
    since: null,
  });
  if (metric.target !== undefined) {
    return silent("not-evaluated", `${rule.metric} has no better direction, so it cannot fall`, null);
  }
  const limit = limitOf(reference, rule, metric.direction, spread);
  if (typeof limit === "string") return silent("not-evaluated", limit, null);
  const counted = periods.filter(counts);
  if (counted.length === 0) return silent("not-enough-data", whyNone(periods), limit);
  const evidence = counted.map((period) => evidenceOf(period, limit, metric, spread));
  const { alarm, statistic, since } = watchFall(evidence, threshold);
  const last = counted.at(-1)!;
  const now = `${rule.metric} ${number(last.value!)}`;
  const against =
    rule.worseThan === null
      ? `reference ${number(reference!.value!)}${spreadWords(spread)}, limit ${number(limit)}`
      : `limit ${number(limit)}`;
  return {
    ...base,
    limit,
    statistic,
    outcome: alarm ? "below" : "holds",
    since: since === null ? null : counted[since]!.from,
    reason: alarm
      ? `${now} in the last period, surely ${metric.direction === 1 ? "below" : "above"} its limit (${against})`
      : `${now} in the last period (${against})`,
  };
}

/** How far a period lies under the limit, in the error of its own rows and of the periods' spread together (Satterthwaite). */
function evidenceOf(
  { value, standardError, degrees, skew, units }: QualityPeriod,
  limit: number,
  { direction, range }: { readonly direction: 1 | -1; readonly range: readonly [number, number] },
  spread: PeriodSpread | null,
): FallEvidence {
  const own = Math.max(standardError ?? 0, leastError(range, units)) ** 2;
  const between = spread === null ? 0 : spread.deviation ** 2;
  const error = Math.sqrt(own + between);
  const all = spread === null ? degrees : error ** 4 / (own ** 2 / degrees + between ** 2 / (spread.periods - 1));
  return {
    t: (direction * (limit - value!)) / error,
    degrees: all,
    skew: -direction * skew * (Math.sqrt(own) / error) ** 3,
  };
}

function counts(period: QualityPeriod): boolean {
  return period.value !== null && (period.completeness ?? 1) >= LEAST_COMPLETE;
}

function whyNone(periods: readonly QualityPeriod[]): string {
  const last = periods.at(-1);
  if (last === undefined) return "no period has ended yet";
  const waiting = periods.findLast((period) => period.value !== null);
  if (waiting !== undefined) {
    return `${Math.round(100 * (waiting.completeness ?? 0))}% of the labels have come, half of them are needed`;
  }
  return last.reason ?? "no period has a value";
}

function limitOf(
  reference: QualityPoint | null,
  rule: QualityRule,
  direction: 1 | -1,
  spread: PeriodSpread | null,
): number | string {
  if (rule.worseThan !== null) return rule.worseThan;
  if (reference === null) return "there is no reference";
  if (reference.value === null) return `the reference has no ${rule.metric}: ${reference.reason ?? "unknown"}`;
  const fall = rule.below ?? USUAL_FALL * Math.abs(reference.value);
  const z = normalQuantile(0.5 + CONFIDENCE / 2);
  const ofPeriods = spread === null ? 0 : spread.deviation ** 2 / spread.periods;
  return reference.value - direction * (fall + z * Math.sqrt((reference.standardError ?? 0) ** 2 + ofPeriods));
}

/** Where nothing varies, one unit that does otherwise is the least error that there can be. */
function leastError([low, high]: readonly [number, number], units: number): number {
  const span = high - low;
  return Number.isFinite(span) ? span / (units + 1) : Number.MIN_VALUE;
}

function show(point: QualityPoint, range: readonly [number, number]): ShownPoint {
  const { value, standardError, degrees, rows, units, reason } = point;
  const half = standardError === null ? null : studentQuantile(0.5 + CONFIDENCE / 2, degrees) * standardError;
  const interval =
    value === null || half === null
      ? null
      : ([Math.max(range[0], value - half), Math.min(range[1], value + half)] as const);
  return { value, interval, rows, units, reason };
}

function spreadWords(spread: PeriodSpread | null): string {
  return spread === null ? "" : ` ± ${number(spread.deviation)} between its ${spread.periods} periods`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
