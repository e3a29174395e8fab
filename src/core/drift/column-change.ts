import type { CompareOptions, CompareSide } from "./compare-sides.ts";
import { periodLabel, type SeasonName } from "./periods.ts";
import { shiftSeries } from "./shift-series.ts";
import { findChange } from "./since.ts";

/** Since when a column has moved, and how; null where there are no periods to tell by. */
export function columnChange(
  reference: CompareSide,
  current: CompareSide,
  index: number,
  options: CompareOptions,
  season: SeasonName,
): { since: string | null; shape: "abrupt" | "gradual" } | null {
  if (options.trailBy === null) return null;
  const { series, starts, currentFrom } = shiftSeries(reference, current, index, season);
  const change = findChange(series);
  if (change === null) return null;
  const since = change.at < currentFrom ? currentFrom : change.at;
  const start = starts[since];
  return {
    since: start === undefined || start === null ? null : periodLabel(start, options.trailBy),
    shape: change.shape,
  };
}
