import type { ColumnRequest, TableBlock } from "../ports/table-reader.ts";
import type { Scored } from "./scored.ts";

/** Models of a policy, loaded and fitted, ready to score. */
export interface Scoring {
  /** What scoring reads of the test data: label, scores, features, ids. */
  readonly columns: readonly ColumnRequest[];
  /** @throws Failure DATA for scores that are not numbers, labels that do not fit the task, ids that repeat */
  score(table: TableBlock): Promise<Scored>;
  close(): Promise<void>;
}
