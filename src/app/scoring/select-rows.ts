import type { TableBlock } from "../ports/table-reader.ts";
import type { Column } from "../../core/tables/table.ts";

/** Row numbers of the ones in a mask. */
export function rowsOf(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i]!;
  const rows = new Uint32Array(count);
  for (let i = 0, at = 0; i < mask.length; i++) if (mask[i] === 1) rows[at++] = i;
  return rows;
}

/** The table of the given rows, in their order; units, folds and lists keep their codes. */
export function selectRows(table: TableBlock, rows: Uint32Array): TableBlock {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) columns.set(name, selectColumn(column, rows));
  return {
    rows: rows.length,
    firstRow: table.firstRow,
    columns,
    ...(table.folds === undefined ? {} : { folds: pick(table.folds, rows, new Uint8Array(rows.length)) }),
    ...(table.units === undefined ? {} : { units: pick(table.units, rows, new Uint32Array(rows.length)) }),
    ...(table.groups === undefined ? {} : { groups: pick(table.groups, rows, new Uint32Array(rows.length)) }),
  };
}

function selectColumn(column: Column, rows: Uint32Array): Column {
  const nulls = column.nulls === undefined ? {} : { nulls: pick(column.nulls, rows, new Uint8Array(rows.length)) };
  switch (column.kind) {
    case "category":
      return { ...column, ...nulls, codes: pick(column.codes, rows, sameType(column.codes, rows.length)) };
    case "number":
      return { ...column, ...nulls, values: pick(column.values, rows, sameType(column.values, rows.length)) };
    case "time":
      return { ...column, ...nulls, values: pick(column.values, rows, new Float64Array(rows.length)) };
    case "boolean":
      return { ...column, ...nulls, values: pick(column.values, rows, new Uint8Array(rows.length)) };
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Values of the given rows, written into `out`. */
export function pick<T extends Numbers>(values: Numbers, rows: Uint32Array, out: T): T {
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

function sameType<T extends Numbers>(values: T, length: number): T {
  const make = values.constructor as new (length: number) => T;
  return new make(length);
}
