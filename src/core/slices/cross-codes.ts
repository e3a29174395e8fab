import { AXIS_CAPACITY, type Axis, type AxisCodes } from "./axis.ts";

/** Most combinations that are counted; a cross beyond it is refused. */
export const MOST_COMBINATIONS = 1 << 24;

/**
 * Counts the combinations of one or more axes' codes. Axes may hand out more codes while blocks are read; the counts
 * move to a larger array then.
 */
export interface CombinationCounter {
  readonly overflowed: boolean;
  add(codes: readonly AxisCodes[], rows: number): void;
  /** Combinations that occur, with their rows. */
  occupied(): { readonly codes: readonly number[]; readonly rows: number }[];
}

export function createCombinationCounter(axes: readonly Axis[]): CombinationCounter {
  let sizes = axes.map(() => 1);
  let counts = new Float64Array(1);
  let overflowed = false;
  const grow = (): void => {
    const wanted = axes.map((axis, index) => roundedUp(axis.size, sizes[index]!));
    if (wanted.every((size, index) => size === sizes[index])) return;
    if (product(wanted) > MOST_COMBINATIONS) {
      overflowed = true;
      return;
    }
    const larger = new Float64Array(product(wanted));
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
      if (!overflowed) countPlaces(axisPlaces(codes, sizes), rows, counts);
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

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/**
 * One axis of a cross over a block: what each raw code adds to the place of the combination in an array of all
 * combinations, the first axis changing slowest.
 */
export interface AxisPlaces {
  readonly raw: Uint8Array | Uint16Array;
  /** One entry for every raw code that can occur; {@link BEYOND} where the axis's code has no place. */
  readonly places: Uint32Array;
}

/** Above every place, also after the others are added; 32 bits hold the sum for any cross. */
const BEYOND = MOST_COMBINATIONS * 4;

export function axisPlaces(codes: readonly AxisCodes[], sizes: readonly number[]): AxisPlaces[] {
  return codes.map(({ raw, codeOf }, index) => {
    const size = sizes[index]!;
    const stride = product(sizes.slice(index + 1));
    const places = new Uint32Array(raw instanceof Uint8Array ? 0x100 : 0x10000);
    for (let at = 0; at < places.length; at++) {
      const code = codeOf === null ? at : codeOf[at]!;
      places[at] = code >= size || code === AXIS_CAPACITY ? BEYOND : code * stride;
    }
    return { raw, places };
  });
}

/** Rows whose places are held at a time: they stay in the processor's cache. */
const CHUNK = 4096;

/**
 * Gives `use` the place of each row's combination, some rows at a time; a place at or beyond the number of
 * combinations says that there is none.
 */
export function forPlaces(
  axes: readonly AxisPlaces[],
  rows: number,
  use: (places: Uint32Array, start: number, n: number) => void,
): void {
  const out = new Uint32Array(CHUNK);
  const [first, second] = axes;
  for (let start = 0; start < rows; start += CHUNK) {
    const n = Math.min(CHUNK, rows - start);
    if (first === undefined) out.fill(0);
    else if (second === undefined) placesOfOne(first.raw, first.places, start, n, out);
    else placesOfTwo(first.raw, first.places, second.raw, second.places, start, n, out);
    for (const { raw, places } of axes.slice(2)) addPlaces(raw, places, start, n, out);
    use(out, start, n);
  }
}

function placesOfOne(raw: AxisPlaces["raw"], places: Uint32Array, start: number, n: number, out: Uint32Array): void {
  for (let i = 0; i < n; i++) out[i] = places[raw[start + i]!]!;
}

function placesOfTwo(
  rawA: AxisPlaces["raw"],
  placesA: Uint32Array,
  rawB: AxisPlaces["raw"],
  placesB: Uint32Array,
  start: number,
  n: number,
  out: Uint32Array,
): void {
  for (let i = 0; i < n; i++) out[i] = placesA[rawA[start + i]!]! + placesB[rawB[start + i]!]!;
}

function addPlaces(raw: AxisPlaces["raw"], places: Uint32Array, start: number, n: number, out: Uint32Array): void {
  for (let i = 0; i < n; i++) out[i] = out[i]! + places[raw[start + i]!]!;
}

function countPlaces(axes: readonly AxisPlaces[], rows: number, counts: Float64Array): void {
  const room = counts.length;
  const pair = bytePair(axes);
  if (pair !== null) {
    const seen = new Uint32Array(0x10000);
    countPairs(pair[0].raw, pair[1].raw, rows, seen);
    for (let at = 0; at < seen.length; at++) {
      const place = placeOfPair(pair, at);
      if (place < room) counts[place]! += seen[at]!;
    }
    return;
  }
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) {
    const seen = new Uint32Array(0x10000);
    countRaw(only.raw, rows, seen);
    for (let at = 0; at < only.places.length; at++) {
      const place = only.places[at]!;
      if (place < room) counts[place]! += seen[at]!;
    }
    return;
  }
  forPlaces(axes, rows, (places, _start, n) => {
    for (let i = 0; i < n; i++) {
      const place = places[i]!;
      if (place < room) counts[place]! += 1;
    }
  });
}

interface ByteAxis {
  readonly raw: Uint8Array;
  readonly places: Uint32Array;
}

/** The two axes where raw codes are bytes: both together then address a table of 65,536, in one step a row. */
export function bytePair(axes: readonly AxisPlaces[]): readonly [ByteAxis, ByteAxis] | null {
  const [first, second] = axes;
  if (axes.length !== 2 || first === undefined || second === undefined) return null;
  if (!(first.raw instanceof Uint8Array) || !(second.raw instanceof Uint8Array)) return null;
  return [first as ByteAxis, second as ByteAxis];
}

/** The place of a pair of raw codes, given as first x 256 + second. */
export function placeOfPair([first, second]: readonly [ByteAxis, ByteAxis], pair: number): number {
  return first.places[pair >> 8]! + second.places[pair & 0xff]!;
}

function countRaw(raw: AxisPlaces["raw"], rows: number, seen: Uint32Array): void {
  for (let i = 0; i < rows; i++) seen[raw[i]!]! += 1;
}

function countPairs(first: Uint8Array, second: Uint8Array, rows: number, seen: Uint32Array): void {
  for (let i = 0; i < rows; i++) seen[(first[i]! << 8) | second[i]!]! += 1;
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
