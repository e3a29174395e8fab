import type { Table } from "../tables/table.ts";
import type { Condition } from "./condition.ts";
import type { LastWindow, SliceEntry } from "./slice-entry.ts";
import type { LearntSlices } from "./slice-plan.ts";

/** The newest time of each column that a `last` window counts back from; a record's own where it has one. */
export function createNewestTimes(entries: readonly SliceEntry[], learnt: LearntSlices | undefined) {
  const windows = entries.flatMap(({ form }): LastWindow[] =>
    (form.kind === "where" || form.kind === "last") && form.last !== undefined ? [form.last] : [],
  );
  const newest = new Map<string, number>();
  const columns = new Set(windows.map((window) => window.column));
  for (const column of columns) {
    const known = learnt?.newest[column];
    if (known !== undefined) newest.set(column, known);
  }
  const open = [...columns].filter((column) => !newest.has(column));
  return {
    needed: open.length > 0,
    add(block: Table): void {
      for (const name of open) {
        const column = block.columns.get(name);
        if (column === undefined || column.kind === "category") continue;
        let largest = newest.get(name) ?? Number.NEGATIVE_INFINITY;
        for (let i = 0; i < block.rows; i++) {
          const value = column.values[i]!;
          if (value > largest && column.nulls?.[i] !== 1) largest = value;
        }
        if (largest > Number.NEGATIVE_INFINITY) newest.set(name, largest);
      }
    },
    found: (): Record<string, number> => Object.fromEntries(newest),
  };
}

/** Rows at most the window older than the newest: the oldest bound is left out, the newest is in. */
export function windowCondition(last: LastWindow, newest: LearntSlices["newest"]): Condition {
  const to = newest[last.column];
  // No row has a time, so none is in the window.
  if (to === undefined) return { kind: "is", column: last.column, values: [] };
  return {
    kind: "range",
    column: last.column,
    range: { above: to - last.milliseconds, to },
    time: true,
  };
}
