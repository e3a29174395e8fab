/** What a period holds of a slice, for deciding whether it can stand by itself. */
export interface PeriodCounts {
  readonly units: number;
  /** Binary: labelled hits and misses; null where that is not asked. */
  readonly hits: number | null;
  readonly misses: number | null;
}

const OF_CLASS = 10;

/**
 * Joins neighbouring periods until each join has enough units (and of each class), so that little traffic is judged by the
 * week where a day is too short. What is left over at the end is the last range, which may be too small.
 * @returns ranges of indices, from and before
 */
export function joinPeriods(periods: readonly PeriodCounts[], leastUnits: number): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  let units = 0;
  let hits = 0;
  let misses = 0;
  periods.forEach((period, i) => {
    units += period.units;
    hits += period.hits ?? OF_CLASS;
    misses += period.misses ?? OF_CLASS;
    if (units < leastUnits || hits < OF_CLASS || misses < OF_CLASS) return;
    ranges.push([from, i + 1]);
    from = i + 1;
    units = hits = misses = 0;
  });
  if (from < periods.length) ranges.push([from, periods.length]);
  return ranges;
}
