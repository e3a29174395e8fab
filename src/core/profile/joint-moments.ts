import type { Column, Table } from "../tables/table.ts";
import { rowOfBlock } from "../tables/even-rows.ts";
import type { ColumnFrame, Frame } from "./frame.ts";
import { isCategoryFrame } from "./frame.ts";
import type { CodeMap } from "./update-category.ts";

/**
 * Sums and products over rows of all joint columns, each on the frame's scale: numbers (x - centre) / scale, categories
 * by their share in the reference (0 when unseen), missing at the centre. Enough for covariance and PCA; adds exactly.
 */
export interface JointMoments {
  rows: number;
  readonly sums: Float64Array;
  /** Upper triangle by rows: (0,0), (0,1), …, (1,1), … */
  readonly products: Float64Array;
}

export function createJointMoments(size: number): JointMoments {
  return { rows: 0, sums: new Float64Array(size), products: new Float64Array((size * (size + 1)) / 2) };
}

export function addJointMoments(into: JointMoments, other: JointMoments): void {
  into.rows += other.rows;
  for (let i = 0; i < into.sums.length; i++) into.sums[i]! += other.sums[i]!;
  for (let i = 0; i < into.products.length; i++) into.products[i]! += other.products[i]!;
}

/** The column as it enters a matrix; `codeMap` translates a category's dictionary. */
export function standardise(
  frame: ColumnFrame,
  column: Column,
  codeMap: CodeMap | null,
  rows: readonly number[] | Uint32Array,
  out: Float64Array,
): void {
  if (isCategoryFrame(frame)) {
    const { centre, scale } = shareScale(frame.shares);
    for (let i = 0; i < rows.length; i++) {
      const bin = categoryBin(column, codeMap, frame.values, rows[i]!);
      out[i] = bin === -1 ? 0 : ((frame.shares[bin] ?? 0) - centre) / scale;
    }
    return;
  }
  const values = column.kind === "category" ? [] : column.values;
  const unit = 1 / frame.scale;
  const centre = frame.centre;
  for (let i = 0; i < rows.length; i++) {
    const z = (values[rows[i]!]! - centre) * unit;
    out[i] = z - z === 0 ? z : 0;
  }
}

function categoryBin(column: Column, codeMap: CodeMap | null, values: readonly string[], row: number): number {
  if (column.kind === "category") {
    const code = column.codes[row]!;
    return codeMap === null || code >= codeMap.bins.length ? -1 : codeMap.bins[code]!;
  }
  if (column.kind !== "boolean" || column.values[row] === 255) return -1;
  const bin = values.indexOf(column.values[row] === 1 ? "true" : "false");
  return bin < 0 ? values.length : bin;
}

/** Mean and standard deviation of the share that stands for a category, over the rows of the reference. */
export function shareScale(shares: Float64Array): { centre: number; scale: number } {
  let centre = 0;
  let second = 0;
  for (const share of shares) {
    centre += share * share;
    second += share * share * share;
  }
  const variance = second - centre * centre;
  return { centre, scale: variance > 1e-12 ? Math.sqrt(variance) : 1 };
}

/** Adds rows [from, to) of `table` that stand for their block of `frame.jointEvery` rows of the input. */
export function updateJointMoments(
  moments: JointMoments,
  frame: Frame,
  table: Table,
  codeMaps: ReadonlyMap<string, CodeMap>,
  from: number,
  to: number,
): void {
  const rows = chosenRows(table.firstRow, from, to, frame.jointEvery);
  const byName = new Map(frame.columns.map((column) => [column.name, column]));
  const matrix = frame.joint.map((name) => {
    const out = new Float64Array(rows.length);
    const column = table.columns.get(name);
    if (column !== undefined) standardise(byName.get(name)!, column, codeMaps.get(name) ?? null, rows, out);
    return out;
  });
  moments.rows += rows.length;
  addProducts(moments, matrix, rows.length);
}

function chosenRows(firstRow: number, from: number, to: number, every: number): Uint32Array {
  if (every === 1) return Uint32Array.from({ length: to - from }, (_, i) => from + i);
  const rows: number[] = [];
  for (let block = Math.floor((firstRow + from) / every); block * every < firstRow + to; block++) {
    const row = rowOfBlock(block, every) - firstRow;
    if (row >= from && row < to) rows.push(row);
  }
  return Uint32Array.from(rows);
}

const chunkRows = 2048;

function addProducts(moments: JointMoments, matrix: readonly Float64Array[], rows: number): void {
  const size = matrix.length;
  for (let start = 0; start < rows; start += chunkRows) {
    const end = Math.min(rows, start + chunkRows);
    let at = 0;
    for (let a = 0; a < size; a++) {
      const left = matrix[a]!;
      addSum(left, start, end, moments.sums, a);
      for (let b = a; b < size; b += 2) {
        const right = matrix[b]!;
        const next = matrix[b + 1] ?? right;
        addPair(left, right, next, start, end, moments.products, at, b + 1 < size);
        at += b + 1 < size ? 2 : 1;
      }
    }
  }
}

// Loops of their own, called often: the compiler replaces them whole, and no sum is ever boxed.

function addSum(values: Float64Array, start: number, end: number, sums: Float64Array, at: number): void {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i]!;
  sums[at]! += sum;
}

/** The products of one column with two others at once: half the reads of the first. */
function addPair(
  left: Float64Array,
  right: Float64Array,
  next: Float64Array,
  start: number,
  end: number,
  products: Float64Array,
  at: number,
  both: boolean,
): void {
  let p = 0;
  let q = 0;
  for (let i = start; i < end; i++) {
    const value = left[i]!;
    p += value * right[i]!;
    q += value * next[i]!;
  }
  products[at]! += p;
  if (both) products[at + 1]! += q;
}
