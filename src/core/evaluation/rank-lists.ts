import type { BlockLists } from "./block.ts";

/** Rows of each list in the order in which a model ranks them. */
export interface RankedLists {
  /** Row numbers, list by list. */
  readonly rows: Uint32Array;
  /** `rows[starts[list]..starts[list + 1])` is one list. */
  readonly starts: Uint32Array;
}

/** Rows sorted by list, in row order within a list (counting sort). */
export function rowsByList(lists: BlockLists): RankedLists {
  const starts = new Uint32Array(lists.count + 1);
  const { groups } = lists;
  for (let i = 0; i < groups.length; i++) starts[groups[i]! + 1]! += 1;
  for (let list = 0; list < lists.count; list++) starts[list + 1]! += starts[list]!;
  const next = starts.slice();
  const rows = new Uint32Array(groups.length);
  for (let i = 0; i < groups.length; i++) {
    const list = groups[i]!;
    rows[next[list]!] = i;
    next[list]! += 1;
  }
  return { rows, starts };
}

/** Sorts every list by score, best first; ties by item order, or else by row order. */
export function rankLists(byList: RankedLists, scores: Float64Array, itemPlace: Uint32Array | null): RankedLists {
  const rows = byList.rows.slice();
  const { starts } = byList;
  const scratch = new Uint32Array(longestList(starts));
  const before = (a: number, b: number): boolean => {
    const difference = scores[a]! - scores[b]!;
    if (difference !== 0) return difference > 0;
    return itemPlace === null ? a < b : itemPlace[a]! < itemPlace[b]!;
  };
  for (let list = 0; list + 1 < starts.length; list++)
    sortRange(rows, starts[list]!, starts[list + 1]!, scratch, before);
  return { rows, starts };
}

/** Rows of the longest list: what buffers must hold. */
export function longestList(starts: Uint32Array): number {
  let longest = 0;
  for (let list = 0; list + 1 < starts.length; list++) longest = Math.max(longest, starts[list + 1]! - starts[list]!);
  return longest;
}

const INSERTION_LIMIT = 24;

/** Stable merge sort of `rows[start..end)`; insertion sort below {@link INSERTION_LIMIT}. */
function sortRange(
  rows: Uint32Array,
  start: number,
  end: number,
  scratch: Uint32Array,
  before: (a: number, b: number) => boolean,
): void {
  if (end - start <= INSERTION_LIMIT) {
    for (let i = start + 1; i < end; i++) {
      const row = rows[i]!;
      let at = i;
      while (at > start && before(row, rows[at - 1]!)) {
        rows[at] = rows[at - 1]!;
        at--;
      }
      rows[at] = row;
    }
    return;
  }
  const middle = (start + end) >>> 1;
  sortRange(rows, start, middle, scratch, before);
  sortRange(rows, middle, end, scratch, before);
  if (!before(rows[middle]!, rows[middle - 1]!)) return;
  scratch.set(rows.subarray(start, middle));
  let left = 0;
  let right = middle;
  const lefts = middle - start;
  for (let at = start; left < lefts; at++) {
    if (right < end && before(rows[right]!, scratch[left]!)) rows[at] = rows[right++]!;
    else rows[at] = scratch[left++]!;
  }
}

/** Per row, the place of its item among all items, by which ties are broken; null where ties keep the row order. */
export function itemPlaces({ items, itemOrder }: BlockLists): Uint32Array | null {
  if (items === null || itemOrder === null) return null;
  const places = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) places[i] = itemOrder[items[i]!]!;
  return places;
}
