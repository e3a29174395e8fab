import type { ColumnProfile } from "./column-profile.ts";
import { createColumnProfile, filledRows } from "./column-profile.ts";
import type { CategoryFrame, ColumnFrame, Frame, NumberFrame } from "./frame.ts";
import { containsHash, isCategoryFrame, rareBin, unseenBin } from "./frame.ts";
import { hashText } from "./hyperloglog.ts";
import { createJointMoments } from "./joint-moments.ts";
import type { Profile } from "./profile.ts";

/** A profile as it would count on another frame, as far as its own counts tell. */
export interface Reframed {
  readonly profile: Profile;
  /** By column of the frame: the largest share of filled rows that may lie on the other side of one of its edges. */
  readonly spread: ReadonlyMap<string, number>;
  /** Columns that cannot be counted on the frame, with the reason. */
  readonly lost: ReadonlyMap<string, string>;
}

/**
 * Counts a profile on the edges, values and origin of another frame. Exact: rows, nulls, extremes, moments, distinct
 * values, values known by name. A bin that an edge of the frame cuts is spread evenly between its ends, which moves the
 * distribution function there by at most the rows of that bin (`spread`). Known values without a name (beyond 1,000),
 * words of texts and joint moments cannot be counted again: the first widen `spread`, the others are lost.
 */
export function reframeProfile(profile: Profile, frame: Frame): Reframed {
  const own = new Map(profile.columns.map((column) => [column.frame.name, column]));
  const spread = new Map<string, number>();
  const lost = new Map<string, string>();
  const columns = frame.columns.map((target) => {
    const source = own.get(target.name);
    if (source === undefined) return createColumnProfile(target);
    const counted = reframeColumn(source, target);
    if (typeof counted === "string") {
      lost.set(target.name, counted);
      return createColumnProfile(target);
    }
    spread.set(target.name, counted.uncertain / Math.max(1, filledRows(source)));
    return counted.column;
  });
  const joint = createJointMoments(frame.joint.length);
  return { profile: { frame, rows: profile.rows, columns, joint }, spread, lost };
}

interface Counted {
  readonly column: ColumnProfile;
  /** Most rows that may lie on the other side of an edge. */
  readonly uncertain: number;
}

function reframeColumn(source: ColumnProfile, target: ColumnFrame): Counted | string {
  const from = source.frame;
  if (from.kind === "text" || target.kind === "text") {
    return from.kind === target.kind
      ? "its words were counted against another vocabulary"
      : `it is ${word(from)} in one profile and ${word(target)} in the other`;
  }
  if (isCategoryFrame(from) !== isCategoryFrame(target))
    return `it is ${word(from)} in one profile and ${word(target)} in the other`;
  const column = createColumnProfile(target);
  column.rows = source.rows;
  column.nulls = source.nulls;
  column.nan = source.nan;
  column.plusInfinity = source.plusInfinity;
  column.minusInfinity = source.minusInfinity;
  column.min = source.min;
  column.max = source.max;
  column.registers.set(source.registers);
  const uncertain = isCategoryFrame(target)
    ? moveValues(source, from as CategoryFrame, column, target)
    : moveNumbers(source, from as NumberFrame, column, target as NumberFrame);
  return { column, uncertain };
}

function word({ kind }: ColumnFrame): string {
  return { text: "free text", category: "text", boolean: "true or false", number: "a number", time: "a time" }[kind];
}

function moveValues(source: ColumnProfile, from: CategoryFrame, column: ColumnProfile, to: CategoryFrame): number {
  const places = new Map(to.values.map((value, index) => [value, index]));
  const put = (value: string, rows: number): void => {
    const known = places.get(value) ?? (containsHash(to.rare, hashText(value)) ? rareBin(to) : unseenBin(to));
    column.counts[known]! += rows;
    if (known === unseenBin(to)) column.unseen.set(value, (column.unseen.get(value) ?? 0) + rows);
  };
  from.values.forEach((value, index) => {
    const rows = source.counts[index]!;
    if (rows > 0) put(value, rows);
  });
  let named = 0;
  for (const [value, rows] of source.unseen) {
    put(value, rows);
    named += rows;
  }
  const rare = source.counts[rareBin(from)]!;
  const nameless = Math.max(0, source.counts[unseenBin(from)]! - named);
  column.counts[rareBin(to)]! += rare;
  column.counts[unseenBin(to)]! += nameless;
  return rare + nameless;
}

function moveNumbers(source: ColumnProfile, from: NumberFrame, column: ColumnProfile, to: NumberFrame): number {
  shiftPowers(source, from, column, to);
  let uncertain = 0;
  let below = 0;
  let bin = 0;
  let passed = 0;
  for (let at = 0; at < to.edges.length; at++) {
    const edge = to.edges[at]!;
    // Bins that end at or before the edge lie below it whole.
    while (bin < from.edges.length && from.edges[bin]! <= edge) passed += source.counts[bin++]!;
    const low = Math.max(bin === 0 ? source.min : from.edges[bin - 1]!, source.min);
    const high = Math.min(bin === from.edges.length ? source.max : from.edges[bin]!, source.max);
    const rows = source.counts[bin]!;
    let part = 0;
    if (rows > 0 && edge > low) {
      const single = Number.isFinite(from.atoms[bin]!);
      part = edge > high || single ? rows : (rows * (edge - low)) / (high - low);
      if (part < rows) uncertain = Math.max(uncertain, rows);
    }
    const now = Math.round(passed + part);
    column.counts[at] = now - below;
    below = now;
  }
  let all = 0;
  for (const rows of source.counts) all += rows;
  column.counts[to.edges.length] = all - below;
  return uncertain;
}

/** Sums of powers about another origin and in another unit: z' = a z + b. */
function shiftPowers(source: ColumnProfile, from: NumberFrame, column: ColumnProfile, to: NumberFrame): void {
  const n = filledRows(source);
  const [s1, s2, s3, s4] = source.powers as unknown as [number, number, number, number];
  const a = from.scale / to.scale;
  const b = (from.centre - to.centre) / to.scale;
  column.powers.set([
    a * s1 + b * n,
    a ** 2 * s2 + 2 * a * b * s1 + b ** 2 * n,
    a ** 3 * s3 + 3 * a ** 2 * b * s2 + 3 * a * b ** 2 * s1 + b ** 3 * n,
    a ** 4 * s4 + 4 * a ** 3 * b * s3 + 6 * a ** 2 * b ** 2 * s2 + 4 * a * b ** 3 * s1 + b ** 4 * n,
  ]);
}
