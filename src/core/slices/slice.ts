import type { Condition } from "./condition.ts";

/** routable: known when the request comes, one value for a whole list; item: on the rows of a list; window: relative to time. */
export type SliceKind = "routable" | "item" | "window";

/** One named part of the data, as it is judged, routed and watched. */
export interface Slice {
  /** `low activity`, `user_activity=low`, `user_activity=low & item_popularity=rare`. Unique. */
  readonly name: string;
  /** The policy entry that made it; equal to `name` for a `where` entry. */
  readonly entry: string;
  readonly kind: SliceKind;
  /** Null for the slice of everything. */
  readonly where: Condition | null;
  readonly weight: number;
  readonly blocking: boolean;
  readonly margin: number;
  readonly costs?: Costs;
}

/** In the user's unit of money or harm, per case. */
export interface Costs {
  readonly falsePositive: number;
  readonly falseNegative: number;
}

/**
 * A partition of the rows that many slices share: `each` and `cross` are one grouping each, a `where` condition is a
 * grouping with one member. Kernels run once a grouping, not once a slice.
 */
export interface Grouping {
  /** Per row: index into `slices`, or `none` where the row is in no slice of this grouping. */
  readonly codes: Uint8Array | Uint16Array;
  readonly none: number;
  /** Index of each member in the whole list of slices. */
  readonly slices: readonly number[];
}
