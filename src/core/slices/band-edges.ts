import type { Condition } from "./condition.ts";

/** What is kept of a column to find its quantiles: every `step`-th row, so that memory stays bounded. */
export interface QuantileSample {
  add(values: ArrayLike<number>, rows: number, nulls: Uint8Array | undefined): void;
  /** Sorted, without NaN. */
  sorted(): Float64Array;
}

/**
 * Rows number 0, step, 2 step, … of all that are added, with the step doubling whenever `capacity` is reached. What is
 * kept depends on the rows and their order alone, not on how they were cut into blocks; below `capacity` it is all.
 */
export function createQuantileSample(capacity = 1 << 20): QuantileSample {
  let kept = new Float64Array(Math.min(capacity, 4096));
  let size = 0;
  let step = 1;
  let row = 0;
  const halve = (): void => {
    for (let i = 0; 2 * i < size; i++) kept[i] = kept[2 * i]!;
    size = Math.ceil(size / 2);
    step *= 2;
  };
  const keep = (value: number): void => {
    if (size === capacity) halve();
    if (row % step !== 0) return;
    if (size === kept.length) {
      const larger = new Float64Array(Math.min(capacity, kept.length * 2));
      larger.set(kept);
      kept = larger;
    }
    kept[size++] = value;
  };
  return {
    add(values, rows, nulls) {
      for (let i = 0; i < rows; i++) {
        const value = nulls?.[i] === 1 ? Number.NaN : values[i]!;
        if (value !== value) continue;
        keep(value);
        row++;
      }
    },
    sorted: () => kept.slice(0, size).sort(),
  };
}

/**
 * The inner edges that cut sorted values into `bands` of about equal count: each edge is the first value of its band,
 * written with as few digits as keep the same rows on either side. Equal values are never parted, so there may be
 * fewer bands than asked for.
 */
export function quantileEdges(sorted: Float64Array, bands: number): number[] {
  const edges: number[] = [];
  for (let band = 1; band < bands; band++) {
    const value = sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * band) / bands))];
    if (value === undefined || value === sorted[0] || !Number.isFinite(value)) continue;
    const edge = shortestBetween(valueBefore(sorted, value), value);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

/** The largest sorted value below `value`; sorted holds one. */
function valueBefore(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1]!;
}

/** The number with fewest digits in (above, upTo]. */
function shortestBetween(above: number, upTo: number): number {
  for (let digits = 1; digits <= 17; digits++) {
    const rounded = Number(upTo.toPrecision(digits));
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(upTo))) - digits + 1);
    const candidate = rounded <= upTo ? rounded : Number((rounded - unit).toPrecision(digits));
    if (candidate > above && candidate <= upTo) return candidate;
  }
  return upTo;
}

/** Names and conditions of the bands that inner edges make: below the first, between, from the last. */
export function bandsOf(column: string, edges: readonly number[]): { name: string; condition: Condition }[] {
  const range = (from: number | undefined, below: number | undefined): Condition => ({
    kind: "range",
    column,
    range: { ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) },
  });
  const bands = [{ name: `below ${edges[0]}`, condition: range(undefined, edges[0]) }];
  for (let i = 0; i + 1 < edges.length; i++) {
    bands.push({ name: `[${edges[i]}, ${edges[i + 1]})`, condition: range(edges[i], edges[i + 1]) });
  }
  bands.push({ name: `from ${edges.at(-1)}`, condition: range(edges.at(-1), undefined) });
  return bands;
}

/** Index of the band that holds the value: how many edges are at or below it. */
export function bandIndex(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
