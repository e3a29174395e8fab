import { Failure } from "../failures.ts";
import type { ColumnProfile, TextCounts } from "./column-profile.ts";
import { createColumnProfile, mostFrequent } from "./column-profile.ts";
import type { ColumnFrame, Frame } from "./frame.ts";
import { binCount, isCategoryFrame } from "./frame.ts";
import { registerCount } from "./hyperloglog.ts";
import { findAtoms } from "./make-edges.ts";
import { packCounts, packDoubles, unpackCounts, unpackDoubles } from "./packing.ts";
import type { Profile } from "./profile.ts";
import type { ColumnSummary } from "./profile-summary.ts";

/**
 * The file form of profiles, schema "umpire.profile/1": one frame, then one entry per period. Counts are packed
 * (`packCounts`), matrices and edges are base64 of little-endian doubles; everything else is plain JSON.
 */
export interface ProfileDocument {
  readonly schema: "umpire.profile/1";
  /** What the rows were; `fingerprint` is the SHA-256 of the files where it was asked for. */
  readonly source: { readonly files: readonly string[]; readonly rows: number; readonly fingerprint: string | null };
  /** How the periods were cut; null when there is one for everything. */
  readonly time: { readonly column: string; readonly by: string } | null;
  /** The whole in readable numbers; not needed to read the profile again. */
  readonly columns?: readonly ColumnSummary[];
  readonly frame: FrameDocument;
  readonly periods: readonly PeriodDocument[];
}

export interface FrameDocument {
  readonly id: string;
  readonly joint: readonly string[];
  readonly jointEvery: number;
  readonly columns: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export interface PeriodDocument {
  /** RFC 3339; null for the whole. */
  readonly from: string | null;
  readonly to: string | null;
  readonly rows: number;
  readonly columns: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly joint: { readonly rows: number; readonly sums: string; readonly products: string };
}

/** Words and unseen values that the file form keeps by name, per period and column. */
const namedInFile = 100;

export function frameDocument(frame: Frame): FrameDocument {
  return {
    id: frame.id,
    joint: frame.joint,
    jointEvery: frame.jointEvery,
    columns: frame.columns.map((column) => {
      const base = { name: column.name, kind: column.kind };
      if (isCategoryFrame(column)) {
        return {
          ...base,
          values: column.values,
          shares: packDoubles(column.shares),
          rare: packDoubles(Float64Array.from(column.rare)),
          identifier: column.identifier,
        };
      }
      const edges = {
        edges: packDoubles(column.edges),
        groupOf: packCounts(column.groupOf),
        groups: column.groups,
        centre: column.centre,
        scale: column.scale,
      };
      if (column.kind === "text") return { ...base, ...edges, words: packDoubles(Float64Array.from(column.words)) };
      return { ...base, ...edges, integer: column.integer, discrete: column.discrete, identifier: column.identifier };
    }),
  };
}

export function periodDocument(profile: Profile, from: string | null, to: string | null): PeriodDocument {
  return {
    from,
    to,
    rows: profile.rows,
    columns: profile.columns.map(columnDocument),
    joint: {
      rows: profile.joint.rows,
      sums: packDoubles(profile.joint.sums),
      products: packDoubles(profile.joint.products),
    },
  };
}

function columnDocument(column: ColumnProfile): Record<string, unknown> {
  const document: Record<string, unknown> = {
    name: column.frame.name,
    rows: column.rows,
    nulls: column.nulls,
    counts: packCounts(column.counts),
    distinct: packCounts(column.registers),
  };
  if (column.nan + column.plusInfinity + column.minusInfinity > 0) {
    document["odd"] = [column.nan, column.plusInfinity, column.minusInfinity];
  }
  if (column.min <= column.max) document["range"] = [column.min, column.max];
  if (!isCategoryFrame(column.frame)) document["powers"] = Array.from(column.powers);
  if (column.unseen.size > 0) document["unseen"] = Object.fromEntries(mostFrequent(column.unseen, namedInFile));
  if (column.text !== null) {
    document["text"] = {
      byLanguage: Array.from(column.text.byLanguage),
      words: column.text.words,
      unknownWords: column.text.unknownWords,
      cells: packCounts(column.text.cells),
      known: Object.fromEntries(mostFrequent(column.text.known, namedInFile)),
      unknown: Object.fromEntries(mostFrequent(column.text.unknown, namedInFile)),
    };
  }
  return document;
}

/**
 * Frame and profiles back from a document of which the schema name has been checked.
 * @throws Failure RECORD when a field is missing or packed wrongly
 */
export function readProfileDocument(document: Pick<ProfileDocument, "frame" | "periods">): {
  frame: Frame;
  profiles: Profile[];
} {
  const frame = readFrameDocument(document.frame);
  return { frame, profiles: document.periods.map((period) => readPeriodDocument(frame, period)) };
}

/** @throws Failure RECORD when a field is missing or packed wrongly */
export function readFrameDocument({ id, joint, jointEvery, columns }: FrameDocument): Frame {
  return { id, joint, jointEvery, columns: columns.map(readColumnFrame) };
}

/** @throws Failure RECORD when a field is missing or packed wrongly */
export function readPeriodDocument(frame: Frame, period: PeriodDocument): Profile {
  if (period.columns.length !== frame.columns.length) throw missing("a column in one of its periods");
  const sums = unpackDoubles(period.joint.sums);
  const products = unpackDoubles(period.joint.products);
  const size = frame.joint.length;
  if (sums.length !== size || products.length !== (size * (size + 1)) / 2) throw missing("joint moments");
  return {
    frame,
    rows: period.rows,
    columns: period.columns.map((column, index) => readColumn(frame.columns[index]!, column)),
    joint: { rows: period.joint.rows, sums, products },
  };
}

type Raw = Readonly<Record<string, unknown>>;

function readColumnFrame(raw: Readonly<Record<string, unknown>>): ColumnFrame {
  const field: Raw = raw;
  const name: string = need(field["name"], "the name of a column");
  const kind: string = need(field["kind"], `the kind of ${name}`);
  if (kind === "category" || kind === "boolean") {
    return {
      name,
      kind,
      values: needTexts(field["values"], `values of ${name}`),
      shares: unpackDoubles(need(field["shares"], `shares of ${name}`)),
      rare: Uint32Array.from(unpackDoubles(need(field["rare"], `rare values of ${name}`))),
      identifier: field["identifier"] === true,
    };
  }
  const edges = unpackDoubles(need(field["edges"], `edges of ${name}`));
  const shared = {
    name,
    edges,
    groupOf: Uint16Array.from(unpackCounts(need(field["groupOf"], `groups of ${name}`), edges.length + 1)),
    groups: needTexts(field["groups"], `groups of ${name}`),
    centre: needNumber(field["centre"], `centre of ${name}`),
    scale: needNumber(field["scale"], `scale of ${name}`),
  };
  if (kind === "text") {
    const words = Uint32Array.from(unpackDoubles(need(field["words"], `words of ${name}`)));
    return { ...shared, kind, words, identifier: false };
  }
  if (kind !== "number" && kind !== "time") throw missing(`a known kind for ${name}`);
  return {
    ...shared,
    kind,
    integer: field["integer"] === true,
    discrete: field["discrete"] === true,
    identifier: field["identifier"] === true,
    atoms: findAtoms(edges),
  };
}

function readColumn(frame: ColumnFrame, field: Raw): ColumnProfile {
  const profile = createColumnProfile(frame);
  profile.rows = needNumber(field["rows"], `rows of ${frame.name}`);
  profile.nulls = needNumber(field["nulls"], `nulls of ${frame.name}`);
  profile.counts.set(unpackCounts(need(field["counts"], `counts of ${frame.name}`), binCount(frame)));
  profile.registers.set(unpackCounts(need(field["distinct"], `distinct of ${frame.name}`), registerCount));
  const odd = needNumbers(field["odd"] ?? [0, 0, 0], `odd values of ${frame.name}`);
  [profile.nan, profile.plusInfinity, profile.minusInfinity] = [odd[0] ?? 0, odd[1] ?? 0, odd[2] ?? 0];
  const range = needNumbers(field["range"] ?? [], `range of ${frame.name}`);
  profile.min = range[0] ?? Number.POSITIVE_INFINITY;
  profile.max = range[1] ?? Number.NEGATIVE_INFINITY;
  profile.powers.set(needNumbers(field["powers"] ?? [], `powers of ${frame.name}`).slice(0, 4));
  for (const [value, count] of needCounts(field["unseen"] ?? {}, `unseen values of ${frame.name}`)) {
    profile.unseen.set(value, count);
  }
  if (profile.text !== null) readText(profile.text, field["text"], frame.name);
  return profile;
}

function readText(text: TextCounts, raw: unknown, name: string): void {
  if (typeof raw !== "object" || raw === null) throw missing(`text counts of ${name}`);
  const field = raw as Raw;
  text.byLanguage.set(needNumbers(field["byLanguage"], `languages of ${name}`).slice(0, text.byLanguage.length));
  text.words = needNumber(field["words"], `words of ${name}`);
  text.unknownWords = needNumber(field["unknownWords"], `unknown words of ${name}`);
  text.cells.set(unpackCounts(need(field["cells"], `word cells of ${name}`), text.cells.length));
  for (const [word, count] of needCounts(field["known"], `known words of ${name}`)) {
    text.known.set(word, count);
  }
  for (const [word, count] of needCounts(field["unknown"], `unknown words of ${name}`)) {
    text.unknown.set(word, count);
  }
}

/** A text (packed, or a name). */
function need(value: unknown, what: string): string {
  if (typeof value !== "string") throw missing(what);
  return value;
}

function needNumber(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw missing(what);
  return value;
}

function needTexts(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) throw missing(what);
  return value;
}

function needNumbers(value: unknown, what: string): readonly number[] {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "number")) throw missing(what);
  return value;
}

function needCounts(value: unknown, what: string): ReadonlyArray<[string, number]> {
  if (typeof value !== "object" || value === null) throw missing(what);
  return Object.entries(value).map(([name, count]) => [name, needNumber(count, what)]);
}

function missing(what: string): Failure {
  return new Failure("RECORD", {
    message: `the profile is damaged: it lacks ${what}`,
    mend: ["make it again from the data: umpire profile DATA"],
  });
}
