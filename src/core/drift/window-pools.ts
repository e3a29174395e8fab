import { median } from "../statistics/quantile.ts";
import type { ExpectedEvent } from "./events.ts";
import { eventAt } from "./events.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { PeriodName, SeasonName } from "./periods.ts";
import { seasonPosition, seasonsOf } from "./periods.ts";

/** Windows with fewer rows than this share of the usual differ more by chance alone. */
export const fullShare = 0.5;

/** Rows of a window in the middle; 0 without windows. */
export function usualRows(windows: readonly DriftWindow[]): number {
  return windows.length === 0 ? 0 : median(windows.map((window) => window.profile.rows));
}

/** What reference windows are chosen by. */
export interface PoolChoice {
  readonly referenceWindows: readonly DriftWindow[];
  readonly currentWindows: readonly DriftWindow[];
  readonly by: PeriodName | null;
  readonly season: SeasonName | "auto";
  readonly events: readonly ExpectedEvent[];
}

/** Reference windows by place in the season: those outside of events with at least half of the rows that are usual there. */
export function createPools({ referenceWindows, events }: PoolChoice): {
  readonly quiet: readonly DriftWindow[];
  readonly at: (window: DriftWindow, season: SeasonName) => readonly DriftWindow[];
} {
  const regular = referenceWindows.filter((window) => eventAt(events, window.from, window.to) === null);
  const full = (windows: readonly DriftWindow[]): readonly DriftWindow[] => {
    const usual = usualRows(windows);
    return windows.filter((window) => window.profile.rows >= fullShare * usual);
  };
  const quiet = full(regular);
  const known = new Map<string, readonly DriftWindow[]>();
  return {
    quiet,
    at: ({ from }, season) => {
      if (season === "none" || from === null) return quiet;
      const position = seasonPosition(from, season);
      const key = `${season} ${position}`;
      const pool =
        known.get(key) ??
        full(regular.filter((entry) => entry.from !== null && seasonPosition(entry.from, season) === position));
      known.set(key, pool);
      return pool;
    },
  };
}

/**
 * `auto`: of the seasons with enough reference windows at every place that the current windows need, the one that
 * explains most of the variation of the reference windows' effects, if that is a tenth at least.
 */
export function chooseSeason(
  input: PoolChoice,
  pools: ReturnType<typeof createPools>,
  effects: ReadonlyMap<DriftWindow, Float64Array>,
  needed: number,
  notes: string[],
): SeasonName {
  if (input.by === null || input.season === "none") return "none";
  const enough = (season: SeasonName): boolean =>
    input.currentWindows.every((window) => pools.at(window, season).length >= needed);
  if (input.season !== "auto") {
    if (enough(input.season)) return input.season;
    notes.push(
      `the reference has fewer than ${needed} windows at a place of the season "${input.season}": all its windows are compared together`,
    );
    return "none";
  }
  const means = [...effects].map(([window, own]) => ({
    from: window.from,
    value: own.reduce((sum, effect) => sum + effect, 0) / Math.max(1, own.length),
  }));
  return bestSeason(means, seasonsOf(input.by).filter(enough));
}

/** The season whose places explain most of the variation of a value of windows; `none` where that is below a tenth. */
export function bestSeason(
  values: ReadonlyArray<{ readonly from: number | null; readonly value: number }>,
  seasons: readonly SeasonName[],
): SeasonName {
  let best: SeasonName = "none";
  let explained = 0.1;
  for (const season of seasons) {
    const share = season === "none" ? 0 : explainedShare(values, season);
    if (share > explained) {
      explained = share;
      best = season;
    }
  }
  return best;
}

/** Between-place share of the variance, adjusted for the number of places. */
function explainedShare(
  values: ReadonlyArray<{ readonly from: number | null; readonly value: number }>,
  season: SeasonName,
): number {
  const groups = new Map<number, number[]>();
  const all: number[] = [];
  for (const { from, value } of values) {
    if (from === null) continue;
    const position = seasonPosition(from, season);
    groups.set(position, [...(groups.get(position) ?? []), value]);
    all.push(value);
  }
  const square = (some: readonly number[]): number => {
    const mean = some.reduce((sum, value) => sum + value, 0) / some.length;
    return some.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const whole = square(all);
  const free = all.length - groups.size;
  if (whole === 0 || free < 1) return 0;
  let within = 0;
  for (const some of groups.values()) within += square(some);
  return 1 - within / free / (whole / (all.length - 1));
}
