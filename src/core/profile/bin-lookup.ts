import { tailEdges } from "./make-edges.ts";

/**
 * Finds the bin of a value among ascending edges: a table of cells over the edges' range says where to begin, a
 * bisection of fixed length among the edges of the cell does the rest. Nothing in it depends on the value but sums, so
 * that the processor never guesses a branch wrong (which costs more than all other work): 3 to 8 ns a value for any
 * shape of data.
 *
 * A cell is a monotone function of the value, rounding included: a value lies above all edges of lower cells and below
 * all edges of higher ones, so looking among the edges of its own cell is exact.
 */
export interface BinLookup {
  readonly edges: Float64Array;
  /** The table covers [low, high); beyond it are only the tail edges, and few values. */
  readonly low: number;
  readonly high: number;
  readonly cells: Cells;
  /** The edges, and behind them as many infinities as the bisection may look at. */
  readonly padded: Float64Array;
}

interface Cells {
  /** Cells of equal width in the value's own upper bits (about its logarithm: skewed data), or of equal width. */
  readonly byBits: boolean;
  readonly perUnit: number;
  readonly firstBits: number;
  readonly shift: number;
  /** Number of edges in lower cells. */
  readonly first: Uint16Array;
  /** First step of the bisection: a power of two, so that no cell has twice as many edges; 0 where none has any. */
  readonly step: number;
}

const cellCount = 8192;
const probe = new Float64Array(1);
const probeHalves = new Uint32Array(probe.buffer);

export function createBinLookup(edges: Float64Array): BinLookup {
  const count = edges.length;
  if (count === 0) {
    const cells = { byBits: false, perUnit: 0, firstBits: 0, shift: 0, first: new Uint16Array(1), step: 0 };
    return { edges, low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY, cells, padded: edges };
  }
  const skip = Math.min(tailEdges, (count - 1) >> 1);
  const inside = edges.subarray(skip, count - skip);
  const [even, byBits] = [false, true].map((bits) => makeCells(inside, skip, bits));
  const cells = byBits!.step < even!.step ? byBits! : even!;
  const padded = new Float64Array(count + 2 * cells.step + 2).fill(Number.POSITIVE_INFINITY);
  padded.set(edges);
  return { edges, low: inside[0]!, high: inside[inside.length - 1]!, cells, padded };
}

/** @param before edges that lie below all of these */
function makeCells(edges: Float64Array, before: number, byBits: boolean): Cells {
  const low = edges[0]!;
  const width = edges[edges.length - 1]! - low;
  const perUnit = width > 0 && Number.isFinite(cellCount / width) ? cellCount / width : 0;
  const firstBits = bitsOf(low);
  const shift = Math.max(0, 19 - Math.clz32(bitsOf(edges[edges.length - 1]!) - firstBits));
  const cellOf = (value: number): number =>
    byBits ? (bitsOf(value) - firstBits) >>> shift : ((value - low) * perUnit) | 0;
  const first = new Uint16Array(cellCount + 1);
  let most = 0;
  let edge = 0;
  for (let cell = 0; cell < first.length; cell++) {
    const start = edge;
    while (edge < edges.length && cellOf(edges[edge]!) <= cell) edge++;
    first[cell] = before + start;
    most = Math.max(most, edge - start);
  }
  return { byBits, perUnit, firstBits, shift, first, step: 1 << (31 - Math.clz32(most)) };
}

function bitsOf(value: number): number {
  probe[0] = value;
  return ordered(probeHalves[1]!);
}

/** The upper half of a double as an integer that grows with the value. */
function ordered(high: number): number {
  return (high | 0) ^ ((high >> 31) & 0x7fffffff);
}

/** Number of edges at or below `value`, which must not be NaN. */
export function findBin({ edges }: BinLookup, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Counts the first `rows` values, none of them NaN, into the bins.
 * @param halves the same memory as `values`
 */
export function countBins(
  counts: Float64Array,
  lookup: BinLookup,
  values: Float64Array,
  halves: Uint32Array,
  rows: number,
): void {
  const { low, high, padded } = lookup;
  const { byBits, perUnit, firstBits, shift, first, step } = lookup.cells;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (!(value >= low && value < high)) {
      counts[findBin(lookup, value)]! += 1;
      continue;
    }
    const cell = byBits ? (ordered(halves[2 * row + 1]!) - firstBits) >>> shift : ((value - low) * perUnit) | 0;
    let bin = first[cell]!;
    for (let half = step; half > 2; half >>= 1) bin += half & -Number(padded[bin + half - 1]! <= value);
    // The last two steps, which most columns need alone, without the loop.
    bin += Number(padded[bin + 1]! <= value) << 1;
    bin += Number(padded[bin]! <= value);
    counts[bin]! += 1;
  }
}
