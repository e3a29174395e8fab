import { takeRows } from "../../core/profile/take-rows.ts";
import { type Condition, conditionColumns } from "../../core/slices/condition.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import type { ColumnRequest, TableBlock, TableReader, TableSource } from "../ports/table-reader.ts";

/** Which rows and columns of a table are let through. */
export interface RowFilter {
  /** Null: every row. Bound to columns of the kinds that the table has. */
  readonly where: Condition | null;
  /** Rows of this time and later, and before; null: no bound. Milliseconds since 1970. */
  readonly time: { readonly column: string; readonly from: number | null; readonly until: number | null } | null;
  /** The name that a column goes by outside; a column that is there under that name is hidden. */
  readonly rename: ReadonlyMap<string, string>;
}

/** A reader whose tables hold only the rows of a filter: a cohort, a period. Rows are read in blocks as before. */
export function filteredReader(reader: TableReader, filter: RowFilter): TableReader {
  return {
    open: async (inputs) => filteredSource(await reader.open(inputs), filter),
    close: () => reader.close(),
  };
}

/** A table with only the rows of a filter. */
export function filteredSource(source: TableSource, filter: RowFilter): TableSource {
  const shown = new Set(filter.rename.values());
  const columns = source.columns
    .filter(({ name }) => filter.rename.has(name) || !shown.has(name))
    .map((column) => ({ ...column, name: filter.rename.get(column.name) ?? column.name }));
  const inner = new Map(Array.from(filter.rename, ([from, to]) => [to, from]));
  let count: Promise<number> | null = null;
  const read: TableSource["read"] = async function* (request) {
    const wanted = request.columns.map((column) => ({ ...column, name: inner.get(column.name) ?? column.name }));
    const requested = new Set(request.columns.map(({ name }) => name));
    const { onProgress: _counted, ...rest } = request;
    let firstRow = 0;
    for await (const block of source.read({ ...rest, columns: withFilterColumns(wanted, filter) })) {
      const rows = passing(block, filter);
      if (rows.length === 0) continue;
      const taken = takeRows(block, rows);
      const named = Array.from(taken.columns, ([name, column]) => {
        const outside = filter.rename.get(name) ?? name;
        return [outside, { ...column, name: outside }] as const;
      });
      yield {
        rows: rows.length,
        firstRow,
        columns: new Map(named.filter(([name]) => requested.has(name))),
        ...(block.groups === undefined ? {} : { groups: rows.map((row) => block.groups![row]!) }),
        ...(block.units === undefined ? {} : { units: rows.map((row) => block.units![row]!) }),
        ...(block.folds === undefined ? {} : { folds: Uint8Array.from(rows, (row) => block.folds![row]!) }),
      };
      firstRow += rows.length;
    }
  };
  return {
    ...source,
    columns,
    read,
    countRows: () => (count ??= countPassing(source, filter)),
  };
}

function withFilterColumns(wanted: readonly ColumnRequest[], { where, time }: RowFilter): ColumnRequest[] {
  const all = new Map(wanted.map((column) => [column.name, column]));
  for (const name of where === null ? [] : conditionColumns(where)) {
    if (!all.has(name)) all.set(name, { name, as: "auto" });
  }
  if (time !== null) all.set(time.column, { name: time.column, as: "time" });
  return [...all.values()];
}

function passing(block: TableBlock, { where, time }: RowFilter): Uint32Array {
  const mask = where === null ? null : conditionMask(where, block);
  const column = time === null ? undefined : block.columns.get(time.column);
  const times = column?.kind === "time" ? column.values : null;
  const rows: number[] = [];
  for (let row = 0; row < block.rows; row++) {
    if (mask !== null && mask[row] === 0) continue;
    if (times !== null) {
      const at = times[row]!;
      if (time!.from !== null && !(at >= time!.from)) continue;
      if (time!.until !== null && !(at < time!.until)) continue;
    }
    rows.push(row);
  }
  return Uint32Array.from(rows);
}

async function countPassing(source: TableSource, filter: RowFilter): Promise<number> {
  if (filter.where === null && filter.time === null) return source.countRows();
  let total = 0;
  for await (const block of source.read({ columns: withFilterColumns([], filter) })) {
    total += passing(block, filter).length;
  }
  return total;
}
