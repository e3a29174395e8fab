import { codeArray, type GroupingSource, withCodes } from "../slices/grouping-source.ts";
import type { Grouping } from "../slices/slice.ts";

/**
 * Which groupings need a pass over the rows, and which are sums of the members of another. `each: a` is coarser than
 * `cross: [a, b]`, and the slice of everything is coarser than all: their additive sums follow from the finer ones.
 */
export interface Refinement {
  /** Groupings that are summed from rows, with their codes. */
  readonly base: readonly Grouping[];
  readonly derived: readonly DerivedGrouping[];
}

export interface DerivedGrouping {
  readonly grouping: Omit<Grouping, "codes">;
  readonly from: Grouping;
  /** Code in `grouping` by code in `from`; `grouping.none` where the finer member lies in no slice. */
  readonly codeOf: Int32Array;
}

/**
 * Finds, for each grouping, the finest other grouping whose code decides its own on every row of this block. Codes are
 * made once a grouping and kept for the base only.
 */
export function refine(groupings: readonly GroupingSource[], rows: number): Refinement {
  const finestFirst = groupings
    .map((source, index) => ({ source, index }))
    .sort((a, b) => b.source.slices.length - a.source.slices.length || a.index - b.index);
  const base: Grouping[] = [];
  const derived: DerivedGrouping[] = [];
  for (const { source } of finestFirst) {
    const grouping = withCodes(source);
    const found = findFiner(grouping, base, rows);
    if (found === null) base.push(grouping);
    else derived.push(found);
  }
  return { base, derived };
}

function findFiner(grouping: Grouping, base: readonly Grouping[], rows: number): DerivedGrouping | null {
  const { none, slices } = grouping;
  for (const from of base) {
    const codeOf = decides(from, grouping, rows);
    if (codeOf !== null) return { grouping: { none, slices }, from, codeOf };
  }
  return null;
}

/**
 * Parts of about equal work that touch separate slices. A derived grouping stays with the one that it follows from.
 * Every base grouping takes some passes over the rows, a derived one only that of rank metrics.
 */
export function split({ base, derived }: Refinement, parts: number): Refinement[] {
  const made = Array.from({ length: parts }, () => ({
    base: [] as Grouping[],
    derived: [] as DerivedGrouping[],
    work: 0,
  }));
  for (const grouping of base) {
    const followers = derived.filter(({ from }) => from === grouping);
    const lightest = made.reduce((least, part) => (part.work < least.work ? part : least));
    lightest.base.push(grouping);
    lightest.derived.push(...followers);
    lightest.work += 3 + followers.length;
  }
  return made
    .filter((part) => part.base.length > 0)
    .map(({ base: own, derived: followers }) => ({ base: own, derived: followers }));
}

/** All groupings with their codes, one after the other; those of derived ones are made from the finer ones'. */
export function* allGroupings({ base, derived }: Refinement): Generator<Grouping> {
  yield* base;
  for (const { grouping, from, codeOf } of derived) {
    const codes = codeArray(from.codes.length, grouping.none);
    for (let i = 0; i < codes.length; i++) codes[i] = codeOf[from.codes[i]!]!;
    yield { ...grouping, codes };
  }
}

/** The code of `coarse` by the code of `fine`, or null when two rows of one fine member differ, or lie in none. */
function decides(fine: Grouping, coarse: Grouping, rows: number): Int32Array | null {
  const codeOf = new Int32Array(Math.max(fine.none + 1, fine.slices.length)).fill(-1);
  const fineCodes = fine.codes;
  const coarseCodes = coarse.codes;
  for (let i = 0; i < rows; i++) {
    const code = fineCodes[i]!;
    const seen = codeOf[code]!;
    if (seen === coarseCodes[i]!) continue;
    if (seen !== -1 || code === fine.none) return null;
    codeOf[code] = coarseCodes[i]!;
  }
  for (let code = 0; code < codeOf.length; code++) if (codeOf[code] === -1) codeOf[code] = coarse.none;
  return codeOf;
}

/** Adds the finer slices' stretches of `sums` (`length` numbers a slice) onto those of each derived grouping. */
export function rollUp(derived: readonly DerivedGrouping[], sums: Float64Array, length: number): void {
  for (const { grouping, from, codeOf } of derived) {
    from.slices.forEach((fineSlice, fineCode) => {
      const code = codeOf[fineCode]!;
      if (code === grouping.none) return;
      let to = grouping.slices[code]! * length;
      let at = fineSlice * length;
      for (const end = at + length; at < end; at++, to++) sums[to]! += sums[at]!;
    });
  }
}
