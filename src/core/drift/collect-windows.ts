import { Failure } from "../failures.ts";
import type { Frame } from "../profile/frame.ts";
import type { Profile, Profiler } from "../profile/profile.ts";
import { addProfile, createProfile } from "../profile/profile.ts";
import { rowOfBlock } from "../tables/even-rows.ts";
import { takeRows } from "../profile/take-rows.ts";
import type { Table } from "../tables/table.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { PeriodName } from "./periods.ts";
import { periodEnd, periodNames, periodStart } from "./periods.ts";

/** Profiles per calendar period while blocks stream by. */
export interface PeriodCollector {
  add(profiler: Profiler, table: Table): void;
  finish(): CollectedPeriods;
}

export interface CollectedPeriods {
  readonly by: PeriodName;
  readonly windows: readonly DriftWindow[];
  /** Rows without a time; they are in `whole` only. */
  readonly timeless: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly whole: Profile;
}

/**
 * @param by length of a period, or null to begin with hours and go to longer periods whenever there would be more than `most`
 * @param most periods kept apart
 * @throws Failure DATA when there are more and `by` is the user's
 */
export function createPeriodCollector(
  frame: Frame,
  time: string,
  by: PeriodName | null,
  most: number,
): PeriodCollector {
  let length: PeriodName = by ?? "hour";
  let periods = new Map<number, Profile>();
  const rest = createProfile(frame);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const lengthen = (): void => {
    length = periodNames[periodNames.indexOf(length) + 1]!;
    const longer = new Map<number, Profile>();
    for (const [start, profile] of periods) {
      const key = periodStart(start, length);
      const known = longer.get(key);
      if (known === undefined) longer.set(key, profile);
      else addProfile(known, profile);
    }
    periods = longer;
  };
  const add = (profiler: Profiler, table: Table): void => {
    const column = table.columns.get(time);
    const values =
      column === undefined || column.kind === "category" ? new Float64Array(table.rows).fill(NaN) : column.values;
    for (let row = 0; row < table.rows; row++) {
      const value = values[row]!;
      if (value < first) first = value;
      if (value > last) last = value;
    }
    let starts = startsOf(values, length);
    while (by === null && length !== "year" && countNew(starts, periods) > most) {
      lengthen();
      starts = startsOf(values, length);
    }
    if (by !== null && countNew(starts, periods) > most) throw tooManyPeriods(by, most);
    const { ordered, keys } = orderByStart(table, starts);
    let from = 0;
    while (from < ordered.rows) {
      let to = from + 1;
      while (to < ordered.rows && Object.is(keys[to], keys[from])) to++;
      const key = keys[from]!;
      let profile = Number.isNaN(key) ? rest : periods.get(key);
      if (profile === undefined) {
        profile = createProfile(frame);
        periods.set(key, profile);
      }
      profiler.add(profile, ordered, from, to);
      from = to;
    }
  };
  const finish = (): CollectedPeriods => {
    // Hours over more than four days are finer than an answer to "since when" needs, and noisier.
    if (by === null && length === "hour" && periods.size > 96) lengthen();
    const windows = [...periods]
      .sort((a, b) => a[0] - b[0])
      .map(([from, profile]) => ({ from, to: periodEnd(from, length), profile }));
    const whole = createProfile(frame);
    for (const window of windows) addProfile(whole, window.profile);
    addProfile(whole, rest);
    const hasTime = first <= last;
    return {
      by: length,
      windows,
      timeless: rest.rows,
      first: hasTime ? first : null,
      last: hasTime ? last : null,
      whole,
    };
  };
  return { add, finish };
}

function tooManyPeriods(by: PeriodName, most: number): Failure {
  const longer = periodNames[periodNames.indexOf(by) + 1];
  return new Failure("DATA", {
    message: `there are more than ${most} periods of a ${by}, and each is kept apart for every column`,
    mend: [
      longer === undefined
        ? "compare a shorter stretch of time"
        : `use --by ${longer}, fewer --columns, or a shorter stretch of time`,
    ],
  });
}

function startsOf(values: ArrayLike<number>, by: PeriodName): Float64Array {
  const starts = new Float64Array(values.length);
  let from = Number.NaN;
  let to = Number.NaN;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!(value >= from && value < to) && Number.isFinite(value)) {
      from = periodStart(value, by);
      to = periodEnd(from, by);
    }
    starts[row] = Number.isFinite(value) ? from : Number.NaN;
  }
  return starts;
}

function countNew(starts: Float64Array, known: ReadonlyMap<number, unknown>): number {
  const all = new Set(known.keys());
  for (const start of starts) if (start === start) all.add(start);
  return all.size;
}

/** Rows of one period side by side; the table itself where they are already. */
function orderByStart(table: Table, starts: Float64Array): { ordered: Table; keys: Float64Array } {
  const closed = new Set<number>();
  let broken = false;
  for (let row = 1; row < starts.length && !broken; row++) {
    if (Object.is(starts[row], starts[row - 1])) continue;
    closed.add(starts[row - 1]!);
    broken = closed.has(starts[row]!);
  }
  if (!broken) return { ordered: table, keys: starts };
  const rows = Uint32Array.from(starts, (_, row) => row);
  const place = starts.map((start) => (start === start ? start : Number.POSITIVE_INFINITY));
  rows.sort((a, b) => place[a]! - place[b]! || a - b);
  return { ordered: takeRows(table, rows), keys: Float64Array.from(rows, (row) => starts[row]!) };
}

/** Profiles of runs of `length` rows; of very many runs an even choice of at most `most` is kept. */
export interface RunCollector {
  add(profiler: Profiler, table: Table): void;
  finish(): readonly DriftWindow[];
}

export function createRunCollector(frame: Frame, length: number, rows: number, most: number): RunCollector {
  const step = Math.max(1, Math.ceil(rows / length / most));
  const runs = new Map<number, Profile>();
  const add = (profiler: Profiler, table: Table): void => {
    let from = 0;
    while (from < table.rows) {
      const run = Math.floor((table.firstRow + from) / length);
      const to = Math.min(table.rows, (run + 1) * length - table.firstRow);
      if (run === rowOfBlock(Math.floor(run / step), step)) {
        let profile = runs.get(run);
        if (profile === undefined) {
          profile = createProfile(frame);
          runs.set(run, profile);
        }
        profiler.add(profile, table, from, to);
      }
      from = to;
    }
  };
  const finish = (): readonly DriftWindow[] =>
    [...runs.values()]
      .filter((profile) => profile.rows === length)
      .map((profile) => ({ from: null, to: null, profile }));
  return { add, finish };
}
