import type { ColumnFacts } from "./column-facts.ts";
import type { ColumnContract, ColumnType } from "./contract.ts";
import type { SampledColumn } from "./row-sample.ts";
import { looksLikeId } from "./table-facts.ts";

/** Loads like the reference that are to stay inside of a range. */
const loads = 200;
/** Rows beyond the median from which the tail is judged. */
const fewestInTail = 40;

/** The range of the reference, widened by how far each end stands from the median; see `range` in the catalogue. */
export function inferRange(column: ColumnFacts, cells: SampledColumn, type: ColumnType): ColumnContract["range"] {
  const numbers = column.numbers;
  if (
    numbers === null ||
    numbers.count < 10 ||
    numbers.min === numbers.max ||
    looksLikeId(column.name) ||
    isEpoch(numbers.min, numbers.max)
  )
    return null;
  const { min, max } = numbers;
  const median = numbers.quantiles[10]!;
  const dense = type === "integer" && column.distinct === max - min + 1 && numbers.count >= 20 * column.distinct;
  if (dense) return denseRange(cells, min, max);
  const values = cells.numbers.filter((value) => value - value === 0);
  const above = Math.max(1.5, tailRoom(values.map((value) => value - median)) - 1);
  const below = Math.max(1.5, tailRoom(values.map((value) => median - value)) - 1);
  const tidy = type === "integer" ? Math.floor : (value: number) => Number(value.toPrecision(6));
  let from = tidy(min - below * (median - min));
  const top = max + above * (max - median);
  const to = type === "integer" ? Math.ceil(top) : Number(top.toPrecision(6));
  // What is positive stays so; close to zero, zero is the natural limit.
  if (min >= 0 && from < 0.3 * min) from = 0;
  return {
    from,
    to: max <= 0 && to > 0 ? 0 : max <= 1 && min >= 0 && type === "number" && max > 0.5 && to > 1 ? 1 : to,
  };
}

/**
 * How much farther from the median than the farthest value the farthest of two hundred such loads may lie, as a factor.
 * Hill's estimator h of the tail index over the farthest 5% (10 to 100 values): 200^h for heavy tails (amounts, sizes,
 * durations), less between heavy tails and h of 0.25 (that of normal tails is below 0.22 in samples of this size), 1 below.
 * Without it, a load of a column with the tail of a lognormal distribution (sigma 1) left its range in nine of ten
 * series of 200 loads.
 */
function tailRoom(distances: Float64Array): number {
  const beyond = distances.filter((distance) => distance > 0).sort();
  if (beyond.length < fewestInTail) return 1;
  const tail = Math.max(10, Math.min(100, Math.floor(distances.length / 20), Math.floor(beyond.length / 4)));
  const start = beyond[beyond.length - 1 - tail]!;
  // A scale that people count on (hours a week, years of age) comes to an end, however long its last steps are.
  if (new Set(beyond.subarray(-tail)).size * 2 < tail) return 1;
  let hill = 0;
  for (let i = beyond.length - tail; i < beyond.length; i++) hill += Math.log(beyond[i]! / start) / tail;
  return loads ** Math.max(0, Math.min(hill, 2.5 * (hill - 0.25)));
}

/**
 * Every integer between the ends was seen, often: the ends are limits (hours, grades), unless values become rare
 * towards an end, where a quarter of the width (at least one) is left for rarer ones still.
 */
function denseRange(cells: SampledColumn, min: number, max: number): ColumnContract["range"] {
  const share = (wanted: number): number => cells.numbers.reduce((sum, value) => sum + (value === wanted ? 1 : 0), 0);
  const room = Math.max(1, Math.floor((max - min) / 4));
  const rareAtTop = share(max) * 2 < share(max - 1);
  const rareAtBottom = share(min) * 2 < share(min + 1);
  const from = rareAtBottom ? min - room : min;
  return { from: min >= 0 ? Math.max(0, from) : from, to: rareAtTop ? max + room : max };
}

/** True where all numbers are seconds, milliseconds or microseconds since 1970, of our days. */
export function isEpoch(min: number, max: number): boolean {
  return (
    min >= 6e8 && ((max < 4.2e9 && max - min < 1e9) || (min >= 6e11 && max < 4.2e12) || (min >= 6e14 && max < 4.2e15))
  );
}
