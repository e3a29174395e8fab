import type { ColumnProfile } from "../profile/column-profile.ts";
import { countsByGroup } from "./column-pair.ts";
import type { DriftWindow } from "./drift-window.ts";
import { type SeasonName, seasonPosition } from "./periods.ts";

/** A column's movement over windows as one number each, reference windows first. */
export interface ShiftSeries {
  readonly series: readonly number[];
  readonly starts: ReadonlyArray<number | null>;
  /** Index of the first current window. */
  readonly currentFrom: number;
}

interface Side {
  readonly whole: { readonly columns: readonly ColumnProfile[] };
  readonly trail: readonly DriftWindow[];
}

/** Most reference windows that are put before the current ones. */
const before = 60;

/**
 * Per window, the share of rows that moved in the direction of the whole drift: the sum of the differences of group
 * shares to the reference, signed by whether the current rows have more or fewer of the group, halved. Windows with few
 * rows are left out. What the reference's windows at the same place in the season show as well is taken off.
 */
export function shiftSeries(reference: Side, current: Side, index: number, season: SeasonName = "none"): ShiftSeries {
  const base = shares(reference.whole.columns[index]!);
  const now = shares(current.whole.columns[index]!);
  const sign = now.map((share, group) => Math.sign(share - base[group]!));
  const old = withRows(reference.trail).slice(-before);
  const fresh = withRows(current.trail);
  const windows = [...old, ...fresh];
  const moved = (window: DriftWindow): number => {
    const own = shares(window.profile.columns[index]!);
    return own.reduce((sum, share, group) => sum + (sign[group]! * (share - base[group]!)) / 2, 0);
  };
  const usual = usualAt(withRows(reference.trail), moved, season);
  const series = windows.map((window) => moved(window) - usual(window));
  return { series, starts: windows.map((window) => window.from), currentFrom: old.length };
}

/** Mean of a value over the windows at a place in the season; 0 where fewer than four say so. */
function usualAt(
  windows: readonly DriftWindow[],
  value: (window: DriftWindow) => number,
  season: SeasonName,
): (window: DriftWindow) => number {
  const places = new Map<number, number[]>();
  if (season !== "none") {
    for (const window of windows) {
      if (window.from === null) continue;
      const place = seasonPosition(window.from, season);
      places.set(place, [...(places.get(place) ?? []), value(window)]);
    }
  }
  return ({ from }) => {
    const own = from === null ? [] : (places.get(seasonPosition(from, season)) ?? []);
    return own.length < 4 ? 0 : own.reduce((sum, each) => sum + each, 0) / own.length;
  };
}

function withRows(windows: readonly DriftWindow[]): DriftWindow[] {
  const sizes = windows.map((window) => window.profile.rows).sort((a, b) => a - b);
  const usual = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return windows.filter((window) => window.profile.rows >= 0.2 * usual && window.profile.rows > 0);
}

function shares(profile: ColumnProfile): number[] {
  const counts = countsByGroup(profile);
  return Array.from(counts, (count) => count / Math.max(1, profile.rows));
}
