import type { Signal } from "../alerts/alert.ts";
import { windowsNeeded } from "../drift/conformal.ts";
import type { ExpectedEvent } from "../drift/events.ts";
import { type PeriodName, periodEnd, periodLabel } from "../drift/periods.ts";
import { judgeVolume, type VolumeInput, volumeShares, type VolumeWindow } from "../drift/volume.ts";
import { fullShare } from "../drift/window-pools.ts";
import type { LookSignals } from "./drift-signals.ts";

/** Rows of live traffic by period, of everything or of one slice. */
export interface SliceVolume {
  readonly slice: string;
  /** Of everything: its lack is an error, that of a slice a warning. */
  readonly whole: boolean;
  /** Rows by the start of the period; a period without rows may be absent. */
  readonly rows: ReadonlyMap<number, number>;
}

export interface VolumeLook {
  readonly model: string;
  readonly owner: string | null;
  readonly by: PeriodName;
  readonly alpha: number;
  readonly events: readonly ExpectedEvent[];
  /** Periods from here on are new, and end before `until`; null: the last one is. */
  readonly from: number | null;
  readonly until: number;
}

/** The past that says what is usual: two seasons of weeks, or a month of hours. */
const MOST_PERIODS: Readonly<Record<PeriodName, number>> = {
  hour: 672,
  day: 182,
  week: 104,
  month: 48,
  quarter: 24,
  year: 12,
};
/** Fewer rows than these come and go by chance. */
const LEAST_USUAL = 50;
/** With so few periods behind it a stated rate cannot be promised, but a period may still be like none of them. */
const FEWEST_PERIODS = 7;

/** The name of the alarm of a slice's traffic. */
export function volumeKey(model: string, slice: string): string {
  return `volume:${model}/${slice}`;
}

/**
 * One alarm a slice whose new periods lack rows against its own past ({@link judgeVolume}); before that has periods enough for
 * the stated rate, where a period has less than half of the fewest of seven or more. Over when no new period has less than
 * half of the usual rows: that a lack goes on does not end it.
 */
export function volumeSignals(look: VolumeLook, slices: readonly SliceVolume[]): LookSignals {
  const signals: Signal[] = [];
  const quiet: string[] = [];
  for (const slice of slices) {
    const key = volumeKey(look.model, slice.slice);
    const input = inputOf(look, slice.rows, look.alpha / slices.length);
    const shares = input === null ? null : volumeShares(input);
    if (input === null || shares === null || shares.judged.length === 0) continue;
    if (shares.judged.every(({ window }) => shares.usualAt(window.from) < LEAST_USUAL)) continue;
    const least = shares.judged.reduce((a, b) => (b.share < a.share ? b : a));
    if (least.share >= fullShare) {
      quiet.push(key);
      continue;
    }
    const known = shares.windows >= windowsNeeded(input.alpha);
    const surprising = known
      ? judgeVolume(input)?.drifted === true
      : shares.windows >= FEWEST_PERIODS && least.share < shares.fewest / 2;
    if (!surprising) continue;
    const { from, rows, part } = least.window;
    const usual = Math.round(part * shares.usualAt(from));
    signals.push({
      key,
      severity: slice.whole ? "error" : "warning",
      model: look.model,
      owner: look.owner,
      message: `${slice.slice}: ${rows.toLocaleString("en-US")} predictions in ${periodLabel(from!, look.by)}, ${usual.toLocaleString("en-US")} are usual`,
      actions: ["umpire status", `umpire alerts snooze "${key}" 24h`],
    });
  }
  return { signals, quiet };
}

/** The past and the new periods, each whole, with those that have no rows. Null before there is a past. */
function inputOf(look: VolumeLook, rows: ReadonlyMap<number, number>, alpha: number): VolumeInput | null {
  const { by, until, events } = look;
  const first = Math.min(...rows.keys());
  if (!Number.isFinite(first)) return null;
  const windows: (VolumeWindow & { readonly from: number })[] = [];
  for (let from = first; from < until; from = periodEnd(from, by)) {
    windows.push({ from, to: periodEnd(from, by), profile: { rows: rows.get(from) ?? 0 } });
  }
  const start = look.from ?? windows.at(-1)?.from ?? until;
  const past = windows.filter(({ from }) => from < start).slice(-MOST_PERIODS[by]);
  const current = windows.filter(({ from }) => from >= start);
  if (past.length === 0 || current.length === 0) return null;
  // The last of a reference is taken for one that was cut: that is the first new one.
  return { referenceWindows: [...past, current[0]!], currentWindows: current, period: null, by, alpha, events };
}
