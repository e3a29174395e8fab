import type { ColumnSchema } from "../../core/tables/table.ts";
import type { castFailure } from "./cast-failure.ts";
import type { OrderedRelation } from "./dictionary.ts";

/** What the two families of formats (Parquet; text that is staged as Parquet) give to the common way of reading. */
export interface Storage {
  readonly files: readonly string[];
  readonly columns: readonly ColumnSchema[];
  readonly typed: boolean;
  /** The relation of all rows, with the type of each column in it. */
  prepare(): Promise<PreparedRelation>;
  countRows(): Promise<number>;
  suspects(): readonly Parameters<typeof castFailure>[1][number][];
}

export interface PreparedRelation extends OrderedRelation {
  readonly types: ReadonlyMap<string, string>;
}
