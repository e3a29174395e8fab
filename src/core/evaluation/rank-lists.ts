import type { BlockLists, BlockModel } from "./block.ts";

/** Rows of each list in the order in which a model ranks them. */
export interface RankedLists {
  /** Row numbers, list by list. */
  readonly rows: Uint32Array;
  /** `rows[starts[list]..starts[list + 1])` is one list. */
  readonly starts: Uint32Array;
}

/** Rows sorted by list, in row order within a list (counting sort). */
function rowsByList(lists: BlockLists): RankedLists {
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
function rankLists(byList: RankedLists, scores: Float64Array, itemPlace: Uint32Array | null): RankedLists {
  const { rows, starts } = byList;
  const ranked = new Uint32Array(rows.length);
  const buffers = listBuffers(longestList(starts));
  for (let list = 0; list + 1 < starts.length; list++) {
    const start = starts[list]!;
    const length = starts[list + 1]! - start;
    for (let i = 0; i < length; i++) {
      const row = rows[start + i]!;
      buffers.rows[i] = row;
      buffers.scores[i] = scores[row]!;
    }
    const sorted = sortList(buffers, length, itemPlace);
    for (let i = 0; i < length; i++) ranked[start + i] = sorted[i]!;
  }
  return { rows: ranked, starts };
}

const rankings = new WeakMap<BlockModel, RankedLists>();
const orders = new WeakMap<BlockLists, { readonly byList: RankedLists; readonly places: Uint32Array | null }>();

/** The lists of a block as one of its models ranks them: sorted once, for evidence and for pictures. */
export function rankedBy(lists: BlockLists, model: BlockModel): RankedLists {
  const known = rankings.get(model);
  if (known !== undefined) return known;
  const order = orders.get(lists) ?? { byList: rowsByList(lists), places: itemPlaces(lists) };
  orders.set(lists, order);
  const ranked = rankLists(order.byList, model.scores, order.places);
  rankings.set(model, ranked);
  return ranked;
}

/** Rows of the longest list: what buffers must hold. */
export function longestList(starts: Uint32Array): number {
  let longest = 0;
  for (let list = 0; list + 1 < starts.length; list++) longest = Math.max(longest, starts[list + 1]! - starts[list]!);
  return longest;
}

/** One list at a time with its scores beside it, so that sorting stays in the processor's cache. */
interface ListBuffers {
  rows: Uint32Array;
  scores: Float64Array;
  spareRows: Uint32Array;
  spareScores: Float64Array;
}

function listBuffers(longest: number): ListBuffers {
  return {
    rows: new Uint32Array(longest),
    scores: new Float64Array(longest),
    spareRows: new Uint32Array(longest),
    spareScores: new Float64Array(longest),
  };
}

/** Runs of this length are sorted by insertion, then merged. */
const RUN = 16;

/** Stable merge sort of the first `length` rows; swaps the buffers, and returns the one that holds the sorted rows. */
function sortList(buffers: ListBuffers, length: number, places: Uint32Array | null): Uint32Array {
  for (let start = 0; start < length; start += RUN) {
    sortRun(buffers.rows, buffers.scores, start, Math.min(start + RUN, length), places);
  }
  for (let width = RUN; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) mergeRuns(buffers, start, width, length, places);
    const { rows, scores, spareRows, spareScores } = buffers;
    buffers.rows = spareRows;
    buffers.scores = spareScores;
    buffers.spareRows = rows;
    buffers.spareScores = scores;
  }
  return buffers.rows;
}

function sortRun(
  rows: Uint32Array,
  scores: Float64Array,
  start: number,
  end: number,
  places: Uint32Array | null,
): void {
  for (let i = start + 1; i < end; i++) {
    const row = rows[i]!;
    const score = scores[i]!;
    let at = i;
    while (at > start) {
      const other = scores[at - 1]!;
      if (score === other ? places === null || places[row]! >= places[rows[at - 1]!]! : !(score > other)) break;
      rows[at] = rows[at - 1]!;
      scores[at] = other;
      at--;
    }
    rows[at] = row;
    scores[at] = score;
  }
}

function mergeRuns(
  { rows, scores, spareRows, spareScores }: ListBuffers,
  start: number,
  width: number,
  length: number,
  places: Uint32Array | null,
): void {
  const middle = Math.min(start + width, length);
  const end = Math.min(start + 2 * width, length);
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    if (right >= end || (left < middle && !goesFirst(rows, scores, right, left, places))) {
      spareRows[at] = rows[left]!;
      spareScores[at] = scores[left++]!;
    } else {
      spareRows[at] = rows[right]!;
      spareScores[at] = scores[right++]!;
    }
  }
}

/** Whether the entry at `right`, which came later, is ranked before the one at `left`. */
function goesFirst(
  rows: Uint32Array,
  scores: Float64Array,
  right: number,
  left: number,
  places: Uint32Array | null,
): boolean {
  if (scores[right]! !== scores[left]!) return scores[right]! > scores[left]!;
  return places !== null && places[rows[right]!]! < places[rows[left]!]!;
}

/** Per row, the place of its item among all items, by which ties are broken; null where ties keep the row order. */
function itemPlaces({ items, itemOrder }: BlockLists): Uint32Array | null {
  if (items === null || itemOrder === null) return null;
  const places = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) places[i] = itemOrder[items[i]!]!;
  return places;
}
