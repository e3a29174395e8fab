/** Calendar periods in UTC. */
export const periodNames = ["hour", "day", "week", "month", "quarter", "year"] as const;
export type PeriodName = (typeof periodNames)[number];

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 24 * hourMilliseconds;

/** Start of the period that holds `time` (milliseconds since 1970 UTC); weeks start on Monday. */
export function periodStart(time: number, by: PeriodName): number {
  if (by === "hour") return Math.floor(time / hourMilliseconds) * hourMilliseconds;
  if (by === "day") return Math.floor(time / dayMilliseconds) * dayMilliseconds;
  // 1970-01-05 was a Monday.
  if (by === "week")
    return Math.floor((time - 4 * dayMilliseconds) / (7 * dayMilliseconds)) * 7 * dayMilliseconds + 4 * dayMilliseconds;
  const date = new Date(time);
  const month = by === "month" ? date.getUTCMonth() : by === "quarter" ? Math.floor(date.getUTCMonth() / 3) * 3 : 0;
  return Date.UTC(date.getUTCFullYear(), month, 1);
}

/** Start of the period after the one that starts at `start`. */
export function periodEnd(start: number, by: PeriodName): number {
  if (by === "hour") return start + hourMilliseconds;
  if (by === "day") return start + dayMilliseconds;
  if (by === "week") return start + 7 * dayMilliseconds;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + { month: 1, quarter: 3, year: 12 }[by], 1);
}

/** `2012-06-01`, `2012-06-01 13:00`, `2012-06`, … */
export function periodLabel(start: number, by: PeriodName): string {
  const text = new Date(start).toISOString();
  if (by === "hour") return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
  if (by === "month" || by === "quarter") return text.slice(0, 7);
  return by === "year" ? text.slice(0, 4) : text.slice(0, 10);
}

export const periodsPerMonth: Readonly<Record<PeriodName, number>> = {
  hour: 730.5,
  day: 30.44,
  week: 4.35,
  month: 1,
  quarter: 1 / 3,
  year: 1 / 12,
};

/** Places in the season at which periods can be told apart. */
export const seasonNames = ["none", "hour", "weekday", "hour-of-week", "month"] as const;
export type SeasonName = (typeof seasonNames)[number];

/** Seasons that make sense for periods of a length, the finest last. */
export function seasonsOf(by: PeriodName): readonly SeasonName[] {
  if (by === "hour") return ["none", "hour", "weekday", "hour-of-week", "month"];
  if (by === "day") return ["none", "weekday", "month"];
  return by === "week" || by === "month" ? ["none", "month"] : ["none"];
}

/** Place of a period in the season, as a number that is only compared for equality. */
export function seasonPosition(start: number, season: SeasonName): number {
  const date = new Date(start);
  if (season === "hour") return date.getUTCHours();
  if (season === "weekday") return date.getUTCDay();
  if (season === "hour-of-week") return date.getUTCDay() * 24 + date.getUTCHours();
  return season === "month" ? date.getUTCMonth() : 0;
}
