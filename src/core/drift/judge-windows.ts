import type { DriftWindow } from "./drift-window.ts";
import type { Profile } from "../profile/profile.ts";
import { mergeProfiles } from "../profile/profile.ts";
import { withoutPart } from "../profile/column-profile.ts";
import { holm } from "../statistics/multiplicity.ts";
import { countsByGroup } from "./column-pair.ts";
import { conformalSurprise, windowsNeeded } from "./conformal.ts";
import { effectSize } from "./effect.ts";
import type { ExpectedEvent } from "./events.ts";
import { eventAt } from "./events.ts";
import type { SeasonName } from "./periods.ts";
import type { PrincipalSpace } from "./reconstruction-error.ts";
import { reconstructionError } from "./reconstruction-error.ts";
import { twoSamplePValue } from "./two-sample.ts";
import { type PoolChoice, chooseSeason, createPools, fullShare, usualRows } from "./window-pools.ts";

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

export interface JudgeWindowsInput extends PoolChoice {
  readonly reference: Profile;
  /** Indices of the judged columns in the frame. */
  readonly columns: readonly number[];
  readonly space: PrincipalSpace | null;
  readonly alpha: number;
  readonly floor: number;
}

/**
 * Judges every current window against the reference at the same place in the season, beside how much the reference's own
 * windows there differ from the rest of them. With too few reference windows for `alpha`, falls back to two-sample tests and says so.
 */
export function judgeWindows(input: JudgeWindowsInput): WindowsAnswer {
  const { reference, referenceWindows, currentWindows, alpha, by } = input;
  const needed = windowsNeeded(alpha);
  const pools = createPools(input);
  const { quiet } = pools;
  const notes: string[] = [];
  if (quiet.length < needed) {
    if (referenceWindows.length > 0 || by !== null) {
      notes.push(
        `the reference has ${quiet.length} windows of this length, an alarm at ${alpha} needs ${needed}: two-sample tests are used, which take rows as independent and alarm too often on series`,
      );
    }
    return twoSampleAnswer(input, quiet.length, notes);
  }
  const effects = new Map(quiet.map((window) => [window, effectAgainstRest(input, reference, window)]));
  const season = chooseSeason(input, pools, effects, needed, notes);
  const families = stillFamilies(input, quiet);
  const comparisonOf = createComparisons(input, quiet, effects);
  let fewest = Number.POSITIVE_INFINITY;
  const judgements = currentWindows.map((window) => {
    const event = eventAt(input.events, window.from, window.to);
    const pool = eventPool(input, event, needed) ?? pools.at(window, season);
    fewest = Math.min(fewest, pool.length);
    const { base, effects: own } = comparisonOf(pool);
    const now = windowEffects(input, base, base.columns, window.profile);
    const surprise = conformalSurprise(own, now, alpha, families);
    const thin = window.profile.rows < fullShare * usualRows(pool);
    const alarms = Array.from(now, (effect, c) => !thin && surprise.adjusted[c]! <= alpha && effect >= input.floor);
    return { window, event, thin, effects: now, alarms, ...surprise };
  });
  const thin = judgements.filter((judgement) => judgement.thin).length;
  if (thin * 2 > judgements.length) {
    const usual = usualRows(quiet);
    notes.push(
      `most windows have fewer than half of the rows of the reference's (${usual} in the middle), which differ less by chance: two-sample tests are used, which take rows as independent and alarm too often on series`,
    );
    return twoSampleAnswer(input, quiet.length, notes);
  }
  if (thin > 0) {
    const one = thin === 1;
    notes.push(
      `${thin} of ${judgements.length} ${judgements.length === 1 ? "window" : "windows"} ${one ? "has" : "have"} fewer than half of the rows of a usual reference window: shown, not judged`,
    );
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

function twoSampleAnswer(input: JudgeWindowsInput, windows: number, notes: readonly string[]): WindowsAnswer {
  return {
    method: "two-sample",
    families: 1,
    season: "none",
    windows,
    referenceWindows: windows,
    judgements: twoSampleJudgements(input),
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

/** Reference windows inside an event of the same name, when there are enough of them. */
function eventPool(
  input: JudgeWindowsInput,
  event: ExpectedEvent | null,
  needed: number,
): readonly DriftWindow[] | null {
  if (event === null) return null;
  const same = input.referenceWindows.filter(
    (entry) => eventAt(input.events, entry.from, entry.to)?.name === event.name,
  );
  return same.length >= needed ? same : null;
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
