import { decimalOfSingle } from "../../core/serving/decimal-of-single.ts";
import type { FeatureRecord } from "../../core/serving/feature-record.ts";
import type { Column, Table } from "../../core/tables/table.ts";
import type { TableReader } from "../ports/table-reader.ts";

export interface FileRecordOptions {
  readonly signal?: AbortSignal;
  /**
   * Columns that name something (ids, keys, texts of a model): in a file without types (CSV) `007` stays the text that it
   * is, as a client would send it, and a whole number is one only where that says the same.
   */
  readonly names?: ReadonlySet<string>;
}

/** Rows of files as records by column name, in blocks; times as milliseconds since 1970, nulls as null. */
export async function* fileRecords(
  reader: TableReader,
  inputs: readonly string[],
  blockRows: number,
  { signal, names }: FileRecordOptions = {},
): AsyncGenerator<readonly FeatureRecord[]> {
  const source = await reader.open(inputs);
  const guessed = new Set(
    source.typed ? [] : source.columns.filter(({ type }) => type === "BIGINT").map(({ name }) => name),
  );
  const singles = source.columns.filter(({ type }) => type === "FLOAT").map(({ name }) => name);
  const times = source.columns.filter(({ kind, name }) => kind === "time" && names?.has(name)).map(({ name }) => name);
  const asWritten = [...(names ?? [])].filter((name) => guessed.has(name));
  const columns = source.columns
    .filter((column) => column.kind !== "other")
    .map(({ name }) => ({ name, as: asWritten.includes(name) ? ("category" as const) : ("auto" as const) }));
  for await (const block of source.read({ columns, blockRows, ...(signal === undefined ? {} : { signal }) })) {
    const records = tableRecords(block, 0, block.rows);
    for (const name of asWritten) for (const record of records) plainInteger(record as Record<string, unknown>, name);
    for (const name of times) for (const record of records) timeText(record as Record<string, unknown>, name);
    for (const name of singles) for (const record of records) decimal(record as Record<string, unknown>, name);
    yield records;
  }
}

function decimal(record: Record<string, unknown>, name: string): void {
  const value = record[name];
  if (typeof value === "number") record[name] = decimalOfSingle(value);
}

/** A time where a text is wanted, as a client would send it. */
function timeText(record: Record<string, unknown>, name: string): void {
  const value = record[name];
  if (typeof value === "number") record[name] = new Date(value).toISOString();
}

/** A text that a whole number is written as, as that number; `007`, `+7` and what a double cannot hold stay texts. */
function plainInteger(record: Record<string, unknown>, name: string): void {
  const text = record[name];
  if (typeof text !== "string") return;
  const number = Number(text);
  if (Number.isSafeInteger(number) && String(number) === text) record[name] = number;
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
