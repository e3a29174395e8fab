import type { Cell, Expression } from "./expression.ts";

export type CauseKind =
  | "unit"
  | "scale"
  | "time zone"
  | "rounding"
  | "text form"
  | "imputation"
  | "missing"
  | "offset"
  | "swapped"
  | "stale"
  | "encoding"
  | "clipping"
  | "left out"
  | "unknown";

/** A likely cause: the mistake that gives the logged values of most rows that differ. */
export interface Cause {
  readonly kind: CauseKind;
  readonly sentence: string;
  /** Share of the differing rows that it explains to the tolerance. */
  readonly explains: number;
}

/** One feature on the rows that differ. */
export interface DifferingRows {
  readonly feature: string;
  readonly expression: Expression;
  readonly expected: readonly Cell[];
  readonly logged: readonly Cell[];
  /** Raw values of the differing row with that position. */
  readonly raw: (column: string, position: number) => Cell;
  readonly isTime: (column: string) => boolean;
  /** Right values of the other features on these rows, for swaps. */
  readonly others: ReadonlyMap<string, readonly Cell[]>;
  /** The right value of this feature in the row before, in time order. */
  readonly before: readonly Cell[];
  readonly same: (a: Cell, b: Cell) => boolean;
}
