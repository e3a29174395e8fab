import type { BinLookup } from "./bin-lookup.ts";
import { findBin } from "./bin-lookup.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { hashNumberBits, registerBits } from "./hyperloglog.ts";

/**
 * Counts rows [from, to) of a number or time column into `profile`. One loop over the column: bins, moments, extremes
 * and the distinct sketch together, because reading the value is half of the work.
 */
export function updateNumber(
  profile: ColumnProfile,
  lookup: BinLookup,
  values: Float64Array | Float32Array | Int32Array | Uint8Array,
  nulls: Uint8Array | undefined,
  from: number,
  to: number,
): void {
  // One array type in the loop: compiled code for several types takes twice as long.
  if (values instanceof Float64Array) countValues(profile, lookup, values, nulls, from, to);
  else if (to > from)
    countValues(profile, lookup, new Float64Array(values.subarray(from, to)), nulls?.subarray(from, to), 0, to - from);
}

function countValues(
  profile: ColumnProfile,
  lookup: BinLookup,
  values: Float64Array,
  nulls: Uint8Array | undefined,
  from: number,
  to: number,
): void {
  const frame = profile.frame;
  if (frame.kind !== "number" && frame.kind !== "time") return;
  const { counts, registers, powers } = profile;
  const { edges, low, high, perUnit, first } = lookup;
  const { centre, scale } = frame;
  const unit = 1 / scale;
  const shift = 32 - registerBits;
  const rankLimit = 32 - registerBits + 1;
  const edgeCount = edges.length;
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let min = profile.min;
  let max = profile.max;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let odd = 0;
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    if (!(value - value === 0)) {
      odd++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    const z = (value - centre) * unit;
    const square = z * z;
    s1 += z;
    s2 += square;
    s3 += square * z;
    s4 += square * square;
    let bin: number;
    if (value >= low && value < high && perUnit > 0) {
      bin = first[((value - low) * perUnit) | 0]!;
      const stop = bin + 6;
      while (bin < edgeCount && edges[bin]! <= value) {
        bin++;
        if (bin === stop) {
          bin = findBin(lookup, value);
          break;
        }
      }
    } else bin = findBin(lookup, value);
    counts[bin]! += 1;
    // -0 and 0 are one value: the sign of a zero is dropped.
    const hash = hashNumberBits(halves[2 * row]!, value === 0 ? 0 : halves[2 * row + 1]!);
    const register = hash >>> shift;
    const rank = Math.clz32(hash << registerBits) + 1;
    if (rank > registers[register]!) registers[register] = rank > rankLimit ? rankLimit : rank;
  }
  profile.rows += to - from;
  profile.min = min;
  profile.max = max;
  powers[0]! += s1;
  powers[1]! += s2;
  powers[2]! += s3;
  powers[3]! += s4;
  if (odd > 0) countOddValues(profile, values, nulls, from, to);
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
