import { Failure } from "../../core/failures.ts";
import type { Baseline } from "../../schemas/policy/policy.ts";
import type { ColumnRequest, TableBlock } from "../ports/table-reader.ts";
import type { BaselineSetting } from "./baseline-setting.ts";
import { meanOf, trainOf, wrongTask } from "./baseline-setting.ts";
import { readLabels } from "./label-codes.ts";
import { columnNumbers, fingerprintOf } from "./model-source.ts";
import { rowKeys } from "./row-keys.ts";
import type { RowScores, ScoreSource } from "./score-source.ts";
import { withLabel } from "./train-rows.ts";

type LastValue = Extract<Baseline, { kind: "last" | "seasonal_last" }>;

/** Labels of one series in order of time. */
interface Series {
  readonly times: Float64Array;
  readonly labels: Float64Array;
}

/**
 * The naive forecasts: the last label known before the row's time (`last`), the one `period` rows before, or the last
 * one known `period` of time before (`seasonal_last`), within the series that `by` names. What is known is the
 * training data and the tested rows themselves, so it needs all rows in one table. A row with nothing before it gets
 * the mean label.
 */
export async function lastValueSource(
  name: string,
  baseline: LastValue,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  const { time } = setting;
  if (time === null) {
    throw new Failure("POLICY", {
      message: `the baseline "${name}" (${baseline.kind}) needs to know which column is the time`,
      mend: ["name it under columns: time: COLUMN"],
    });
  }
  if (setting.task === "ranking") throw wrongTask(name, baseline.kind, "regression, binary and multiclass", setting);
  const needs: ColumnRequest[] = [
    ...baseline.by.map((column): ColumnRequest => ({ name: column, as: "auto" })),
    { name: time, as: "time" },
  ];
  const train = setting.train === null ? null : await trainOf(name, setting, needs);
  return {
    name,
    needs: withLabel(needs, setting.meaning),
    fingerprint: fingerprintOf(baseline),
    ...(train !== null && setting.task === "multiclass" ? { classes: train.classes } : {}),
    score: async (table, classes) => {
      const labels = readLabels(table, { ...setting.meaning, classes });
      const known = {
        table,
        label: Float64Array.from(labels.values, (label, i) =>
          labels.known?.[i] === 0 ? Number.NaN : setting.meaning.task === "ranking" ? Math.max(0, label) : label,
        ),
      };
      const before =
        train === null ? [] : [{ table: train.table, label: recoded(train.label, train.classes, classes) }];
      const parts = [...before, known];
      const fallback = meanOf(parts[0]!.label.filter((label) => !Number.isNaN(label)));
      const values = forecasts(
        table,
        baseline,
        time,
        parts,
        setting.task === "multiclass" ? Math.round(fallback) : fallback,
      );
      return answer(values, setting.task === "multiclass" ? classes : null);
    },
    close: async () => {},
  };
}

function recoded(label: ArrayLike<number>, own: readonly string[], classes: readonly string[]): Float64Array {
  const map = own.map((name) => classes.indexOf(name));
  return Float64Array.from(label, (value) => (own.length === 0 ? value : map[value]!));
}

function answer(values: Float64Array, classes: readonly string[] | null): RowScores {
  if (classes === null) return { width: 1, values };
  return { width: classes.length, values: new Float64Array(0), predicted: Int32Array.from(values) };
}

function forecasts(
  table: TableBlock,
  baseline: LastValue,
  time: string,
  parts: readonly { readonly table: TableBlock; readonly label: Float64Array }[],
  fallback: number,
): Float64Array {
  const series = seriesOf(parts, baseline.by, time);
  const times = columnNumbers(table, time);
  const keyOf = rowKeys(table, baseline.by);
  const values = new Float64Array(table.rows);
  for (let row = 0; row < values.length; row++) {
    const own = series.get(keyOf(row));
    const at = own === undefined ? -1 : position(own.times, times[row]!, baseline);
    values[row] = own?.labels[at] ?? fallback;
  }
  return values;
}

/** Index of the label that is the forecast for time `now`; negative where there is none. */
function position(times: Float64Array, now: number, baseline: LastValue): number {
  if (baseline.kind === "last") return lowerBound(times, now) - 1;
  const { period } = baseline;
  if ("rows" in period) return lowerBound(times, now) - period.rows;
  const then = now - period.milliseconds;
  const at = lowerBound(times, then);
  return times[at] === then ? at : at - 1;
}

/** Number of times before `now`. */
function lowerBound(times: Float64Array, now: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < now) low = middle + 1;
    else high = middle;
  }
  return low;
}

function seriesOf(
  parts: readonly { readonly table: TableBlock; readonly label: Float64Array }[],
  by: readonly string[],
  time: string,
): Map<string, Series> {
  const points = new Map<string, { time: number; label: number }[]>();
  for (const part of parts) {
    const times = columnNumbers(part.table, time);
    const keyOf = rowKeys(part.table, by);
    for (let row = 0; row < part.label.length; row++) {
      const label = part.label[row]!;
      if (Number.isNaN(label) || Number.isNaN(times[row]!)) continue;
      const key = keyOf(row);
      const own = points.get(key);
      if (own === undefined) points.set(key, [{ time: times[row]!, label }]);
      else own.push({ time: times[row]!, label });
    }
  }
  const series = new Map<string, Series>();
  for (const [key, own] of points) {
    own.sort((a, b) => a.time - b.time);
    series.set(key, {
      times: Float64Array.from(own, (point) => point.time),
      labels: Float64Array.from(own, (point) => point.label),
    });
  }
  return series;
}
