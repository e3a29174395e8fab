import type { Column, ColumnSchema } from "../../core/tables/table.ts";
import type { TableSource } from "./table-reader.ts";

/** A table in memory as a {@link TableSource}: one block, columns as they are. For tests and for data made in place. */
export function memoryTableSource(columns: readonly Column[], rows: number): TableSource {
  const schema = columns.map(
    (column): ColumnSchema => ({ name: column.name, kind: column.kind, type: typeName(column) }),
  );
  return {
    files: ["memory"],
    columns: schema,
    typed: true,
    countRows: async () => rows,
    fingerprint: async () => "0".repeat(64),
    read: async function* (request) {
      const wanted = new Set(request.columns.map((column) => column.name));
      const chosen = columns.filter((column) => wanted.has(column.name));
      yield { rows, firstRow: 0, columns: new Map(chosen.map((column) => [column.name, column])) };
    },
  };
}

function typeName(column: Column): string {
  return { number: "DOUBLE", time: "TIMESTAMP", category: "VARCHAR", boolean: "BOOLEAN" }[column.kind];
}
