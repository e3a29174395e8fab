import type { Column, Table } from "../tables/table.ts";

/** The rows of a table in another order, or some of them; `rows` are indices into the table. */
export function takeRows(table: Table, rows: Uint32Array): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) {
    const nulls = column.nulls === undefined ? undefined : pick(column.nulls, new Uint8Array(rows.length), rows);
    if (column.kind === "category") {
      const codes = pick(column.codes, emptyLike(column.codes, rows.length), rows);
      columns.set(name, { ...column, codes, nulls });
    } else if (column.kind === "boolean") {
      columns.set(name, { ...column, values: pick(column.values, new Uint8Array(rows.length), rows), nulls });
    } else {
      const values = pick(column.values, new Float64Array(rows.length), rows);
      columns.set(name, { ...column, values, nulls });
    }
  }
  return { rows: rows.length, firstRow: table.firstRow, columns };
}

function pick<Out extends { [index: number]: number }>(source: ArrayLike<number>, out: Out, rows: Uint32Array): Out {
  for (let i = 0; i < rows.length; i++) out[i] = source[rows[i]!]!;
  return out;
}

function emptyLike(
  codes: Uint8Array | Uint16Array | Uint32Array,
  length: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (codes instanceof Uint8Array) return new Uint8Array(length);
  return codes instanceof Uint16Array ? new Uint16Array(length) : new Uint32Array(length);
}
