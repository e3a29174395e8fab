import type { Grouping } from "../slices/slice.ts";

/**
 * Which groupings need a pass over the rows, and which are sums of the members of another. `each: a` is coarser than
 * `cross: [a, b]`, and the slice of everything is coarser than all: their additive sums follow from the finer ones.
 */
export interface Refinement {
  /** Groupings that are summed from rows. */
  readonly base: readonly Grouping[];
  readonly derived: readonly DerivedGrouping[];
}

export interface DerivedGrouping {
  readonly grouping: Grouping;
  readonly from: Grouping;
  /** Code in `grouping` by code in `from`; `grouping.none` where the finer member lies in no slice. */
  readonly codeOf: Int32Array;
}

/** Finds, for each grouping, the finest other grouping whose code decides its own on every row of this block. */
export function refine(groupings: readonly Grouping[], rows: number): Refinement {
  const finestFirst = groupings
    .map((grouping, index) => ({ grouping, index }))
    .sort((a, b) => b.grouping.slices.length - a.grouping.slices.length || a.index - b.index);
  const base: Grouping[] = [];
  const derived: DerivedGrouping[] = [];
  for (const { grouping } of finestFirst) {
    const found = findFiner(grouping, base, rows);
    if (found === null) base.push(grouping);
    else derived.push(found);
  }
  return { base, derived };
}

function findFiner(grouping: Grouping, base: readonly Grouping[], rows: number): DerivedGrouping | null {
  for (const from of base) {
    const codeOf = decides(from, grouping, rows);
    if (codeOf !== null) return { grouping, from, codeOf };
  }
  return null;
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
