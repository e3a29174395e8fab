import type { Profile } from "../profile/profile.ts";
import { mergeProfiles } from "../profile/profile.ts";
import { withoutPart } from "../profile/column-profile.ts";
import { holm } from "../statistics/multiplicity.ts";
import { median } from "../statistics/quantile.ts";
import { countsByGroup } from "./column-pair.ts";
import { conformalSurprise, windowsNeeded } from "./conformal.ts";
import { effectSize } from "./effect.ts";
import type { ExpectedEvent } from "./events.ts";
import { eventAt } from "./events.ts";
import type { PeriodName, SeasonName } from "./periods.ts";
import { seasonPosition, seasonsOf } from "./periods.ts";
import type { PrincipalSpace } from "./reconstruction-error.ts";
import { reconstructionError } from "./reconstruction-error.ts";
import { twoSamplePValue } from "./two-sample.ts";

/** Rows of a period, or of a run of rows without times. */
export interface DriftWindow {
  readonly from: number | null;
  readonly to: number | null;
  readonly profile: Profile;
}

export interface WindowJudgement {
  readonly window: DriftWindow;
  readonly event: ExpectedEvent | null;
  /** Too few rows beside the reference windows: not judged. */
  readonly thin: boolean;
  /** Per judged column, then one entry for the joint reconstruction error where there is a space. */
  readonly effects: Float64Array;
  readonly pValues: Float64Array;
  readonly adjusted: Float64Array;
  /** Alarm band: effects above are alarms. NaN where there is none. */
  readonly limits: Float64Array;
  readonly beyond: Float64Array;
  /** Share of the reference windows that would alarm because of the column. */
  readonly rates: Float64Array;
  readonly alarms: readonly boolean[];
}

export interface WindowsAnswer {
  readonly method: "conformal" | "two-sample";
  /** Families of columns that alpha holds for, each. */
  readonly families: number;
  readonly season: SeasonName;
  /** Fewest reference windows that a current window was compared with. */
  readonly windows: number;
  /** All reference windows that were used. */
  readonly referenceWindows: number;
  readonly judgements: readonly WindowJudgement[];
  readonly notes: readonly string[];
}

export interface JudgeWindowsInput {
  readonly reference: Profile;
  readonly referenceWindows: readonly DriftWindow[];
  readonly currentWindows: readonly DriftWindow[];
  /** Indices of the judged columns in the frame. */
  readonly columns: readonly number[];
  readonly space: PrincipalSpace | null;
  readonly alpha: number;
  readonly floor: number;
  readonly by: PeriodName | null;
  readonly season: SeasonName | "auto";
  readonly events: readonly ExpectedEvent[];
}

/**
 * Judges every current window against the reference at the same place in the season, beside how much the reference's own
 * windows there differ from the rest of them. With too few reference windows for `alpha`, falls back to two-sample tests and says so.
 */
export function judgeWindows(input: JudgeWindowsInput): WindowsAnswer {
  const { reference, referenceWindows, currentWindows, alpha, by } = input;
  const needed = windowsNeeded(alpha);
  const usual = usualRows(referenceWindows);
  const quiet = referenceWindows.filter(
    (window) => eventAt(input.events, window.from, window.to) === null && window.profile.rows >= fullShare * usual,
  );
  const notes: string[] = [];
  if (quiet.length < needed) {
    if (referenceWindows.length > 0 || by !== null) {
      notes.push(
        `the reference has ${quiet.length} windows of this length, an alarm at ${alpha} needs ${needed}: two-sample tests are used, which take rows as independent and alarm too often on series`,
      );
    }
    return {
      method: "two-sample",
      families: 1,
      season: "none",
      windows: quiet.length,
      referenceWindows: quiet.length,
      judgements: twoSampleJudgements(input),
      notes,
    };
  }
  const effects = new Map(quiet.map((window) => [window, effectAgainstRest(input, reference, window)]));
  const season = chooseSeason(input, quiet, effects, needed, notes);
  const families = stillFamilies(input, quiet);
  const comparisonOf = createComparisons(input, quiet, effects);
  let fewest = Number.POSITIVE_INFINITY;
  const judgements = currentWindows.map((window) => {
    const event = eventAt(input.events, window.from, window.to);
    const pool = poolOf(input, window, event, quiet, season, needed);
    fewest = Math.min(fewest, pool.length);
    const { base, effects: own } = comparisonOf(pool);
    const now = windowEffects(input, base, base.columns, window.profile);
    const surprise = conformalSurprise(own, now, alpha, families);
    const thin = window.profile.rows < fullShare * usual;
    const alarms = Array.from(now, (effect, c) => !thin && surprise.adjusted[c]! <= alpha && effect >= input.floor);
    return { window, event, thin, effects: now, alarms, ...surprise };
  });
  const thin = judgements.filter((judgement) => judgement.thin).length;
  if (thin > 0) {
    notes.push(`${thin} periods have fewer than half of the rows of a usual reference window: shown, not judged`);
  }
  return {
    method: "conformal",
    families: new Set(families).size,
    season,
    windows: Number.isFinite(fewest) ? fewest : quiet.length,
    referenceWindows: quiet.length,
    judgements,
    notes,
  };
}

/**
 * Columns that have one value in most windows (year, month, holiday of a day) jump when they move at all; taken together
 * with the others, one jump in the reference would hide everything. They are a family of their own.
 */
function stillFamilies(input: JudgeWindowsInput, windows: readonly DriftWindow[]): number[] {
  const families = input.columns.map((index) => {
    const still = windows.filter(
      (window) => Math.max(...countsByGroup(window.profile.columns[index]!)) >= 0.999 * window.profile.rows,
    );
    return still.length >= 0.8 * windows.length ? 1 : 0;
  });
  if (input.space !== null) families.push(0);
  return families;
}

/** What a window is compared with: the reference at that place of the season, and the effects of its own windows against the rest of it. */
interface Comparison {
  readonly base: Profile;
  readonly effects: readonly Float64Array[];
}

function createComparisons(
  input: JudgeWindowsInput,
  quiet: readonly DriftWindow[],
  whole: ReadonlyMap<DriftWindow, Float64Array>,
): (pool: readonly DriftWindow[]) => Comparison {
  const known = new Map<DriftWindow, Comparison>();
  return (pool) => {
    if (pool === quiet) return { base: input.reference, effects: quiet.map((window) => whole.get(window)!) };
    // Pools at two places share no window, so the first one names the pool.
    const first = pool[0]!;
    const before = known.get(first);
    if (before !== undefined) return before;
    const base = mergeProfiles(pool.map((window) => window.profile));
    const made = { base, effects: pool.map((window) => effectAgainstRest(input, base, window)) };
    known.set(first, made);
    return made;
  };
}

function effectAgainstRest(input: JudgeWindowsInput, base: Profile, window: DriftWindow): Float64Array {
  const rest = base.columns.map((column, index) => withoutPart(column, window.profile.columns[index]!));
  return windowEffects(input, base, rest, window.profile);
}

/** Windows with fewer rows than this share of the usual differ more by chance alone. */
const fullShare = 0.5;

function usualRows(windows: readonly DriftWindow[]): number {
  return windows.length === 0 ? 0 : median(windows.map((window) => window.profile.rows));
}

/** Reference windows inside an event of the same name when there are enough of them, else those at the same place in the season. */
function poolOf(
  input: JudgeWindowsInput,
  window: DriftWindow,
  event: ExpectedEvent | null,
  quiet: readonly DriftWindow[],
  season: SeasonName,
  needed: number,
): readonly DriftWindow[] {
  if (event !== null) {
    const same = input.referenceWindows.filter(
      (entry) => eventAt(input.events, entry.from, entry.to)?.name === event.name,
    );
    if (same.length >= needed) return same;
  }
  return atPosition(quiet, window, season);
}

function atPosition(windows: readonly DriftWindow[], window: DriftWindow, season: SeasonName): readonly DriftWindow[] {
  const { from } = window;
  if (season === "none" || from === null) return windows;
  const position = seasonPosition(from, season);
  return windows.filter((entry) => entry.from !== null && seasonPosition(entry.from, season) === position);
}

function windowEffects(
  input: JudgeWindowsInput,
  base: Profile,
  against: Profile["columns"],
  window: Profile,
): Float64Array {
  const effects = input.columns.map((index) => effectSize(against[index]!, window.columns[index]!));
  if (input.space !== null) effects.push(jointEffect(input.space, base, window));
  return Float64Array.from(effects);
}

/** Relative change of the reconstruction error: 0.1 is 10% more or less; at most 1. */
export function jointEffect(space: PrincipalSpace, reference: Profile, window: Profile): number {
  const base = reconstructionError(space, reference.joint);
  const error = reconstructionError(space, window.joint);
  if (!(base > 0) || Number.isNaN(error)) return 0;
  return Math.min(1, Math.abs(error / base - 1));
}

/**
 * `auto`: of the seasons with enough reference windows at every place that the current windows need, the one that
 * explains most of the variation of the reference windows' effects, if that is a tenth at least.
 */
function chooseSeason(
  input: JudgeWindowsInput,
  quiet: readonly DriftWindow[],
  effects: ReadonlyMap<DriftWindow, Float64Array>,
  needed: number,
  notes: string[],
): SeasonName {
  if (input.by === null || input.season === "none") return "none";
  const enough = (season: SeasonName): boolean =>
    input.currentWindows.every((window) => atPosition(quiet, window, season).length >= needed);
  if (input.season !== "auto") {
    if (enough(input.season)) return input.season;
    notes.push(
      `the reference has fewer than ${needed} windows at a place of the season "${input.season}": all its windows are compared together`,
    );
    return "none";
  }
  let best: SeasonName = "none";
  let explained = 0.1;
  for (const season of seasonsOf(input.by)) {
    if (season === "none" || !enough(season)) continue;
    const share = explainedShare(quiet, effects, season);
    if (share > explained) {
      explained = share;
      best = season;
    }
  }
  return best;
}

/** Between-place share of the variance of the windows' mean effect, adjusted for the number of places. */
function explainedShare(
  windows: readonly DriftWindow[],
  effects: ReadonlyMap<DriftWindow, Float64Array>,
  season: SeasonName,
): number {
  const groups = new Map<number, number[]>();
  const all: number[] = [];
  for (const window of windows) {
    if (window.from === null) continue;
    const own = effects.get(window)!;
    const mean = own.reduce((sum, effect) => sum + effect, 0) / Math.max(1, own.length);
    const position = seasonPosition(window.from, season);
    groups.set(position, [...(groups.get(position) ?? []), mean]);
    all.push(mean);
  }
  const square = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const whole = square(all);
  const free = all.length - groups.size;
  if (whole === 0 || free < 1) return 0;
  let within = 0;
  for (const values of groups.values()) within += square(values);
  return 1 - within / free / (whole / (all.length - 1));
}

function twoSampleJudgements(input: JudgeWindowsInput): WindowJudgement[] {
  const { reference, columns, alpha, floor } = input;
  return input.currentWindows.map((window) => {
    const effects = windowEffects(input, reference, reference.columns, window.profile);
    const pValues = Float64Array.from(effects, (_, c) => {
      const index = columns[c];
      if (index === undefined) return Number.NaN;
      return twoSamplePValue(reference.columns[index]!, window.profile.columns[index]!);
    });
    const { adjusted } = holm(pValues);
    const alarms = Array.from(effects, (effect, c) => adjusted[c]! <= alpha && effect >= floor);
    return {
      window,
      event: eventAt(input.events, window.from, window.to),
      thin: false,
      effects,
      pValues,
      adjusted,
      limits: effects.map(() => Number.NaN),
      beyond: effects.map(() => 0),
      rates: effects.map(() => alpha),
      alarms,
    };
  });
}
