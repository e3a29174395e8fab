import type { Axis } from "./axis.ts";

/** Most combinations that are counted; a cross beyond it is refused. */
export const MOST_COMBINATIONS = 1 << 24;

/**
 * Counts the combinations of one or more axes' codes. Axes may hand out more codes while blocks are read; the counts
 * move to a larger array then.
 */
export interface CombinationCounter {
  readonly overflowed: boolean;
  add(codes: readonly Uint16Array[], rows: number): void;
  /** Combinations that occur, with their rows. */
  occupied(): { readonly codes: readonly number[]; readonly rows: number }[];
}

export function createCombinationCounter(axes: readonly Axis[]): CombinationCounter {
  let sizes = axes.map(() => 1);
  let counts = new Uint32Array(1);
  let overflowed = false;
  const grow = (): void => {
    const wanted = axes.map((axis, index) => roundedUp(axis.size, sizes[index]!));
    if (wanted.every((size, index) => size === sizes[index])) return;
    if (product(wanted) > MOST_COMBINATIONS) {
      overflowed = true;
      return;
    }
    const larger = new Uint32Array(product(wanted));
    counts.forEach((count, place) => {
      if (count > 0) larger[placeOf(codesOf(place, sizes), wanted)] = count;
    });
    sizes = wanted;
    counts = larger;
  };
  return {
    get overflowed() {
      return overflowed || axes.some((axis) => axis.overflowed);
    },
    add(codes, rows) {
      if (this.overflowed) return;
      grow();
      if (overflowed) return;
      // All codes are below the sizes here, so nothing is checked row by row.
      const [first, second] = codes;
      const width = sizes[1];
      if (codes.length === 1) for (let i = 0; i < rows; i++) counts[first![i]!]!++;
      else if (codes.length === 2) for (let i = 0; i < rows; i++) counts[first![i]! * width! + second![i]!]!++;
      else {
        const places = combined(codes, sizes, rows);
        for (let i = 0; i < rows; i++) counts[places[i]!]!++;
      }
    },
    occupied() {
      const found: { codes: readonly number[]; rows: number }[] = [];
      counts.forEach((rows, place) => {
        if (rows > 0) found.push({ codes: codesOf(place, sizes), rows });
      });
      return found;
    },
  };
}

/** Dictionaries are complete from the first block on, so most axes never grow; others grow in doublings. */
function roundedUp(size: number, before: number): number {
  return size <= before ? before : before === 1 ? size : Math.max(size, before * 2);
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** Place of each row's combination in an array of `sizes`, the first axis changing slowest; -1 where a code is beyond. */
export function combined(codes: readonly Uint16Array[], sizes: readonly number[], rows: number): Int32Array {
  const places = new Int32Array(rows);
  for (const [index, axisCodes] of codes.entries()) {
    const size = sizes[index]!;
    for (let i = 0; i < rows; i++) {
      const code = axisCodes[i]!;
      const place = places[i]!;
      places[i] = place < 0 || code >= size ? -1 : place * size + code;
    }
  }
  return places;
}

export function placeOf(codes: readonly number[], sizes: readonly number[]): number {
  return codes.reduce((place, code, index) => place * sizes[index]! + code, 0);
}

function codesOf(place: number, sizes: readonly number[]): number[] {
  const codes: number[] = [];
  for (const size of sizes.toReversed()) {
    codes.unshift(place % size);
    place = Math.floor(place / size);
  }
  return codes;
}
