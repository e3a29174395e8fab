import type { CategoryColumn, Column, Table } from "../tables/table.ts";
import type { CategoryFrame, ColumnFrame, Frame, NumberFrame, TextFrame } from "./frame.ts";
import { isCategoryFrame, knownHashLimit, knownValueLimit } from "./frame.ts";
import { hashText } from "./hyperloglog.ts";
import { makeEdges } from "./make-edges.ts";
import { textFeatures } from "./text-features.ts";

export interface FrameOptions {
  /** Every n-th row enters the joint moments; 1 where unsaid. */
  readonly jointEvery?: number;
  /** Columns to be counted as free text, or never as such, whatever they look like. */
  readonly text?: readonly string[];
  readonly notText?: readonly string[];
  /** Columns to be compared although they look like identifiers. */
  readonly notIdentifier?: readonly string[];
}

/** Most columns whose joint second moments are kept (their number grows with the square). */
export const jointColumnLimit = 64;

/**
 * Frame of the rows of `sample`, which should be the reference or an even sample of it; dictionaries should be those of the
 * whole reference, so that no value that it has counts as never seen.
 */
export function makeFrame(sample: Table, options: FrameOptions = {}): Frame {
  const columns: ColumnFrame[] = [];
  for (const [name, column] of sample.columns) columns.push(makeColumnFrame(name, column, sample.rows, options));
  const joint = columns
    .filter((column) => column.kind !== "text" && column.kind !== "time" && !column.identifier)
    .slice(0, jointColumnLimit)
    .map((column) => column.name);
  const jointEvery = options.jointEvery ?? 1;
  return { id: frameId(columns, jointEvery), columns, joint, jointEvery };
}

function makeColumnFrame(name: string, column: Column, rows: number, options: FrameOptions): ColumnFrame {
  if (column.kind === "category") {
    const facts = dictionaryFacts(column, rows);
    if (options.text?.includes(name) === true || (options.notText?.includes(name) !== true && looksLikeText(facts))) {
      return makeTextFrame(name, facts);
    }
    const identifier = options.notIdentifier?.includes(name) !== true && categoryIsIdentifier(name, facts);
    return makeCategoryFrame(name, facts, identifier);
  }
  if (column.kind === "boolean") return makeBooleanFrame(name, column.values, rows);
  const identifier = options.notIdentifier?.includes(name) !== true && numberIsIdentifier(name, column, rows);
  return makeNumberFrame(
    name,
    column.kind,
    column.values,
    rows,
    identifier,
    column.kind === "number" && column.integer === true,
  );
}

function makeNumberFrame(
  name: string,
  kind: "number" | "time",
  values: ArrayLike<number>,
  rows: number,
  identifier: boolean,
  integer: boolean,
): NumberFrame {
  const finite = new Float64Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) if (Number.isFinite(values[i]!)) finite[count++] = values[i]! + 0;
  const sorted = finite.subarray(0, count).sort();
  const { centre, scale } = centreAndScale(sorted);
  return { name, kind, integer, ...makeEdges(sorted, kind === "time"), centre, scale, identifier };
}

function centreAndScale(sorted: Float64Array): { centre: number; scale: number } {
  if (sorted.length === 0) return { centre: 0, scale: 1 };
  if (sorted[0] === sorted[sorted.length - 1]) return { centre: sorted[0]!, scale: 1 };
  const n = sorted.length;
  // About the middle value, so that large values far from zero keep their digits and none overflows.
  const origin = sorted[n >> 1]!;
  const unit = Math.max(1, Math.abs(origin));
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (sorted[i]! - origin) / unit;
  const mean = origin + (sum / n) * unit;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((sorted[i]! - mean) / unit) ** 2;
  const scale = Math.sqrt(squares / n) * unit;
  return { centre: mean, scale: scale > 0 && Number.isFinite(scale) ? scale : 1 };
}

interface DictionaryFacts {
  readonly texts: readonly string[];
  /** Rows by dictionary code. */
  readonly counts: Float64Array;
  /** Codes that occur, most frequent first, ties by text. */
  readonly order: readonly number[];
  readonly rows: number;
}

function dictionaryFacts(column: CategoryColumn, rows: number): DictionaryFacts {
  const texts = column.dictionary.texts;
  const counts = new Float64Array(texts.length);
  let filled = 0;
  for (let i = 0; i < rows; i++) {
    const code = column.codes[i]!;
    if (code < texts.length) {
      counts[code]! += 1;
      filled++;
    }
  }
  const order: number[] = [];
  for (let code = 0; code < texts.length; code++) if (counts[code]! > 0) order.push(code);
  order.sort((a, b) => counts[b]! - counts[a]! || (texts[a]! < texts[b]! ? -1 : 1));
  return { texts, counts, order, rows: filled };
}

/**
 * Free text: mostly distinct, and either four words and thirty characters on average, or two words where nearly every
 * value differs (titles, names of products).
 */
function looksLikeText(facts: DictionaryFacts): boolean {
  const some = facts.order.slice(0, 2000);
  const distinct = facts.order.length / Math.max(1, facts.rows);
  if (some.length < 5 || distinct < 0.3) return false;
  let characters = 0;
  let blanks = 0;
  for (const code of some) {
    const text = facts.texts[code]!;
    characters += text.length;
    blanks += text.split(" ").length - 1;
  }
  if (distinct > 0.5 && facts.rows >= 50 && blanks / some.length >= 1) return true;
  return characters / some.length >= 30 && blanks / some.length >= 3;
}

const identifierName = /(^|[_\s.-])(id|ids|uuid|guid|key|hash)$/i;

function categoryIsIdentifier(name: string, facts: DictionaryFacts): boolean {
  if (facts.rows < 50) return false;
  if (facts.order.length > 0.8 * facts.rows) return true;
  return identifierName.test(name) && facts.order.length > Math.max(100, 0.02 * facts.rows);
}

/** Integers that never repeat and only rise, or that are named as identifiers and take many values. */
function numberIsIdentifier(name: string, column: Exclude<Column, CategoryColumn>, rows: number): boolean {
  if (column.kind !== "number" || rows < 50) return false;
  const seen = new Set<number>();
  let rising = true;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows; i++) {
    const value = column.values[i]!;
    if (!Number.isInteger(value)) return false;
    if (value <= before) rising = false;
    before = value;
    seen.add(value);
  }
  if (rising) return true;
  return identifierName.test(name) && seen.size > Math.max(100, 0.02 * rows);
}

function makeCategoryFrame(name: string, facts: DictionaryFacts, identifier: boolean): CategoryFrame {
  // The dictionary holds every value of the input, the sample perhaps not: values that it missed are known all the same.
  const missed = facts.texts.map((_, code) => code).filter((code) => facts.counts[code] === 0);
  const known = [...facts.order, ...missed.slice(0, knownValueLimit + knownHashLimit)];
  const named = known.slice(0, knownValueLimit);
  const rare = known.slice(knownValueLimit, knownValueLimit + knownHashLimit);
  return {
    name,
    kind: "category",
    values: named.map((code) => facts.texts[code]!),
    shares: Float64Array.from(named, (code) => facts.counts[code]! / Math.max(1, facts.rows)),
    rare: Uint32Array.from(rare, (code) => hashText(facts.texts[code]!)).sort(),
    identifier,
  };
}

function makeBooleanFrame(name: string, values: Uint8Array, rows: number): CategoryFrame {
  const counts = [0, 0];
  for (let i = 0; i < rows; i++) if (values[i]! < 2) counts[values[i]!]! += 1;
  const filled = Math.max(1, counts[0]! + counts[1]!);
  const present = ["false", "true"].filter((_, value) => counts[value]! > 0);
  return {
    name,
    kind: "boolean",
    values: present,
    shares: Float64Array.from(present, (text) => counts[text === "true" ? 1 : 0]! / filled),
    rare: new Uint32Array(0),
    identifier: false,
  };
}

function makeTextFrame(name: string, facts: DictionaryFacts): TextFrame {
  const lengths = new Float64Array(facts.rows);
  const words = new Map<number, number>();
  let at = 0;
  for (const code of facts.order) {
    const features = textFeatures(facts.texts[code]!);
    for (let k = 0; k < facts.counts[code]!; k++) lengths[at++] = features.length;
    for (const hash of features.wordHashes) words.set(hash, (words.get(hash) ?? 0) + facts.counts[code]!);
  }
  const sorted = lengths.sort();
  const { groupOf, groups, edges } = makeEdges(sorted, false);
  const kept = [...words.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, knownHashLimit);
  return {
    name,
    kind: "text",
    edges,
    groupOf,
    groups,
    ...centreAndScale(sorted),
    words: Uint32Array.from(kept, ([hash]) => hash).sort(),
    identifier: false,
  };
}

/** Content hash of a frame, 64 bits as 16 hexadecimal digits; not cryptographic. */
function frameId(columns: readonly ColumnFrame[], jointEvery: number): string {
  let low = hashText(`frame 1 ${jointEvery}`);
  let high = hashText(`${jointEvery} frame 1`);
  const enter = (text: string): void => {
    const hash = hashText(text);
    low = Math.imul(low ^ hash, 0x01000193) >>> 0;
    high = (Math.imul(high, 31) + hash) >>> 0;
  };
  for (const column of columns) {
    enter(`${column.name}\u0000${column.kind}`);
    if (isCategoryFrame(column)) {
      for (const value of column.values) enter(value);
      for (const hash of column.rare) enter(String(hash));
    } else {
      for (const edge of column.edges) enter(String(edge));
      if (column.kind === "text") for (const hash of column.words) enter(String(hash));
    }
  }
  return low.toString(16).padStart(8, "0") + high.toString(16).padStart(8, "0");
}
