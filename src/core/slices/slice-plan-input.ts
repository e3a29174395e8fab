import type { ColumnSchema, Table } from "../tables/table.ts";
import type { SliceEntry } from "./slice-entry.ts";
import type { LearntSlices, SliceColumn } from "./slice-plan.ts";

/** Rows of the data; ranking blocks carry the code of each row's list. */
export type SliceBlock = Table & { readonly groups?: Uint32Array };

export interface SlicePlanInput {
  /** Conditions are bound to the columns (`bindCondition`). */
  readonly entries: readonly SliceEntry[];
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** True where slices must be told apart by whether they keep whole lists; blocks then carry `groups`. */
  readonly ranking: boolean;
  readonly after: ReadonlySet<string>;
  /** Columns to propose where the policy has no slices. */
  readonly candidates?: readonly string[];
  /** From a record: taken instead of the data's own. */
  readonly learnt?: LearntSlices;
  /** `umpire.yaml:17:5` of an entry, for messages. */
  readonly where?: (entry: string) => string | undefined;
  /** Opens the rows anew at each call; at most twice (quantile bands take a pass of their own). */
  readonly read: (columns: readonly SliceColumn[]) => AsyncIterable<SliceBlock> | Iterable<SliceBlock>;
}
