import type { Note } from "../findings.ts";
import type { Table } from "../tables/table.ts";
import type { GroupingSource } from "./grouping-source.ts";
import type { Slice } from "./slice.ts";

/** The slices of a policy over one data set, and how to find them in any block of it. */
export interface SlicePlan {
  readonly slices: readonly Slice[];
  /** In the order of the policy. */
  readonly entries: readonly PlannedEntry[];
  readonly notes: readonly Note[];
  /** What was taken from the data, to be frozen into the record: with it, the same slices come out of other data. */
  readonly learnt: LearntSlices;
  /** Columns that `groupings` reads. */
  readonly columns: readonly SliceColumn[];
  /** One grouping per entry. @throws InternalError where a column is missing from the block */
  groupings(block: Table): GroupingSource[];
}

export interface PlannedEntry {
  readonly name: string;
  /** Indexes into `slices`. */
  readonly slices: readonly number[];
  /** Sum of the weights of its slices, and that sum as part of the weight of all. */
  readonly weight: number;
  readonly share: number;
}

export interface LearntSlices {
  /** Inner edges of quantile bands by entry and column (`ENTRY.COLUMN`). */
  readonly edges: Readonly<Record<string, readonly number[]>>;
  /** Newest time per column that a `last` window counts back from. */
  readonly newest: Readonly<Record<string, number>>;
}

/** A column to read and how, as the table reader takes it. */
export interface SliceColumn {
  readonly name: string;
  readonly as: "auto" | "time";
}
