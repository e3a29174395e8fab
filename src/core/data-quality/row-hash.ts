import type { CheckBlock, CheckColumn } from "./check-block.ts";
import { noCode } from "./text-dictionary.ts";
import { finish, type Hash, hashText } from "./text-hash.ts";

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

/**
 * Hashes each row of a block over some columns, column by column: numbers by value, texts by content. Rows with the
 * same values get the same hash in every block of a file.
 */
export function hashRows(block: CheckBlock, columns: readonly number[], lo: Uint32Array, hi: Uint32Array): void {
  lo.fill(0x9e3779b9, 0, block.rows);
  hi.fill(0x7f4a7c15, 0, block.rows);
  for (const index of columns) {
    const column = block.columns[index];
    if (column !== undefined) mixColumn(column, block.rows, lo, hi);
  }
  for (let row = 0; row < block.rows; row++) {
    lo[row] = finish(lo[row]!);
    hi[row] = finish(hi[row]! ^ lo[row]!);
  }
}

function mixColumn(column: CheckColumn, rows: number, lo: Uint32Array, hi: Uint32Array): void {
  const { codes, numbers, dictionary } = column;
  const own: Hash = { lo: 0, hi: 0 };
  for (let row = 0; row < rows; row++) {
    const code = codes[row]!;
    let a: number;
    let b: number;
    if (code !== noCode) {
      a = dictionary.lows[code]!;
      b = dictionary.highs[code]!;
    } else {
      const value = numbers[row]!;
      if (value === value) {
        bits[0] = value;
        a = halves[0]!;
        b = halves[1]!;
      } else {
        cellHash(column, row, own);
        a = own.lo;
        b = own.hi;
      }
    }
    lo[row] = Math.imul((lo[row]! ^ a) + (b >>> 7), 0x9e3779b1);
    hi[row] = Math.imul(hi[row]! ^ b ^ (hi[row]! >>> 13), 0x85ebca77) ^ a;
  }
}

function cellHash(column: CheckColumn, row: number, own: Hash): void {
  const stored = column.hashes?.[row];
  if (stored === undefined || stored === 0) hashText(column.text(row), own);
  else {
    own.lo = stored;
    own.hi = finish(stored ^ 0x2545f491);
  }
}

/**
 * As many of the columns as it takes to tell rows apart: those whose values collide least in this block, until chance
 * alone would give two different rows the same values in fewer than one of 10^18 pairs; all of them if that is not
 * reached. Saves hashing every column of a wide table.
 */
export function tellingColumns(block: CheckBlock, columns: readonly number[]): readonly number[] {
  if (block.rows < 500 || columns.length <= 6) return columns;
  const rows = Math.min(block.rows, 2000);
  const first: CheckBlock = { ...block, rows };
  const lo = new Uint32Array(rows);
  const hi = new Uint32Array(rows);
  const scored = columns.map((index) => {
    hashRows(first, [index], lo, hi);
    const counts = new Map<number, number>();
    for (let row = 0; row < rows; row++) counts.set(lo[row]!, (counts.get(lo[row]!) ?? 0) + 1);
    let same = 0;
    for (const count of counts.values()) same += count * (count - 1);
    return { index, collisions: (same + 1) / (rows * (rows - 1)) };
  });
  scored.sort((a, b) => a.collisions - b.collisions);
  let product = 1;
  for (const [i, { collisions }] of scored.entries()) {
    product *= collisions;
    if (product < 1e-18) return scored.slice(0, i + 1).map(({ index }) => index);
  }
  return columns;
}
