import type { BinLookup } from "./bin-lookup.ts";
import { countBins } from "./bin-lookup.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { enterNumbers } from "./hyperloglog.ts";

/**
 * Rows of one step. Short steps stay in the first cache, and each loop is a function that is called often: the compiler
 * replaces such functions whole, while a loop over a large block is entered by the interpreter every time.
 */
const sliceRows = 4096;
const slice = new Float64Array(sliceRows);
const sliceHalves = new Uint32Array(slice.buffer);

/** Counts rows [from, to) of a number or time column into `profile`: moments, extremes, bins and the distinct sketch. */
export function updateNumber(
  profile: ColumnProfile,
  lookup: BinLookup,
  values: Float64Array | Float32Array | Int32Array | Uint8Array,
  nulls: Uint8Array | undefined,
  from: number,
  to: number,
): void {
  const frame = profile.frame;
  if (frame.kind !== "number" && frame.kind !== "time") return;
  for (let start = from; start < to; start += sliceRows) {
    const end = Math.min(to, start + sliceRows);
    slice.set(values.subarray(start, end));
    const finite = keepFinite(end - start);
    if (finite < end - start) countOddValues(profile, values, nulls, start, end);
    addMoments(profile, frame.centre, 1 / frame.scale, finite);
    countBins(profile.counts, lookup, slice, sliceHalves, finite);
    enterNumbers(profile.registers, sliceHalves, finite);
  }
  profile.rows += to - from;
}

/** Moves the finite values of the slice to its front and returns how many there are. */
function keepFinite(rows: number): number {
  let finite = 0;
  for (let row = 0; row < rows; row++) {
    // -0 and 0 are one value: adding 0 drops the sign of a zero.
    const value = slice[row]! + 0;
    slice[finite] = value;
    finite += Number(value - value === 0);
  }
  return finite;
}

/** Extremes and power sums of the first `rows` values of the slice. */
function addMoments(profile: ColumnProfile, centre: number, unit: number, rows: number): void {
  const { powers } = profile;
  let min = profile.min;
  let max = profile.max;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  for (let row = 0; row < rows; row++) {
    const value = slice[row]!;
    if (value < min) min = value;
    if (value > max) max = value;
    const z = (value - centre) * unit;
    const square = z * z;
    s1 += z;
    s2 += square;
    s3 += square * z;
    s4 += square * square;
  }
  profile.min = min;
  profile.max = max;
  powers[0]! += s1;
  powers[1]! += s2;
  powers[2]! += s3;
  powers[3]! += s4;
}

/** Nulls, NaN and infinities: rare, so they have a loop of their own. */
function countOddValues(
  profile: ColumnProfile,
  values: ArrayLike<number>,
  nulls: Uint8Array | undefined,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    if (nulls !== undefined && nulls[row] === 1) profile.nulls++;
    else if (value !== value) profile.nan++;
    else if (value === Number.POSITIVE_INFINITY) profile.plusInfinity++;
    else if (value === Number.NEGATIVE_INFINITY) profile.minusInfinity++;
  }
}
