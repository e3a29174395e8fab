/**
 * Finds the bin of a value among ascending edges: a table over equal cells of the edges' range gives the first
 * candidate, a short walk the rest. Cells that hold many edges (skewed data) fall back to bisection inside the cell.
 */
export interface BinLookup {
  readonly edges: Float64Array;
  readonly low: number;
  readonly high: number;
  readonly perUnit: number;
  /** Bin at the lower end of each cell; one entry more than cells. */
  readonly first: Uint16Array;
}

const cellsPerEdge = 8;
const walkLimit = 6;

export function createBinLookup(edges: Float64Array): BinLookup {
  const count = edges.length;
  // The far tail edges would stretch the range: the table covers the middle of the edges only.
  const skip = count > 200 ? 30 : 0;
  const low = count === 0 ? 0 : edges[skip]!;
  const high = count === 0 ? 0 : edges[count - 1 - skip]!;
  const cells = Math.max(16, Math.min(16_384, count * cellsPerEdge));
  const width = high - low;
  const perUnit = width > 0 && Number.isFinite(cells / width) ? cells / width : 0;
  const first = new Uint16Array(cells + 2);
  let bin = 0;
  for (let cell = 0; cell <= cells + 1; cell++) {
    // One ulp-sized cell earlier, so that rounding in the lookup can never start beyond the right bin.
    const start = perUnit === 0 ? low : low + (cell - 1e-6) / perUnit;
    while (bin < count && edges[bin]! <= start) bin++;
    first[cell] = bin;
  }
  return { edges, low, high, perUnit, first };
}

/** Number of edges at or below `value`, which must not be NaN. */
export function findBin(lookup: BinLookup, value: number): number {
  const { edges, low, high, perUnit, first } = lookup;
  const count = edges.length;
  if (!(value >= low && value < high) || perUnit === 0) return bisect(edges, value, 0, count);
  const cell = ((value - low) * perUnit) | 0;
  let bin = first[cell]!;
  const stop = bin + walkLimit;
  while (bin < count && edges[bin]! <= value) {
    if (bin === stop) return bisect(edges, value, bin, count);
    bin++;
  }
  return bin;
}

function bisect(edges: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
