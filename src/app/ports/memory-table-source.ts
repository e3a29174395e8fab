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
    rowsWithNull: async (names) => {
      const parts = names.map((name) => columns.find((column) => column.name === name));
      let found = 0;
      for (let row = 0; row < rows; row++) if (parts.some((column) => column?.nulls?.[row] === 1)) found++;
      return found;
    },
    duplicates: async (names) => {
      const parts = names.map((name) => columns.find((column) => column.name === name));
      const counts = new Map<string, number>();
      for (let row = 0; row < rows; row++) {
        const key = parts.map((column) => (column === undefined ? "null" : cellText(column, row))).join("\u001f");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const repeated = [...counts].filter(([, count]) => count > 1);
      if (repeated.length === 0) return null;
      return {
        keys: repeated.length,
        rows: repeated.reduce((sum, [, count]) => sum + count - 1, 0),
        examples: repeated.slice(0, 3).map(([key, count]) => ({ values: key.split("\u001f"), count })),
      };
    },
  };
}

function cellText(column: Column, row: number): string {
  if (column.nulls?.[row] === 1) return "null";
  return column.kind === "category" ? column.dictionary.texts[column.codes[row]!]! : String(column.values[row]);
}

function typeName(column: Column): string {
  return { number: "DOUBLE", time: "TIMESTAMP", category: "VARCHAR", boolean: "BOOLEAN" }[column.kind];
}
