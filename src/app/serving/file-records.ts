import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { Column, Table } from "../../core/tables/table.ts";
import type { TableReader } from "../ports/table-reader.ts";

/** Rows of files as records by column name, in blocks; times as milliseconds since 1970, nulls as null. */
export async function* fileRecords(
  reader: TableReader,
  inputs: readonly string[],
  blockRows: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly FeatureRecord[]> {
  const source = await reader.open(inputs);
  const columns = source.columns
    .filter((column) => column.kind !== "other")
    .map(({ name }) => ({ name, as: "auto" as const }));
  for await (const block of source.read({ columns, blockRows, ...(signal === undefined ? {} : { signal }) })) {
    yield tableRecords(block, 0, block.rows);
  }
}

/** Rows `from` to `to` of a table as records. */
export function tableRecords(table: Table, from: number, to: number): FeatureRecord[] {
  const columns = [...table.columns.values()].map((column) => ({ name: column.name, at: valueReader(column) }));
  return Array.from({ length: to - from }, (_, i) => {
    const record: Record<string, unknown> = {};
    for (const column of columns) record[column.name] = column.at(from + i);
    return record;
  });
}

function valueReader(column: Column): (row: number) => unknown {
  const { nulls } = column;
  const isNull = (row: number): boolean => nulls?.[row] === 1;
  if (column.kind === "category") {
    const { codes, dictionary } = column;
    return (row) => (isNull(row) ? null : (dictionary.texts[codes[row]!] ?? null));
  }
  const { values } = column;
  if (column.kind === "boolean") return (row) => (isNull(row) ? null : values[row] === 1);
  return (row) => {
    const value = values[row]!;
    return isNull(row) || Number.isNaN(value) ? null : value;
  };
}
