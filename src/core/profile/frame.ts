/**
 * A frame says on which edges, categories and words a profile counts. It is taken once from reference data; every
 * profile that shall be merged or compared without loss is made on the same frame.
 */
export interface Frame {
  /** Content hash over everything below: profiles merge only when their frames are the same. */
  readonly id: string;
  readonly columns: readonly ColumnFrame[];
  /** Columns of the joint second moments, in matrix order. */
  readonly joint: readonly string[];
  /** One of every `jointEvery` rows (chosen by a hash of its place in the input) enters the joint moments. */
  readonly jointEvery: number;
}

export type ColumnFrame = NumberFrame | CategoryFrame | TextFrame;
export type ColumnKind = ColumnFrame["kind"];

/** Numbers (times as milliseconds since 1970): fine bins on the reference's own quantiles. */
export interface NumberFrame {
  readonly name: string;
  readonly kind: "number" | "time";
  readonly integer: boolean;
  /**
   * Ascending. Bin b holds the values with exactly b edges at or below them: bin 0 is below the first edge, the last
   * bin at or above the last edge, so there is one bin more than edges.
   */
  readonly edges: Float64Array;
  /** Group of every fine bin for the tests that need few bins (chi-squared, PSI, Jensen-Shannon, …). */
  readonly groupOf: Uint16Array;
  readonly groups: readonly string[];
  /** True when the groups are single values with one group for all others, not ranges. */
  readonly discrete: boolean;
  /** Value of the bins that hold one single value of the reference; NaN elsewhere. */
  readonly atoms: Float64Array;
  /** Mean and standard deviation of the sample that made the frame: origin and unit of the moments. */
  readonly centre: number;
  readonly scale: number;
  /** Every row had its own integer: an identifier, not compared. */
  readonly identifier: boolean;
}

/** Text by few values, and booleans (`true`, `false`). */
export interface CategoryFrame {
  readonly name: string;
  readonly kind: "category" | "boolean";
  /** Known values, most frequent first, at most 1,000. */
  readonly values: readonly string[];
  /** Share of rows of each known value in the sample that made the frame: the number that stands for it in a matrix. */
  readonly shares: Float64Array;
  /** Sorted hashes of further known values, at most 50,000. */
  readonly rare: Uint32Array;
  readonly identifier: boolean;
}

/** Free text: counted by length, language and words. */
export interface TextFrame {
  readonly name: string;
  readonly kind: "text";
  /** Edges of the length in characters, as in {@link NumberFrame}. */
  readonly edges: Float64Array;
  readonly groupOf: Uint16Array;
  readonly groups: readonly string[];
  readonly centre: number;
  readonly scale: number;
  /** Sorted hashes of the words known from the reference, at most 50,000, the most frequent first when cut. */
  readonly words: Uint32Array;
  readonly identifier: false;
}

/** Most known values that a category frame names. */
export const knownValueLimit = 1000;
/** Most hashes of further known values or words. */
export const knownHashLimit = 50_000;

/** Number of count cells of a column: numbers and text lengths have one bin per interval, categories one per value plus rare and unseen. */
export function binCount(frame: ColumnFrame): number {
  return isCategoryFrame(frame) ? frame.values.length + 2 : frame.edges.length + 1;
}

/** Cell of known but unnamed values, and cell of values never seen in the reference. */
export function rareBin(frame: CategoryFrame): number {
  return frame.values.length;
}
export function unseenBin(frame: CategoryFrame): number {
  return frame.values.length + 1;
}

/** True when `hash` is in the sorted array. */
export function containsHash(sorted: Uint32Array, hash: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value === hash) return true;
    if (value < hash) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

export function isCategoryFrame(frame: ColumnFrame): frame is CategoryFrame {
  return frame.kind === "category" || frame.kind === "boolean";
}
