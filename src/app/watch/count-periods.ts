import { type PeriodName, periodStart } from "../../core/drift/periods.ts";
import type { SliceVolume } from "../../core/monitors/volume-signals.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import type { TableSource } from "../ports/table-reader.ts";
import type { WatchedSlice } from "./reference-answers.ts";

/** Rows of a table by period, of each slice; slices of columns that the table lacks are left out. The first is everything. */
export async function countPeriods(
  source: TableSource,
  { time, by }: { readonly time: string; readonly by: PeriodName },
  slices: readonly WatchedSlice[],
): Promise<SliceVolume[]> {
  const there = new Set(source.columns.map(({ name }) => name));
  const counted = slices
    .map((slice, s) => ({ ...slice, whole: s === 0, rows: new Map<number, number>() }))
    .filter(({ where }) => where === null || conditionColumns(where).every((name) => there.has(name)));
  const columns = new Set(counted.flatMap(({ where }) => (where === null ? [] : conditionColumns(where))));
  columns.delete(time);
  const asked = [
    { name: time, as: "time" as const },
    ...Array.from(columns, (name) => ({ name, as: "auto" as const })),
  ];
  for await (const block of source.read({ columns: asked })) {
    const times = block.columns.get(time);
    if (times?.kind !== "time") continue;
    const starts = Float64Array.from(times.values, (at) => periodStart(at, by));
    for (const { where, rows } of counted) {
      const mask = where === null ? null : conditionMask(where, block);
      for (let row = 0; row < block.rows; row++) {
        const start = starts[row]!;
        if (mask?.[row] === 0 || Number.isNaN(start)) continue;
        rows.set(start, (rows.get(start) ?? 0) + 1);
      }
    }
  }
  return counted.map(({ name, whole, rows }) => ({ slice: name, whole, rows }));
}
