import type { Grouping } from "../slices/slice.ts";
import type { RowsOfBlock } from "./block.ts";
import type { CountTable } from "./evidence.ts";
import { bitCount } from "./unit-tally.ts";
import { rollUp, type DerivedGrouping, type Refinement } from "./refinement.ts";

/**
 * Adds distinct units (and, where asked for, positives) of a block to the counts. Rows come from the moments, a binary
 * task's positives from its histograms; a ranking counts lists and units where it walks the lists.
 */
export function accumulateCounts(
  counts: CountTable,
  block: RowsOfBlock,
  positive: boolean,
  { base, derived }: Refinement,
): void {
  if (positive) {
    for (const grouping of base) countPositives(counts.positives, block, grouping);
    rollUp(derived, counts.positives, 1);
  }
  if (block.lists === null && block.units !== null)
    countDistinct(counts.units, block.units, block.unitCount, base, derived);
}

function countPositives(out: Float64Array, block: RowsOfBlock, { codes, none, slices }: Grouping): void {
  const positives = new Float64Array(Math.max(none + 1, slices.length));
  const { label } = block;
  for (let i = 0; i < block.rows; i++) if (label[i]! > 0) positives[codes[i]!]! += 1;
  slices.forEach((slice, code) => {
    out[slice]! += positives[code]!;
  });
}

/** Distinct keys per slice: one bit per (member, key); coarser groupings take the union of the finer members' bits. */
function countDistinct(
  out: Float64Array,
  keys: Uint32Array,
  keyCount: number,
  base: readonly Grouping[],
  derived: readonly DerivedGrouping[],
): void {
  const words = Math.ceil(keyCount / 32);
  for (const grouping of base) {
    const seen = markKeys(grouping, keys, words);
    addCounts(out, grouping, seen, words);
    for (const coarser of derived) {
      if (coarser.from === grouping) addCounts(out, coarser.grouping, union(coarser, seen, words), words);
    }
  }
}

function markKeys({ codes, none, slices }: Grouping, keys: Uint32Array, words: number): Uint32Array {
  const seen = new Uint32Array(words * Math.max(none + 1, slices.length));
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    seen[codes[i]! * words + (key >>> 5)]! |= 1 << (key & 31);
  }
  return seen;
}

function union({ grouping, from, codeOf }: DerivedGrouping, seen: Uint32Array, words: number): Uint32Array {
  const merged = new Uint32Array(words * Math.max(grouping.none + 1, grouping.slices.length));
  from.slices.forEach((_, fineCode) => {
    const to = codeOf[fineCode]! * words;
    const at = fineCode * words;
    for (let word = 0; word < words; word++) merged[to + word]! |= seen[at + word]!;
  });
  return merged;
}

function addCounts(out: Float64Array, grouping: Omit<Grouping, "codes">, seen: Uint32Array, words: number): void {
  grouping.slices.forEach((slice, code) => {
    let distinct = 0;
    for (let word = code * words; word < (code + 1) * words; word++) distinct += bitCount(seen[word]!);
    out[slice]! += distinct;
  });
}
