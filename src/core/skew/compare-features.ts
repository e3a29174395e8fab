import type { Cause } from "./cause.ts";
import { findCause } from "./find-cause.ts";
import type { Cell, Expression } from "./expression.ts";
import { evaluate } from "./expression.ts";

/** How the features of a model are made from raw columns. */
export interface SkewSpec {
  readonly features: ReadonlyArray<{ readonly name: string; readonly expression: Expression; readonly text: string }>;
  /** A number differs when |logged - right| > tolerance x max(1, |right|). */
  readonly tolerance: number;
}

/** Joined rows of both sides, by position. */
export interface JoinedRows {
  readonly rows: number;
  readonly id: (row: number) => string;
  /** Milliseconds since 1970 UTC, NaN where unknown. */
  readonly time: (row: number) => number;
  readonly raw: (column: string, row: number) => Cell;
  readonly isTime: (column: string) => boolean;
  readonly logged: (feature: string, row: number) => Cell;
}

export interface FeatureSkew {
  readonly name: string;
  readonly transformation: string;
  readonly rows: number;
  readonly differing: number;
  readonly share: number;
  /** Time of the first and last row that differs. */
  readonly since: string | null;
  readonly until: string | null;
  /**
   * The fault may have begun before its first row: with the share seen since, so many right rows before it would come
   * with probability 5%. Null without times or when every row since differs.
   */
  readonly since_earliest: string | null;
  /** Share of rows that differ from the first to the end. */
  readonly share_since: number | null;
  /** Of numbers: mean of logged minus right over the differing rows, also in standard deviations of the right values. */
  readonly mean_difference: number | null;
  readonly mean_difference_sd: number | null;
  readonly largest_difference: number | null;
  readonly cause: Cause | null;
  readonly examples: ReadonlyArray<{
    readonly id: string;
    readonly time: string | null;
    readonly right: Cell;
    readonly logged: Cell;
  }>;
  /** Ids of all rows that differ, at most 10,000. */
  readonly ids: readonly string[];
}

const idLimit = 10_000;
const causeRows = 5000;

/** Recomputes every feature of every joined row and compares it with what was logged; features that differ most often first. */
export function compareFeatures(rows: JoinedRows, spec: SkewSpec): { features: FeatureSkew[]; affected: number } {
  const same = sameCell(spec.tolerance);
  const right = new Map(spec.features.map(({ name, expression }) => [name, rightValues(rows, expression)]));
  const order = timeOrder(rows);
  const previous = previousRows(order);
  const affected = new Set<number>();
  const features = spec.features.map(({ name, expression, text }) => {
    const values = right.get(name)!;
    const differing: number[] = [];
    for (const row of order) if (!same(values[row]!, rows.logged(name, row))) differing.push(row);
    for (const row of differing) affected.add(row);
    const some = evenChoice(differing, causeRows);
    const cause =
      differing.length === 0
        ? null
        : findCause({
            feature: name,
            expression,
            expected: some.map((row) => values[row]!),
            logged: some.map((row) => rows.logged(name, row)),
            raw: (column, position) => rows.raw(column, some[position]!),
            isTime: rows.isTime,
            others: othersOf(right, name, some),
            before: some.map((row) => values[previous[row]!] ?? null),
            same,
          });
    return featureSkew(rows, name, text, values, differing, cause, order);
  });
  features.sort((a, b) => b.differing - a.differing || (a.name < b.name ? -1 : 1));
  return { features, affected: affected.size };
}

function rightValues(rows: JoinedRows, expression: Expression): Cell[] {
  return Array.from({ length: rows.rows }, (_, row) => evaluate(expression, (column) => rows.raw(column, row)));
}

/** Equal to the tolerance; a number and its text are the same. */
export function sameCell(tolerance: number): (a: Cell, b: Cell) => boolean {
  return (a, b) => {
    if (a === null || b === null) return a === b;
    if (typeof a === "string" && typeof b === "string") return a === b;
    const x = Number(a);
    const y = Number(b);
    if (Number.isNaN(x) || Number.isNaN(y)) return String(a) === String(b);
    return x === y || Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x));
  };
}

function timeOrder(rows: JoinedRows): number[] {
  const order = Array.from({ length: rows.rows }, (_, row) => row);
  const place = order.map((row) => rows.time(row));
  if (place.some((time) => Number.isNaN(time))) return order;
  return order.sort((a, b) => place[a]! - place[b]! || a - b);
}

function previousRows(order: readonly number[]): Int32Array {
  const previous = new Int32Array(order.length).fill(-1);
  for (let i = 1; i < order.length; i++) previous[order[i]!] = order[i - 1]!;
  return previous;
}

function evenChoice(values: readonly number[], limit: number): number[] {
  const count = Math.min(values.length, limit);
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]!);
}

function othersOf(
  right: ReadonlyMap<string, readonly Cell[]>,
  name: string,
  rows: readonly number[],
): Map<string, Cell[]> {
  const others = new Map<string, Cell[]>();
  for (const [other, values] of right)
    if (other !== name)
      others.set(
        other,
        rows.map((row) => values[row]!),
      );
  return others;
}

function featureSkew(
  rows: JoinedRows,
  name: string,
  transformation: string,
  values: readonly Cell[],
  differing: readonly number[],
  cause: Cause | null,
  order: readonly number[],
): FeatureSkew {
  const iso = (row: number | undefined): string | null => {
    const time = row === undefined ? Number.NaN : rows.time(row);
    return Number.isNaN(time) ? null : new Date(time).toISOString();
  };
  const first = differing[0];
  const after = first === undefined ? 0 : order.length - order.indexOf(first);
  const differences = differing.map(
    (row) => Number(rows.logged(name, row) ?? Number.NaN) - Number(values[row] ?? Number.NaN),
  );
  const numbers = differences.filter((value) => Number.isFinite(value));
  const mean = numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const sd = deviation(values);
  return {
    name,
    transformation,
    rows: rows.rows,
    differing: differing.length,
    share: differing.length / Math.max(1, rows.rows),
    since: iso(first),
    until: iso(differing.at(-1)),
    since_earliest:
      first === undefined ? null : iso(order[earliestStart(order.indexOf(first), differing.length / after)]),
    share_since: first === undefined ? null : differing.length / after,
    mean_difference: mean,
    mean_difference_sd: mean === null || sd === 0 ? null : mean / sd,
    largest_difference:
      numbers.length === 0
        ? null
        : numbers.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
    cause,
    examples: differing
      .slice(0, 5)
      .map((row) => ({ id: rows.id(row), time: iso(row), right: values[row]!, logged: rows.logged(name, row) })),
    ids: differing.slice(0, idLimit).map((row) => rows.id(row)),
  };
}

/** Position in time from which, at 95%, the fault may have been there: as many rows before the first as stay right with probability 5%. */
function earliestStart(position: number, share: number): number {
  if (share >= 1) return position;
  return Math.max(0, position - Math.ceil(Math.log(0.05) / Math.log(1 - share)));
}

function deviation(values: readonly Cell[]): number {
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value)) as number[];
  const mean = numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, numbers.length - 1));
}
