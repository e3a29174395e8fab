import type { ColumnProfile } from "../profile/column-profile.ts";
import { filledRows, missingRows } from "../profile/column-profile.ts";
import type { Profile } from "../profile/profile.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import { momentSummary, profileQuantile } from "../profile/summary.ts";
import type { EDetectorState } from "../statistics/e-detector.ts";
import { addToEDetector, changeBeganAfter, detectorEvidence, startEDetector } from "../statistics/e-detector.ts";
import type { DriftDocument, StreamAnswer } from "./drift-document.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import type { Column, Table } from "../tables/table.ts";

export interface StreamWatch {
  add(table: Table): void;
  finish(): StreamAnswer[];
}

interface Detector {
  readonly column: string;
  readonly watched: "mean" | "missing";
  readonly state: EDetectorState;
  readonly baseline: number;
  /** Value of a row on [0, 1], or NaN to leave it out. */
  readonly scaled: (value: number, isMissing: boolean) => number;
  alarmRow: number | null;
  alarmTime: number;
  began: number | null;
  /** Input row of each value that the detector took, kept as the last one only. */
  taken: number;
}

/** The baseline allows for the reference's own sampling error, at this confidence, and for a shift of this share of the range. */
const baselineConfidence = 0.99;
const tolerated = 0.002;

/**
 * Watches means (numbers and booleans, between the reference's 0.1% and 99.9% points) and missing shares with e-detectors
 * whose false alarms together come at most once in `promisedRows` rows on average (each has the promise times the number
 * of detectors). Holds for rows whose mean, given the rows before, stays at the baseline; series with a daily pattern
 * need longer units than rows.
 */
export function createStreamWatch(
  reference: Profile,
  columns: readonly number[],
  promisedRows: number,
  time: string | null,
): StreamWatch {
  const plans = columns.flatMap((index) => plansOf(reference.columns[index]!));
  const runLength = promisedRows * Math.max(1, plans.length);
  const detectors = plans.map(
    (plan): Detector => ({
      ...plan,
      state: startEDetector({ baseline: plan.scaledBaseline, direction: plan.direction, runLength, kind: "e-cusum" }),
      alarmRow: null,
      alarmTime: Number.NaN,
      began: null,
      taken: 0,
    }),
  );
  const byColumn = new Map<string, Detector[]>();
  for (const detector of detectors) byColumn.set(detector.column, [...(byColumn.get(detector.column) ?? []), detector]);
  const add = (table: Table): void => {
    const clock = time === null ? undefined : table.columns.get(time);
    for (const [name, own] of byColumn) {
      const column = table.columns.get(name);
      if (column === undefined) continue;
      const { value, isMissing } = cells(column);
      for (const detector of own) {
        if (detector.alarmRow !== null) continue;
        for (let row = 0; row < table.rows; row++) {
          const scaled = detector.scaled(value(row), isMissing(row));
          if (scaled !== scaled) continue;
          detector.taken++;
          if (!addToEDetector(detector.state, scaled)) continue;
          detector.alarmRow = table.firstRow + row + 1;
          detector.alarmTime = clock !== undefined && clock.kind !== "category" ? clock.values[row]! : Number.NaN;
          // Rows that a detector leaves out (missing ones) are rare: its own count stands for rows.
          const back = detector.taken - (changeBeganAfter(detector.state) ?? 0);
          detector.began = Math.max(0, detector.alarmRow - back);
          break;
        }
      }
    }
  };
  const finish = (): StreamAnswer[] =>
    detectors.map((detector) => ({
      column: detector.column,
      watched: detector.watched,
      direction: detector.state.options.direction === "above" ? "above" : "below",
      baseline: detector.baseline,
      alarm_at_row: detector.alarmRow,
      began_after_row: detector.began,
      time: Number.isFinite(detector.alarmTime) ? new Date(detector.alarmTime).toISOString() : null,
      evidence: detectorEvidence(detector.state) / runLength,
    }));
  return { add, finish };
}

interface Plan {
  readonly column: string;
  readonly watched: "mean" | "missing";
  readonly direction: "above" | "below";
  readonly scaledBaseline: number;
  readonly baseline: number;
  readonly scaled: Detector["scaled"];
}

function plansOf(profile: ColumnProfile): Plan[] {
  const z = normalQuantile(baselineConfidence);
  const column = profile.frame.name;
  const share = missingRows(profile) / Math.max(1, profile.rows);
  // One more missing row than seen: a reference without any still allows some.
  const error = Math.sqrt((Math.max(share, 1 / profile.rows) * (1 - share)) / Math.max(1, profile.rows));
  const wellMissing = Math.min(0.999, share + z * error + tolerated);
  const plans: Plan[] = [
    {
      column,
      watched: "missing",
      direction: "above",
      scaledBaseline: wellMissing,
      baseline: wellMissing,
      scaled: (_, isMissing) => (isMissing ? 1 : 0),
    },
  ];
  const range = rangeOf(profile);
  if (range === null) return plans;
  const { low, high, mean, sd } = range;
  if (low === high) return [...plans, ...constantPlans(column, mean)];
  const slack = (z * sd) / Math.sqrt(Math.max(1, filledRows(profile))) / (high - low) + tolerated;
  const centre = (mean - low) / (high - low);
  const scaled = (value: number, isMissing: boolean): number =>
    isMissing || value !== value ? Number.NaN : Math.min(1, Math.max(0, (value - low) / (high - low)));
  for (const direction of ["above", "below"] as const) {
    const at = Math.min(0.999, Math.max(0.001, direction === "above" ? centre + slack : centre - slack));
    plans.push({ column, watched: "mean", direction, scaledBaseline: at, baseline: low + at * (high - low), scaled });
  }
  return plans;
}

/** A constant reference has no unit: a value is above, below or the same. */
function constantPlans(column: string, mean: number): Plan[] {
  const scaled = (value: number, isMissing: boolean): number =>
    isMissing || value !== value ? Number.NaN : value === mean ? 0.5 : value > mean ? 1 : 0;
  return (["above", "below"] as const).map((direction) => ({
    column,
    watched: "mean",
    direction,
    scaledBaseline: direction === "above" ? 0.5 + tolerated : 0.5 - tolerated,
    baseline: mean,
    scaled,
  }));
}

function rangeOf(profile: ColumnProfile): { low: number; high: number; mean: number; sd: number } | null {
  const frame = profile.frame;
  if (frame.kind === "boolean") {
    const yes = profile.counts[frame.values.indexOf("true")] ?? 0;
    const mean = yes / Math.max(1, filledRows(profile));
    return { low: 0, high: 1, mean, sd: Math.sqrt(mean * (1 - mean)) };
  }
  if (isCategoryFrame(frame) || frame.kind === "text") return null;
  const { mean, sd } = momentSummary(profile);
  if (mean === null || sd === null) return null;
  const low = Math.min(profileQuantile(profile, 0.001)!, mean - 3 * sd > profile.min ? mean - 3 * sd : profile.min);
  const high = Math.max(profileQuantile(profile, 0.999)!, mean + 3 * sd < profile.max ? mean + 3 * sd : profile.max);
  if (!(high > low)) return { low: mean, high: mean, mean, sd: 0 };
  return { low, high, mean, sd };
}

function cells(column: Column): { value: (row: number) => number; isMissing: (row: number) => boolean } {
  if (column.kind === "category") {
    const size = column.dictionary.texts.length;
    return { value: () => Number.NaN, isMissing: (row) => column.codes[row]! >= size };
  }
  const values = column.values;
  if (column.kind === "boolean") return { value: (row) => values[row]!, isMissing: (row) => values[row] === 255 };
  return { value: (row) => values[row]!, isMissing: (row) => values[row]! !== values[row]! };
}

/** The document with the detectors' answer: an alarm is drift too. */
export function withStreams(
  drift: DriftDocument,
  detectors: readonly StreamAnswer[],
  promisedRows: number,
): DriftDocument {
  const alarms = detectors.filter((detector) => detector.alarm_at_row !== null);
  const streams = { promised_rows: promisedRows, rows: drift.current.rows, alarms: alarms.length, detectors };
  const first = alarms.toSorted((a, b) => a.alarm_at_row! - b.alarm_at_row!)[0];
  if (first === undefined || drift.outcome === "drift") return { ...drift, streams };
  const what = first.watched === "missing" ? `missing values of ${first.column}` : `the mean of ${first.column}`;
  const reason = `${what} rose above what is well at row ${first.alarm_at_row}`.replace(
    "rose above",
    first.direction === "above" ? "rose above" : "fell below",
  );
  return { ...drift, streams, outcome: "drift", reason };
}
