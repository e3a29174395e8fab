import type { CompareSide } from "../../core/drift/compare.ts";
import { compareDrift } from "../../core/drift/compare.ts";
import type { DriftDocument, SideFacts, StreamAnswer } from "../../core/drift/drift-document.ts";
import type { ExpectedEvent } from "../../core/drift/events.ts";
import type { DriftWindow } from "../../core/drift/judge-windows.ts";
import type { PeriodName, SeasonName } from "../../core/drift/periods.ts";
import { sortedValues } from "../../core/drift/sorted-values.ts";
import { judgedColumns } from "../../core/drift/judged-columns.ts";
import { createStreamWatch, withStreams } from "../../core/drift/stream-watch.ts";
import { windowsNeeded } from "../../core/drift/conformal.ts";
import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import type { Frame } from "../../core/profile/frame.ts";
import { mergeProfiles } from "../../core/profile/profile.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import { lastRows } from "../profile/last-rows.ts";
import type { Collected } from "../profile/collect-profile.ts";
import { collectProfile } from "../profile/collect-profile.ts";
import type { SavedProfile } from "../profile/profile-file.ts";
import { readSavedProfile } from "../profile/profile-file.ts";
import { chosenColumns, matchColumns, requestsOf, timeColumn } from "./match-columns.ts";

export interface DriftRequest {
  readonly reference: readonly string[];
  readonly current: readonly string[];
  readonly by: PeriodName | null;
  readonly time: string | null;
  /** Chance of any false alarm per comparison or period; null for 0.05. */
  readonly alpha: number | null;
  readonly floor: number;
  readonly season: SeasonName | "auto";
  readonly columns: readonly string[];
  readonly exclude: readonly string[];
  readonly text: readonly string[];
  readonly events: readonly ExpectedEvent[];
  readonly importance: ReadonlyMap<string, number>;
  readonly seed: number;
  /** Rows between two false alarms that the row-by-row detectors promise; null for none. */
  readonly streamRows: number | null;
  /** Only the last rows of the current side, in file order; null for all. */
  readonly lastRows: number | null;
}

export interface DriftTools {
  readonly reader: TableReader;
  readonly progress: (what: string, rowsDone: number, rowsTotal: number | null) => void;
  readonly signal: AbortSignal;
}

/** Both sides together: up to so many rows the tests read rows, beyond they read histograms. */
export const exactRows = 150_000;
/** Rows kept of a larger side, for the classifiers. */
const sampleRows = 20_000;

type Side = { readonly saved: SavedProfile } | { readonly source: TableSource };

/** Compares files or saved profiles. Reads each row once. */
export async function driftFiles(request: DriftRequest, tools: DriftTools): Promise<DriftDocument> {
  const before = await openSide(request.reference, tools);
  const opened = await openSide(request.current, tools);
  const after =
    request.lastRows !== null && "source" in opened
      ? { source: await lastRows(opened.source, request.lastRows) }
      : opened;
  const alpha = request.alpha ?? 0.05;
  const notes: Note[] = [];
  const schemaBefore = sideColumns(before, request, request.reference);
  const schemaAfter = sideColumns(after, { ...request, columns: [], exclude: [] }, request.current);
  const matched = matchColumns(schemaBefore, schemaAfter);
  notes.push(...matched.notes);
  if (matched.shared.length === 0) {
    throw new Failure("DATA", {
      where: request.current[0] ?? "",
      message: "reference and current rows share no column that can be compared",
      mend: [`reference has ${list(matched.onlyInReference)}; current has ${list(matched.onlyInCurrent)}`],
    });
  }
  const sizes = [await rowsOf(before), await rowsOf(after)] as const;
  const limit = sizes[0] + sizes[1] <= exactRows ? exactRows : sampleRows;
  const time = timesOf(before, after, request, notes);
  const runRows = request.by === null && sizes[0] / sizes[1] >= windowsNeeded(alpha) ? sizes[1] : null;
  const common = { text: request.text, tools, limit, by: request.by };
  const [first, printBefore] = await Promise.all([
    collectSide(before, {
      ...common,
      frame: null,
      names: matched.shared,
      time: time[0],
      runRows,
      what: "reference",
    }),
    fingerprintOf(before),
  ]);
  const [second, printAfter] = await Promise.all([
    collectSide(after, {
      ...common,
      frame: first.frame,
      names: matched.shared,
      time: time[1],
      runRows: null,
      what: "current",
    }),
    fingerprintOf(after),
  ]);
  for (const [side, name] of [
    [first, "reference"],
    [second, "current"],
  ] as const) {
    if (side.timeless > 0) {
      notes.push({
        code: "no-time",
        severity: "warning",
        message: `${side.timeless} ${name} rows have no time: they are in no period`,
      });
    }
  }
  const exact = limit === exactRows && first.sample !== null && second.sample !== null;
  const drift = compareDrift(
    compareSide(first, { files: request.reference, fingerprint: printBefore }, exact, request.by),
    compareSide(second, { files: request.current, fingerprint: printAfter }, exact, request.by),
    {
      alpha,
      floor: request.floor,
      by: request.by,
      trailBy: second.by,
      season: request.season,
      events: request.events,
      importance: request.importance,
      seed: request.seed,
      onlyInReference: matched.onlyInReference,
      onlyInCurrent: matched.onlyInCurrent,
      notes,
    },
  );
  if (request.streamRows === null) return drift;
  const detectors = await watchRows(after, first, second, time[1], request.streamRows, tools);
  return withStreams(drift, detectors, request.streamRows);
}

/** The current rows once more, in file order, for the row-by-row detectors. */
async function watchRows(
  after: Side,
  reference: CollectedSide,
  current: CollectedSide,
  time: string | null,
  promisedRows: number,
  tools: DriftTools,
): Promise<StreamAnswer[]> {
  if (!("source" in after)) {
    throw new Failure("USAGE", {
      message: "--stream reads rows, and a saved profile has none",
      mend: ["give the current rows as files"],
    });
  }
  const judged = judgedColumns(reference.whole, current.whole);
  const watch = createStreamWatch(reference.whole, judged, promisedRows, time);
  const names = new Set(judged.map((index) => reference.frame.columns[index]!.name));
  const columns = requestsOf(reference.frame, names);
  const withTime = time === null ? columns : [...columns, { name: time, as: "time" as const }];
  const onProgress = (done: number, total: number | null): void => tools.progress("watched", done, total);
  for await (const block of after.source.read({ columns: withTime, onProgress, signal: tools.signal }))
    watch.add(block);
  return watch.finish();
}

async function openSide(paths: readonly string[], tools: DriftTools): Promise<Side> {
  if (paths.length === 1) {
    const saved = await readSavedProfile(paths[0]!);
    if (saved !== null) return { saved };
  }
  return { source: await tools.reader.open(paths) };
}

function sideColumns(
  side: Side,
  request: DriftRequest,
  paths: readonly string[],
): ReadonlyArray<{ name: string; kind: string }> {
  if ("source" in side) return chosenColumns(side.source.columns, request, paths[0] ?? "");
  const all = side.saved.frame.columns.map(({ name, kind }) => ({
    name,
    kind: kind === "text" ? "category" : kind,
    type: kind,
  }));
  return chosenColumns(all as never, request, paths[0] ?? "");
}

async function fingerprintOf(side: Side): Promise<string | null> {
  return "source" in side ? side.source.fingerprint() : side.saved.document.source.fingerprint;
}

async function rowsOf(side: Side): Promise<number> {
  if ("source" in side) return side.source.countRows();
  return side.saved.profiles.reduce((sum, profile) => sum + profile.rows, 0);
}

/** Time columns of both sides; the reference's must have the name of the current one's. */
function timesOf(
  before: Side,
  after: Side,
  request: DriftRequest,
  notes: Note[],
): readonly [string | null, string | null] {
  const where = request.current[0] ?? "";
  const now =
    "source" in after
      ? timeColumn(after.source.columns, request.time, where)
      : (after.saved.document.time?.column ?? null);
  if (now === null && request.by !== null) {
    throw new Failure("USAGE", {
      where,
      message: `--by ${request.by} needs a time column, and which one is not clear`,
      mend: ["name it: --time COLUMN"],
    });
  }
  if ("saved" in before) return [before.saved.document.time?.column ?? null, now];
  const has =
    now !== null &&
    before.source.columns.some(
      (column) => column.name === now && column.kind !== "category" && column.kind !== "boolean",
    );
  if (now !== null && !has && request.by !== null) {
    notes.push({
      code: "no-reference-time",
      severity: "warning",
      message: `the reference has no time column "${now}": its own variation over time is unknown`,
    });
  }
  return [has ? now : null, now];
}

interface SideRequest {
  readonly frame: Frame | null;
  readonly names: readonly string[];
  readonly time: string | null;
  readonly runRows: number | null;
  readonly by: PeriodName | null;
  readonly text: readonly string[];
  readonly limit: number;
  readonly tools: DriftTools;
  readonly what: string;
}

type CollectedSide = Omit<Collected, "sample"> & { readonly sample: Collected["sample"] | null };

async function collectSide(side: Side, request: SideRequest): Promise<CollectedSide> {
  if ("saved" in side) return savedSide(side.saved, request);
  const present = new Set(side.source.columns.map((column) => column.name));
  const columns =
    request.frame === null
      ? request.names.map((name) => ({ name, as: "auto" as const }))
      : requestsOf(request.frame, new Set(request.names));
  const time = request.time;
  const all =
    time === null
      ? columns
      : [...columns.filter((column) => column.name !== time), { name: time, as: "time" as const }].filter(({ name }) =>
          present.has(name),
        );
  return collectProfile(side.source, {
    columns: all,
    frame: request.frame,
    frameOptions: { text: request.text },
    time,
    by: request.by,
    runRows: request.runRows,
    sampleRows: request.limit,
    onProgress: (done, total) => request.tools.progress(request.what, done, total),
    signal: request.tools.signal,
  });
}

function savedSide(saved: SavedProfile, request: SideRequest): CollectedSide {
  if (request.frame !== null && request.frame.id !== saved.frame.id) {
    throw new Failure("RECORD", {
      message: "the two profiles count on different edges, so they cannot be compared without loss",
      mend: ["make the current one on the reference's: umpire profile CURRENT --like REFERENCE.profile.json"],
    });
  }
  const by = (saved.document.time?.by ?? null) as PeriodName | null;
  if (request.by !== null && by !== null && by !== request.by) {
    throw new Failure("USAGE", {
      message: `the saved profile has periods of a ${by}, not of a ${request.by}`,
      mend: [`use --by ${by}, or make the profile again with --by ${request.by}`],
    });
  }
  const periods: DriftWindow[] = saved.profiles.flatMap((profile, index) => {
    const { from, to } = saved.document.periods[index]!;
    return from === null || to === null ? [] : [{ from: Date.parse(from), to: Date.parse(to), profile }];
  });
  return {
    frame: saved.frame,
    whole: mergeProfiles(saved.profiles),
    sample: null,
    by,
    periods,
    runs: [],
    timeless: 0,
    first: periods[0]?.from ?? null,
    last: periods.at(-1)?.to ?? null,
  };
}

function compareSide(
  side: CollectedSide,
  origin: Pick<SideFacts, "files" | "fingerprint">,
  exact: boolean,
  by: PeriodName | null,
): CompareSide {
  const facts: SideFacts = {
    ...origin,
    rows: side.whole.rows,
    period:
      side.first === null || side.last === null
        ? null
        : [new Date(side.first).toISOString(), new Date(side.last).toISOString()],
  };
  return {
    facts,
    whole: side.whole,
    sample: side.sample,
    sorted: (name) =>
      exact && side.sample !== null && side.sample.complete ? sortedValues(side.sample, side.frame, name) : null,
    windows: by === null ? side.runs : side.periods,
    trail: side.periods,
  };
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 8).join(", ");
}
