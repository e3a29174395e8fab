import type { Table } from "../../core/tables/table.ts";
import { textAt } from "./label-codes.ts";

/**
 * One text per row from several columns, so that rows of different tables (other dictionaries) can be matched. A null
 * has a text of its own.
 */
export function rowKeys(table: Table, columns: readonly string[]): (row: number) => string {
  const parts = columns.map((name) => table.columns.get(name));
  return (row) =>
    parts
      .map((column) => (column === undefined || column.nulls?.[row] === 1 ? "\u0000" : textAt(column, row)))
      .join("\u001f");
}
