import { median } from "../statistics/quantile.ts";
import { alarmsByChance } from "./column-verdict.ts";
import { windowsNeeded } from "./conformal.ts";
import type { VolumeDrift } from "./drift-document.ts";
import { type ExpectedEvent, eventAt, isExpected } from "./events.ts";
import { type PeriodName, type SeasonName, periodEnd, periodLabel, seasonPosition, seasonsOf } from "./periods.ts";
import { bestSeason, fullShare } from "./window-pools.ts";

/** Name of the number of rows among an event's columns. */
const volumeName = "(volume)";
/** Periods without rows that are filled in at most: beyond, the times are not those of a steady feed. */
const mostPeriods = 20_000;
/** Reference windows at a place of the season that its usual is taken from. */
const fewestAtPlace = 5;
/** Part of a period that must have passed for its rows to be counted against the usual. */
const leastPart = 0.25;

/** Rows of a period, or of a load without times. */
export interface VolumeWindow {
  readonly from: number | null;
  readonly to: number | null;
  readonly profile: { readonly rows: number };
}

interface Counted {
  readonly from: number | null;
  readonly to: number | null;
  readonly rows: number;
  /** Part of the period that the data reach over: less than 1 for the first and the last. */
  readonly part: number;
}

export interface VolumeInput {
  readonly referenceWindows: readonly VolumeWindow[];
  readonly currentWindows: readonly VolumeWindow[];
  /** First and last time of the current rows. */
  readonly period: readonly [number, number] | null;
  readonly by: PeriodName | null;
  readonly alpha: number;
  readonly events: readonly ExpectedEvent[];
}

interface Shares {
  /** Periods that take part, with their share of the usual rows. */
  readonly judged: readonly { readonly window: Counted; readonly share: number }[];
  /** The smallest share among the reference periods, 1 at most. */
  readonly fewest: number;
  /** Reference periods. */
  readonly windows: number;
  readonly usualAt: (from: number | null) => number;
}

/** Rows of each period as a share of those that are usual at its place in the season; null where there is no reference. */
export function volumeShares({ referenceWindows, currentWindows, period, by, events }: VolumeInput): Shares | null {
  const all = counted(referenceWindows, by, null);
  if (all.length === 0 || all.some((window) => window.from === null)) return null;
  // The first and the last may have been cut by whoever chose the reference.
  const inner = by === null ? all : all.slice(1, -1);
  const reference = inner.filter((window) => eventAt(events, window.from, window.to) === null);
  const current = counted(currentWindows, by, period).filter(
    (window) => window.part >= leastPart && !isExpected(eventAt(events, window.from, window.to), volumeName),
  );
  const usualAt = usualRowsAt(reference, by);
  const share = ({ from, rows, part }: Counted): number => {
    const usual = part * usualAt(from);
    // Where nothing is usual (a shop that is closed on Sundays), nothing lacks.
    return usual === 0 ? 1 : rows / usual;
  };
  const fewest = Math.min(1, ...reference.map(share));
  const judged = current.map((window) => ({ window, share: share(window) }));
  return { judged, fewest, windows: reference.length, usualAt };
}

/**
 * Whether periods lack rows. A period is low when it has less than half of the rows that are usual at its place in the
 * season, and a smaller share of them than any of the R reference periods; periods without any row between others count.
 * Low periods are drift when there are more than chance gives (binomial, rate 1 / (R + 1) each), or when one has less
 * than half of the smallest share. The first and the last period count by the part that the data reach over.
 */
export function judgeVolume(input: VolumeInput): VolumeDrift | null {
  const { by, alpha } = input;
  const needed = windowsNeeded(alpha);
  const shares = volumeShares(input);
  if (shares === null) return null;
  const { judged, fewest, windows, usualAt } = shares;
  const half = judged.filter((each) => each.share < fullShare);
  const low = half.filter((each) => each.share < fewest);
  const rate = 1 / (windows + 1);
  const enough = windows >= needed;
  const drifted =
    judged.length === 0 || !enough
      ? null
      : low.some((each) => each.share < fewest / 2) || low.length >= alarmsByChance(judged.length, rate, alpha / 2);
  const shown = (enough ? low : half).map(({ window }) => ({
    from: new Date(window.from ?? 0).toISOString(),
    to: new Date(window.to ?? 0).toISOString(),
    rows: window.rows,
    usual_rows: Math.round(window.part * usualAt(window.from)),
  }));
  return {
    drifted,
    reason: volumeReason(drifted, shown, judged.length, windows, needed, by),
    windows,
    windows_needed: needed,
    false_alarm_rate: enough ? rate : null,
    low: shown,
  };
}

function volumeReason(
  drifted: boolean | null,
  low: VolumeDrift["low"],
  judged: number,
  windows: number,
  needed: number,
  by: PeriodName | null,
): string {
  if (judged === 0) return "not judged: no period is long enough, or all were announced";
  const name = by ?? "load";
  const one = (period: VolumeDrift["low"][number]): string =>
    `${by === null ? period.from.slice(0, 16) : periodLabel(Date.parse(period.from), by)} ${period.rows} of ${period.usual_rows}`;
  const list = `${low.slice(0, 3).map(one).join(", ")}${low.length > 3 ? `, and ${low.length - 3} more` : ""}`;
  const share = judged === 1 ? `the ${name}` : `${low.length} of ${judged} ${name}s`;
  const few = `${share} ${low.length === 1 ? "has" : "have"} fewer than half of the usual rows`;
  if (drifted === null) {
    const why = `the reference has ${windows} ${name}s to compare with, ${needed} are needed`;
    return low.length === 0 ? `not judged: ${why}` : `${few} (${list}); not judged: ${why}`;
  }
  if (low.length === 0) return `every ${name} has the rows that are usual`;
  return drifted ? `${few}: ${list}` : `${few} (${list}), no more than chance gives`;
}

/** Rows of each period in order, with periods that have none, where there are periods. */
function counted(
  windows: readonly VolumeWindow[],
  by: PeriodName | null,
  period: readonly [number, number] | null,
): Counted[] {
  const first = windows[0]?.from ?? null;
  const last = windows.at(-1)?.from ?? null;
  const own = windows.map(({ from, to, profile }) => ({ from, to, rows: profile.rows, part: 1 }));
  if (by === null || first === null || last === null) return own;
  const rows = new Map(own.map((window) => [window.from, window.rows]));
  const filled: Counted[] = [];
  for (let from = first; from <= last; from = periodEnd(from, by)) {
    if (filled.length > mostPeriods) return own;
    const to = periodEnd(from, by);
    const reached = period === null ? 1 : (Math.min(to, period[1]) - Math.max(from, period[0])) / (to - from);
    // A feed that stops an hour before midnight has still filled its day.
    filled.push({ from, to, rows: rows.get(from) ?? 0, part: reached > 0.9 ? 1 : reached });
  }
  return filled;
}

/** Median of the reference's rows at the same place in the season, of the season that explains most of how they differ. */
function usualRowsAt(reference: readonly Counted[], by: PeriodName | null): (from: number | null) => number {
  const middle = (windows: readonly Counted[]): number =>
    windows.length === 0 ? 0 : median(windows.map(({ rows }) => rows));
  const all = middle(reference);
  if (by === null) return () => all;
  const placed = (season: SeasonName): Map<number, Counted[]> => {
    const places = new Map<number, Counted[]>();
    for (const window of reference) {
      const position = seasonPosition(window.from!, season);
      places.set(position, [...(places.get(position) ?? []), window]);
    }
    return places;
  };
  const season = bestSeason(
    reference.map(({ from, rows }) => ({ from, value: Math.log1p(rows) })),
    seasonsOf(by).filter((name) => [...placed(name).values()].every(({ length }) => length >= fewestAtPlace)),
  );
  const usual = new Map([...placed(season)].map(([position, windows]) => [position, middle(windows)]));
  return (from) => (from === null ? all : (usual.get(seasonPosition(from, season)) ?? all));
}
