import type { ColumnProfile } from "../profile/column-profile.ts";
import { countsByGroup } from "./column-pair.ts";
import type { DriftWindow } from "./drift-window.ts";

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
 * rows are left out.
 */
export function shiftSeries(reference: Side, current: Side, index: number): ShiftSeries {
  const base = shares(reference.whole.columns[index]!);
  const now = shares(current.whole.columns[index]!);
  const sign = now.map((share, group) => Math.sign(share - base[group]!));
  const old = withRows(reference.trail).slice(-before);
  const fresh = withRows(current.trail);
  const windows = [...old, ...fresh];
  const series = windows.map((window) => {
    const own = shares(window.profile.columns[index]!);
    return own.reduce((sum, share, group) => sum + (sign[group]! * (share - base[group]!)) / 2, 0);
  });
  return { series, starts: windows.map((window) => window.from), currentFrom: old.length };
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
