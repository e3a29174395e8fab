import { nestedRowOfBlock } from "../tables/even-rows.ts";
import type { Condition } from "./condition.ts";

/** What is kept of a column to find its quantiles: one of every so many values, so that memory stays bounded. */
export interface QuantileSample {
  add(values: ArrayLike<number>, rows: number, nulls: Uint8Array | undefined): void;
  /** Sorted, without NaN. */
  sorted(): Float64Array;
}

/**
 * One of every `step` values by a hash of their place (see `nestedRowOfBlock`), with the step doubling whenever there
 * are more than `capacity` of them. What is kept depends on the values and their order alone, not on how they were cut
 * into blocks; below `capacity` it is all.
 */
export function createQuantileSample(capacity = 1 << 20): QuantileSample {
  let kept = new Float64Array(Math.min(capacity, 4096));
  let size = 0;
  let level = 0;
  let row = 0;
  let block = 0;
  let next = 0;
  const halve = (): void => {
    const step = 2 ** level++;
    let left = 0;
    for (let half = 0; half < size / 2; half++) {
      const from = Math.floor(nestedRowOfBlock(half, level) / step);
      if (from < size) kept[left++] = kept[from]!;
    }
    size = left;
    block = size;
    next = nestedRowOfBlock(block, level);
  };
  const keep = (value: number): void => {
    if (row === capacity * 2 ** level) halve();
    if (row !== next) return;
    if (size === kept.length) {
      const larger = new Float64Array(Math.min(capacity, kept.length * 2));
      larger.set(kept);
      kept = larger;
    }
    kept[size++] = value;
    next = nestedRowOfBlock(++block, level);
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
