import type { ColumnFrame } from "./frame.ts";
import { binCount } from "./frame.ts";
import { createRegisters, mergeRegisters } from "./hyperloglog.ts";
import { languages } from "./text-features.ts";

/** Mergeable summary of one column over some rows, on a frame. Fields are sums, extremes or unions, so that parts add. */
export interface ColumnProfile {
  readonly frame: ColumnFrame;
  rows: number;
  nulls: number;
  /** Numbers only: NaN that is not null, +infinity, -infinity. They enter neither bins nor moments. */
  nan: number;
  plusInfinity: number;
  minusInfinity: number;
  /** Rows by bin of the frame; see `NumberFrame.edges`, `rareBin`, `unseenBin`. */
  readonly counts: Float64Array;
  /** Smallest and largest finite value (text: length); infinity and minus infinity when there is none. */
  min: number;
  max: number;
  /** Sums of ((x - centre) / scale)^k, k = 1 to 4, over finite values. */
  readonly powers: Float64Array;
  readonly registers: Uint8Array;
  /** Categories: values that the frame does not know, with counts; at most 1,000 names, the rest only in the bin. */
  readonly unseen: Map<string, number>;
  /** Text only. */
  readonly text: TextCounts | null;
}

export interface TextCounts {
  /** Texts by guessed language, in the order of `languages`. */
  readonly byLanguage: Float64Array;
  /** Words, and how many of them the reference does not have. */
  words: number;
  unknownWords: number;
  /** Words by a hash into 1,024 cells: compares vocabularies and merges exactly. */
  readonly cells: Float64Array;
  /** Most frequent words and most frequent unknown words; counts are exact until more than 20,000 differ. */
  readonly known: Map<string, number>;
  readonly unknown: Map<string, number>;
}

export const unseenNameLimit = 1000;
export const wordLimit = 20_000;
export const wordCells = 1024;

export function createColumnProfile(frame: ColumnFrame): ColumnProfile {
  return {
    frame,
    rows: 0,
    nulls: 0,
    nan: 0,
    plusInfinity: 0,
    minusInfinity: 0,
    counts: new Float64Array(binCount(frame)),
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    powers: new Float64Array(4),
    registers: createRegisters(),
    unseen: new Map(),
    text: frame.kind === "text" ? createTextCounts() : null,
  };
}

function createTextCounts(): TextCounts {
  return {
    byLanguage: new Float64Array(languages.length),
    words: 0,
    unknownWords: 0,
    cells: new Float64Array(wordCells),
    known: new Map(),
    unknown: new Map(),
  };
}

/** Adds `other`, a profile of other rows on the same frame, into `into`. */
export function addColumnProfile(into: ColumnProfile, other: ColumnProfile): void {
  into.rows += other.rows;
  into.nulls += other.nulls;
  into.nan += other.nan;
  into.plusInfinity += other.plusInfinity;
  into.minusInfinity += other.minusInfinity;
  for (let bin = 0; bin < into.counts.length; bin++) into.counts[bin]! += other.counts[bin]!;
  into.min = Math.min(into.min, other.min);
  into.max = Math.max(into.max, other.max);
  for (let k = 0; k < 4; k++) into.powers[k]! += other.powers[k]!;
  mergeRegisters(into.registers, other.registers);
  addCounts(into.unseen, other.unseen, unseenNameLimit);
  if (into.text !== null && other.text !== null) addTextCounts(into.text, other.text);
}

function addTextCounts(into: TextCounts, other: TextCounts): void {
  for (let i = 0; i < into.byLanguage.length; i++) into.byLanguage[i]! += other.byLanguage[i]!;
  into.words += other.words;
  into.unknownWords += other.unknownWords;
  for (let i = 0; i < into.cells.length; i++) into.cells[i]! += other.cells[i]!;
  addCounts(into.known, other.known, wordLimit);
  addCounts(into.unknown, other.unknown, wordLimit);
}

/** Adds counts by name; beyond `limit` names the rarest are forgotten (ties: last in text order). */
export function addCounts(into: Map<string, number>, other: ReadonlyMap<string, number>, limit: number): void {
  for (const [name, count] of other) into.set(name, (into.get(name) ?? 0) + count);
  if (into.size > limit) keepMostFrequent(into, limit);
}

export function keepMostFrequent(counts: Map<string, number>, limit: number): void {
  const kept = mostFrequent(counts, limit);
  counts.clear();
  for (const [name, count] of kept) counts.set(name, count);
}

export function mostFrequent(counts: ReadonlyMap<string, number>, limit: number): Array<[string, number]> {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit);
}

/** The rows of `whole` that are not in `part`: counts, sums and bins only (extremes and distinct values stay those of the whole). */
export function withoutPart(whole: ColumnProfile, part: ColumnProfile): ColumnProfile {
  const rest = createColumnProfile(whole.frame);
  rest.rows = whole.rows - part.rows;
  rest.nulls = whole.nulls - part.nulls;
  rest.nan = whole.nan - part.nan;
  rest.plusInfinity = whole.plusInfinity - part.plusInfinity;
  rest.minusInfinity = whole.minusInfinity - part.minusInfinity;
  for (let bin = 0; bin < rest.counts.length; bin++) rest.counts[bin] = whole.counts[bin]! - part.counts[bin]!;
  for (let k = 0; k < 4; k++) rest.powers[k] = whole.powers[k]! - part.powers[k]!;
  rest.min = whole.min;
  rest.max = whole.max;
  return rest;
}

/** Rows with a value that counts: not null, not NaN, not infinite. */
export function filledRows(profile: ColumnProfile): number {
  return profile.rows - profile.nulls - profile.nan - profile.plusInfinity - profile.minusInfinity;
}

/** Rows without a usable value. */
export function missingRows(profile: ColumnProfile): number {
  return profile.nulls + profile.nan;
}
