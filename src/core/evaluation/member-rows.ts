import type { Grouping } from "../slices/slice.ts";

/** The rows of each member of a grouping, in the order in which they were given. */
export interface MemberRows {
  rowsOf(code: number): Uint32Array;
}

/** Splits `rows` by the grouping's codes, stable (one counting pass). */
export function memberRows(grouping: Grouping, rows: Uint32Array): MemberRows {
  const { codes, none, slices } = grouping;
  const starts = new Uint32Array(Math.max(none + 1, slices.length) + 1);
  for (let i = 0; i < rows.length; i++) starts[codes[rows[i]!]! + 1]! += 1;
  for (let c = 1; c < starts.length; c++) starts[c]! += starts[c - 1]!;
  const next = starts.slice();
  const sorted = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const code = codes[row]!;
    sorted[next[code]!] = row;
    next[code]! += 1;
  }
  return { rowsOf: (code) => sorted.subarray(starts[code], starts[code + 1]) };
}
