import type { TableReader } from "../app/ports/table-reader.ts";

/** The reader of `umpire profile`, `drift` and `skew`; DuckDB is loaded when this is called. */
export async function driftReader(): Promise<TableReader> {
  const { createDuckDbTableReader } = await import("../adapters/duckdb/duckdb-table-reader.ts");
  return createDuckDbTableReader();
}
