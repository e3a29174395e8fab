import { normalUpperQuantile } from "../statistics/normal-distribution.ts";
import { studentUpperQuantile } from "../statistics/student-distribution.ts";

/**
 * How the distinct units of a log grow with time. Who comes back is no new unit, so this is no rate: it bends. The log is
 * cut into bins of equal length; of every unit it is kept in which bins it was.
 */
export interface UnitGrowth {
  readonly binMilliseconds: number;
  readonly bins: number;
  readonly units: number;
  /** Units that were in bin `to`, and before that last in bin `from`; -1: never. */
  readonly gaps: readonly (readonly [from: number, to: number, units: number])[];
  /** Units that were in one bin only, and in two. */
  readonly once: number;
  readonly twice: number;
}

/** Milliseconds until so many distinct units have come; null: that cannot be said. */
export interface UnitTime {
  readonly middle: number | null;
  readonly low: number | null;
  /** Null where more may never come: most are back already. */
  readonly high: number | null;
  readonly reason: string | null;
}

/** The actual time lies between `low` and `high` with this chance. */
export const FORECAST_CHANCE = 0.8;
const TAIL = (1 - FORECAST_CHANCE) / 2;
/** With fewer units nothing is said of how fast they come. */
const LEAST_UNITS = 30;
/** So many times beyond what the log has seen, nothing is said. */
const FURTHEST = 20;

/**
 * When `units` distinct units will have come, counted from any moment on. Within what the log covers: by the windows of
 * that length in it, however they start. Beyond: by the units that were seen once or twice (Chao and Jost 2012,
 * extrapolation of incidence data; at most what comes if every new face went on coming at today's pace).
 * @param units needed: with 10% chance fewer are enough, in the middle, with 10% chance more are needed
 * @param share of the units that count
 */
export function timeForUnits(
  growth: UnitGrowth,
  share: number,
  units: { readonly low: number; readonly middle: number; readonly high: number },
): UnitTime {
  if (!(share > 0)) return nothing("none of the traffic belongs to it");
  if (growth.units * share < LEAST_UNITS || growth.bins < 2) {
    return nothing(
      `${words(growth.units * share)} came in ${spanWords(growth.bins * growth.binMilliseconds)}: not enough traffic to say`,
    );
  }
  if (units.middle > FURTHEST * growth.units * share) {
    const seen = words(growth.units * share);
    return nothing(
      `${seen} came since the log began: too few to say when ${units.middle.toLocaleString("en-US")} will have`,
    );
  }
  const counts = windowCounts(growth);
  const middle = centre(growth, counts, units.middle / share);
  const pace = spread(growth, counts, units.middle / share);
  const low = centre(growth, counts, units.low / share, "fast");
  const high = centre(growth, counts, units.high / share, "slow");
  const { binMilliseconds } = growth;
  const milliseconds = (bins: number | null, factor: number): number | null =>
    bins === null || !Number.isFinite(bins) ? null : bins * factor * binMilliseconds;
  const days = growth.bins * binMilliseconds;
  const reason =
    high === null
      ? "most units that came are back already: so many others may never come"
      : middle !== null && middle > growth.bins && days < DAY
        ? `the log covers ${spanWords(days)}, no whole day`
        : null;
  return {
    middle: milliseconds(middle, 1),
    low: milliseconds(low, 1 / pace),
    high: milliseconds(high, pace),
    reason,
  };
}

const DAY = 86_400_000;

function nothing(reason: string): UnitTime {
  return { middle: null, low: null, high: null, reason };
}

/** Distinct units in the window of `length` bins that begins with bin `start`: `counts[start][length]`. */
function windowCounts({ bins, gaps }: UnitGrowth): Float64Array[] {
  const counts = Array.from({ length: bins }, () => new Float64Array(bins + 1));
  // A unit is in the window if its next appearance is: for every start after the one before.
  for (const [from, to, units] of gaps) {
    for (let start = from + 1; start <= to; start++) counts[start]![to - start + 1]! += units;
  }
  for (const row of counts) for (let length = 1; length <= bins; length++) row[length]! += row[length - 1]!;
  return counts;
}

/** Bins until so many units have come in the window that begins at a bin; null: not within the log. */
function reach(row: Float64Array, most: number, units: number): number | null {
  if (row[most]! < units) return null;
  let length = 1;
  while (row[length]! < units) length++;
  const before = row[length - 1]!;
  return length - 1 + (units - before) / Math.max(row[length]! - before, 1e-12);
}

function reached(growth: UnitGrowth, counts: readonly Float64Array[], units: number): number[] {
  return counts.flatMap((row, start) => reach(row, growth.bins - start, units) ?? []);
}

/** Bins until so many units have come; null: they may never. */
function centre(
  growth: UnitGrowth,
  counts: readonly Float64Array[],
  units: number,
  side: "middle" | "fast" | "slow" = "middle",
): number | null {
  const times = reached(growth, counts, units).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  // Three windows of that length fit into the log.
  if (median !== undefined && median * 3 <= growth.bins) return median;
  const whole = reach(counts[0]!, growth.bins, units);
  if (whole !== null) return whole;
  const { bins, once, twice } = growth;
  const z = side === "middle" ? 0 : normalUpperQuantile(TAIL) * (side === "fast" ? 1 : -1);
  const fresh = Math.max(0, once + z * Math.sqrt(once));
  const more = units - growth.units;
  if (side === "fast") return fresh > 0 ? bins + (more * bins) / fresh : null;
  const again = Math.max(0, twice - z * Math.sqrt(twice));
  const unseen = ((bins - 1) / bins) * (again > 0 ? (fresh * fresh) / (2 * again) : (fresh * (fresh - 1)) / 2);
  if (!(more < unseen)) return null;
  return bins + Math.log1p(-more / unseen) / Math.log1p(-fresh / (bins * unseen + fresh));
}

/** By which factor a window's time may differ: from window to window of the log, and at least as chance alone does. */
function spread(growth: UnitGrowth, counts: readonly Float64Array[], units: number): number {
  // Windows of which four fit into the log, where the whole does not.
  const typical = growth.bins / 4;
  let wanted = units;
  let times = reached(growth, counts, wanted);
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  if (median === undefined || median > typical) {
    const starts = counts.slice(0, growth.bins - Math.floor(typical) + 1).map((row) => row[Math.floor(typical)]!);
    wanted = starts.reduce((sum, count) => sum + count, 0) / starts.length;
    times = reached(growth, counts, wanted);
  }
  const logs = times.map((time) => Math.log(Math.max(time, 1e-9)));
  const mean = logs.reduce((sum, one) => sum + one, 0) / Math.max(1, logs.length);
  const variance = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  const windows = Math.max(2, Math.floor(growth.bins / Math.max(1, Math.exp(mean))));
  const chance = 1 / Math.max(1, Math.min(units, growth.units));
  return Math.exp(studentUpperQuantile(TAIL, windows - 1) * Math.sqrt(Math.max(variance, chance) * (1 + 1 / windows)));
}

function words(units: number): string {
  const count = Math.round(units);
  return `${count.toLocaleString("en-US")} unit${count === 1 ? "" : "s"}`;
}

function spanWords(milliseconds: number): string {
  if (milliseconds < 120_000) return `${Math.max(1, Math.round(milliseconds / 1000))} s`;
  if (milliseconds < 7_200_000) return `${Math.round(milliseconds / 60_000)} min`;
  return milliseconds < 2 * DAY
    ? `${Math.round(milliseconds / 3_600_000)} h`
    : `${Math.round(milliseconds / DAY)} days`;
}
