import type { Grouping } from "../slices/slice.ts";
import type { EvaluationBlock } from "./block.ts";
import type { CountTable } from "./evidence.ts";

/** Adds rows, positives, lists and distinct units of a block to the counts; units are exact within the block. */
export function accumulateCounts(counts: CountTable, block: EvaluationBlock, positive: boolean): void {
  const everything = counts.rows.length - 1;
  const all: Grouping = { codes: new Uint8Array(block.rows), none: 1, slices: [everything] };
  for (const grouping of [...block.groupings, all]) {
    countRows(counts, block, grouping, positive);
    if (block.units !== null) {
      addDistinct(counts.units, grouping, block.units, block.unitCount);
    } else {
      for (const slice of grouping.slices) counts.units[slice] = counts.rows[slice]!;
    }
    if (block.lists !== null) addDistinct(counts.groups, grouping, block.lists.groups, block.lists.count);
  }
}

function countRows(counts: CountTable, block: EvaluationBlock, grouping: Grouping, positive: boolean): void {
  const { codes, none, slices } = grouping;
  const size = Math.max(none + 1, slices.length);
  const rows = new Float64Array(size);
  const positives = new Float64Array(size);
  for (let i = 0; i < block.rows; i++) rows[codes[i]!] = rows[codes[i]!]! + 1;
  if (positive) {
    for (let i = 0; i < block.rows; i++) if (block.label[i]! > 0) positives[codes[i]!] = positives[codes[i]!]! + 1;
  }
  slices.forEach((slice, code) => {
    counts.rows[slice] = counts.rows[slice]! + rows[code]!;
    counts.positives[slice] = counts.positives[slice]! + positives[code]!;
  });
}

/** Distinct keys per slice: one bit per (member, key), a grouping at a time so that the bits stay few. */
function addDistinct(out: Float64Array, grouping: Grouping, keys: Uint32Array, keyCount: number): void {
  const { codes, none, slices } = grouping;
  const words = Math.ceil(keyCount / 32);
  const seen = new Uint32Array(words * slices.length);
  const distinct = new Float64Array(slices.length);
  for (let i = 0; i < keys.length; i++) {
    const code = codes[i]!;
    if (code === none) continue;
    const key = keys[i]!;
    const word = code * words + (key >>> 5);
    const bit = 1 << (key & 31);
    if ((seen[word]! & bit) === 0) {
      seen[word] = seen[word]! | bit;
      distinct[code] = distinct[code]! + 1;
    }
  }
  slices.forEach((slice, code) => {
    out[slice] = out[slice]! + distinct[code]!;
  });
}
