import type { TableBlock } from "../ports/table-reader.ts";
import type { Column } from "../../core/tables/table.ts";

/**
 * All blocks of a read as one table: for what needs every row at once (lists that cross blocks, joining rows,
 * forecasts by the last known value).
 */
export async function wholeTable(blocks: AsyncIterable<TableBlock>): Promise<TableBlock> {
  const all: TableBlock[] = [];
  for await (const block of blocks) all.push(block);
  return joinBlocks(all);
}

/** Consecutive blocks of one read as one table. */
export function joinBlocks(blocks: readonly TableBlock[]): TableBlock {
  const [first] = blocks;
  if (first === undefined) return { rows: 0, firstRow: 0, columns: new Map() };
  if (blocks.length === 1) return first;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const columns = new Map<string, Column>();
  for (const name of first.columns.keys()) {
    columns.set(
      name,
      joinColumn(
        blocks.map((block) => ({ column: block.columns.get(name)!, rows: block.rows })),
        rows,
      ),
    );
  }
  return {
    rows,
    firstRow: first.firstRow,
    columns,
    ...(first.folds === undefined
      ? {}
      : {
          folds: join(
            blocks.map((block) => block.folds!),
            new Uint8Array(rows),
          ),
        }),
    ...(first.units === undefined
      ? {}
      : {
          units: join(
            blocks.map((block) => block.units!),
            new Uint32Array(rows),
          ),
        }),
    ...(first.groups === undefined
      ? {}
      : {
          groups: join(
            blocks.map((block) => block.groups!),
            new Uint32Array(rows),
          ),
        }),
  };
}

function joinColumn(parts: readonly { readonly column: Column; readonly rows: number }[], rows: number): Column {
  const column = parts[0]!.column;
  const nulls = joinNulls(parts, rows);
  const base = { name: column.name, ...(nulls === null ? {} : { nulls }) };
  if (column.kind === "category") {
    const codes = parts.map((part) => codesOf(part.column));
    const out =
      codes[0] instanceof Uint8Array
        ? new Uint8Array(rows)
        : codes[0] instanceof Uint16Array
          ? new Uint16Array(rows)
          : new Uint32Array(rows);
    return { ...base, kind: "category", codes: join(codes, out), dictionary: column.dictionary };
  }
  const values = parts.map((part) => valuesOf(part.column));
  if (column.kind === "time") return { ...base, kind: "time", values: join(values, new Float64Array(rows)) };
  if (column.kind === "boolean") return { ...base, kind: "boolean", values: join(values, new Uint8Array(rows)) };
  const integer = column.integer === undefined ? {} : { integer: column.integer };
  return { ...base, ...integer, kind: "number", values: join(values, numberArray(values, rows)) };
}

/** Blocks of one column may differ: 32-bit integers become float64 where a block holds a null. */
function numberArray(
  parts: readonly ArrayLike<number>[],
  rows: number,
): Float64Array | Float32Array | Int32Array | Uint8Array {
  if (parts.every((part) => part instanceof Float32Array)) return new Float32Array(rows);
  if (parts.every((part) => part instanceof Int32Array)) return new Int32Array(rows);
  if (parts.every((part) => part instanceof Uint8Array)) return new Uint8Array(rows);
  return new Float64Array(rows);
}

function joinNulls(
  parts: readonly { readonly column: Column; readonly rows: number }[],
  rows: number,
): Uint8Array | null {
  if (parts.every((part) => part.column.nulls === undefined)) return null;
  return join(
    parts.map((part) => part.column.nulls ?? new Uint8Array(part.rows)),
    new Uint8Array(rows),
  );
}

function codesOf(column: Column): Uint8Array | Uint16Array | Uint32Array {
  return column.kind === "category" ? column.codes : new Uint32Array(0);
}

function valuesOf(column: Column): ArrayLike<number> {
  return column.kind === "category" ? [] : column.values;
}

function join<T extends { set(values: ArrayLike<number>, at: number): void }>(
  parts: readonly ArrayLike<number>[],
  out: T,
): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
