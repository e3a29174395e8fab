import type { Profile } from "../profile/profile.ts";
import { duration, percent } from "./words.ts";

/** What earlier loads were like, as far as there are enough of them; null parts fall back to the contract. */
export interface Usual {
  readonly rows: (UsualLimits & { readonly usual: number }) | null;
  /** Milliseconds between the newest row and the check. */
  readonly age: UsualLimits | null;
  /** Share of nulls by column. */
  readonly nulls: ReadonlyMap<string, UsualLimits>;
  /** Profiles of the loads that distributions are compared with; empty where there are too few. */
  readonly profiles: readonly Profile[];
  readonly profilesSay: string;
}

export interface UsualLimits {
  readonly usual: number;
  readonly from: number;
  readonly to: number;
  /** `the median of 12 loads on Mondays`. */
  readonly says: string;
}

/** What is kept of each accepted load to learn the usual from. */
export interface LoadRecord {
  /** When the load was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly rows: number;
  /** Newest time of the contract's time column. */
  readonly newest?: number | null;
  readonly columns?: readonly { readonly name: string; readonly nulls: number }[];
}

const needed = 5;
/** Loads with which distributions are compared: fewer say too little about how loads differ among themselves. */
export const fewestLoads = 10;
const mostProfiles = 60;
const hour = 3_600_000;

/**
 * The usual from accepted loads at the same place in the season: same weekday and hour if five loads share them, else
 * same weekday, else (with a year of loads) same month, else all of the last hundred. The middle is the median, the spread the robust standard
 * deviation (1.4826 times the median distance from it):
 * - rows: within exp(max(4 spreads of the logarithms, ln 1.5)) of the median, both ways;
 * - age of the newest row: up to the median and the largest of 4 spreads, half of the median and an hour;
 * - share of nulls: within the largest of 4 spreads, 4 standard errors of a share of the usual rows, half of the median and 0.01.
 */
export function learnUsual(history: readonly LoadRecord[], now: number): Usual {
  const recent = history.filter((load) => load.rows > 0).slice(-400);
  const place = atPlace(recent, now, needed, 100);
  const nothing: Usual = { rows: null, age: null, nulls: new Map(), profiles: [], profilesSay: "" };
  if (place === null) return nothing;
  const { loads, says } = place;
  const weekday = placeOf(now).weekday;
  // Too few for limits of their own, so that a first Sunday is news and a second is not.
  const sameDays = recent.filter((load) => placeOf(load.at).weekday === weekday);
  const sameDay = sameDays.length < needed ? sameDays : [];
  return {
    ...nothing,
    rows: usualRows(loads, sameDay, says),
    age: usualAge(loads, sameDay, says),
    nulls: usualNulls(loads, sameDay, says),
  };
}

/** The loads whose profiles a load at `now` is compared with; ten at least, of the same weekday and hour where there are as many. */
export function loadsToCompare<L extends LoadRecord>(
  history: readonly L[],
  now: number,
): { readonly loads: readonly L[]; readonly says: string } | null {
  const recent = history.filter((load) => load.rows > 0).slice(-400);
  return atPlace(recent, now, fewestLoads, mostProfiles);
}

function atPlace<L extends LoadRecord>(
  recent: readonly L[],
  now: number,
  least: number,
  most: number,
): { readonly loads: readonly L[]; readonly says: string } | null {
  const today = placeOf(now);
  const knowsYear = recent.length > 0 && now - recent[0]!.at > 330 * 24 * hour;
  const weekdays = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
  const choices: readonly [string, (load: LoadRecord) => boolean][] = [
    [
      `on ${weekdays[today.weekday]} at ${today.hour}:00 UTC`,
      (load) => placeOf(load.at).weekday === today.weekday && placeOf(load.at).hour === today.hour,
    ],
    [`on ${weekdays[today.weekday]}`, (load) => placeOf(load.at).weekday === today.weekday],
    // Before there is a year of loads, this month is only the last few.
    ["in this month of the year", (load) => knowsYear && placeOf(load.at).month === today.month],
    ["", () => true],
  ];
  for (const [says, fits] of choices) {
    const loads = recent.filter(fits).slice(-most);
    if (loads.length >= least)
      return { loads, says: says === "" ? `the last ${loads.length} loads` : `${loads.length} loads ${says}` };
  }
  return null;
}

function placeOf(at: number): { hour: number; weekday: number; month: number } {
  const date = new Date(at);
  return { hour: date.getUTCHours(), weekday: date.getUTCDay(), month: date.getUTCMonth() };
}

function usualRows(loads: readonly LoadRecord[], sameDay: readonly LoadRecord[], says: string): Usual["rows"] {
  const logs = (some: readonly LoadRecord[]): number[] => some.map((load) => Math.log(load.rows));
  const { middle, from, to } = limitsOf(logs(loads), logs(sameDay), () => Math.log(1.5));
  return {
    usual: Math.round(Math.exp(middle)),
    from: Math.floor(Math.exp(from)),
    to: Math.ceil(Math.exp(to)),
    says: `the median of ${says}`,
  };
}

function usualAge(loads: readonly LoadRecord[], sameDay: readonly LoadRecord[], says: string): UsualLimits | null {
  const agesOf = (some: readonly LoadRecord[]): number[] =>
    some.flatMap(({ at, newest }) => (newest === null || newest === undefined ? [] : [at - newest]));
  const ages = agesOf(loads);
  if (ages.length < needed) return null;
  const { middle, to } = limitsOf(ages, agesOf(sameDay), (age) => Math.max(0.5 * Math.abs(age), hour));
  const median = duration(Math.max(0, middle));
  return { usual: middle, from: Number.NEGATIVE_INFINITY, to, says: `${median}, the median of ${says}` };
}

function usualNulls(
  loads: readonly LoadRecord[],
  sameDay: readonly LoadRecord[],
  says: string,
): Map<string, UsualLimits> {
  const { middle: rows } = middleAndSpread(loads.map((load) => load.rows));
  const sharesOf = (some: readonly LoadRecord[]): Map<string, number[]> => {
    const shares = new Map<string, number[]>();
    for (const { columns } of some)
      for (const { name, nulls } of columns ?? []) shares.set(name, [...(shares.get(name) ?? []), nulls]);
    return shares;
  };
  const sameDays = sharesOf(sameDay);
  const limits = new Map<string, UsualLimits>();
  for (const [name, shares] of sharesOf(loads)) {
    if (shares.length < needed) continue;
    const { middle, from, to } = limitsOf(shares, sameDays.get(name) ?? [], (share) => {
      const error = Math.sqrt(((share + 1 / rows) * (1 - share)) / rows);
      return Math.max(4 * error, 0.5 * share, 0.01);
    });
    limits.set(name, { usual: middle, from, to, says: `usually ${percent(middle)}, the median of ${says}` });
  }
  return limits;
}

/** Median of the loads and 4 spreads around it; loads of the same weekday, however few, lie inside. */
function limitsOf(
  values: readonly number[],
  sameDay: readonly number[],
  least: (middle: number) => number,
): { middle: number; from: number; to: number } {
  const { middle, spread } = middleAndSpread(values);
  const around = (value: number): number => Math.max(4 * spread, least(value));
  return {
    middle,
    from: Math.min(middle - around(middle), ...sameDay.map((value) => value - least(value))),
    to: Math.max(middle + around(middle), ...sameDay.map((value) => value + least(value))),
  };
}

function middleAndSpread(values: readonly number[]): { middle: number; spread: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = median(sorted);
  return { middle, spread: 1.4826 * median(sorted.map((value) => Math.abs(value - middle)).sort((a, b) => a - b)) };
}

function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
