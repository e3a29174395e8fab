import type { TableReader } from "../app/ports/table-reader.ts";

/** Reads files of every supported format; the engine behind it is loaded now. */
export async function openTableReader(): Promise<TableReader> {
  const { createDuckDbTableReader } = await import("../adapters/duckdb/duckdb-table-reader.ts");
  return createDuckDbTableReader();
}
