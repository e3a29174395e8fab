import { clockPart, type Condition } from "./condition.ts";
import { weekdayName } from "./condition-text.ts";

/** Calendar periods in UTC. The first three follow each other, the last two come round again. */
export const periods = ["month", "week", "day", "weekday", "hour"] as const;
export type Period = (typeof periods)[number];

const DAY = 86_400_000;

/**
 * A whole number that is the same for all times of one period and orders them: months since 1970, days since 1970 (of
 * the Monday, for weeks), ISO weekday 1-7, hour 0-23.
 */
export function periodOf(milliseconds: number, period: Period): number {
  if (period === "weekday" || period === "hour") return clockPart(milliseconds, period);
  const day = Math.floor(milliseconds / DAY);
  if (period === "day") return day;
  if (period === "week") return day - (clockPart(milliseconds, "weekday") - 1);
  const date = new Date(milliseconds);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** `2024-03`, `2024-W09` (ISO 8601), `2024-03-01`, `Monday`, `14h`. */
export function periodName(value: number, period: Period): string {
  switch (period) {
    case "weekday":
      return weekdayName(value);
    case "hour":
      return `${String(value).padStart(2, "0")}h`;
    case "day":
      return isoDay(value * DAY);
    case "month":
      return isoDay(monthStart(value)).slice(0, -3);
    case "week": {
      // The year of an ISO week is that of its Thursday.
      const thursday = new Date((value + 3) * DAY);
      const year = thursday.getUTCFullYear();
      const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY));
      return `${year}-W${String(week).padStart(2, "0")}`;
    }
  }
}

/** The times of the period as a condition on a time column. */
export function periodCondition(column: string, value: number, period: Period): Condition {
  if (period === "weekday" || period === "hour") return { kind: "clock", column, part: period, values: [value] };
  const [from, below] =
    period === "month"
      ? [monthStart(value), monthStart(value + 1)]
      : [value * DAY, (value + (period === "week" ? 7 : 1)) * DAY];
  return { kind: "range", column, range: { from, below }, time: true };
}

function monthStart(month: number): number {
  return Date.UTC(1970 + Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, -14);
}
