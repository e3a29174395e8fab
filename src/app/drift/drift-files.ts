import { compareDrift } from "../../core/drift/compare.ts";
import { windowsNeeded } from "../../core/drift/conformal.ts";
import type { DriftDocument, StreamAnswer } from "../../core/drift/drift-document.ts";
import type { ExpectedEvent } from "../../core/drift/events.ts";
import { judgedColumns } from "../../core/drift/judged-columns.ts";
import type { PeriodName, SeasonName } from "../../core/drift/periods.ts";
import { createStreamWatch, withStreams } from "../../core/drift/stream-watch.ts";
import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import { lastRows } from "../profile/last-rows.ts";
import { collectSide, compareSide, fingerprintOf, openSide, rowsOf } from "./drift-side.ts";
import { chosenColumns, matchColumns, requestsOf, timeColumn } from "./match-columns.ts";
import { lastPeriods, otherFrames } from "./saved-side.ts";
import type { CollectedSide, DriftTools, Side } from "./side.ts";

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
  /** Whether periods with few rows are a finding. */
  readonly volume: boolean;
  readonly seed: number;
  /** Rows between two false alarms that the row-by-row detectors promise; null for none. */
  readonly streamRows: number | null;
  /** Only the end of the current side: its last rows in file order, or the last periods of a saved profile; null for all. */
  readonly last: { readonly rows: number } | { readonly milliseconds: number } | null;
}

/** Both sides together: up to so many rows the tests read rows, beyond they read histograms. */
export const exactRows = 150_000;
/** Rows kept of a larger side, for the classifiers. */
const sampleRows = 20_000;

/** Compares files or saved profiles. Reads each row once. */
export async function driftFiles(request: DriftRequest, tools: DriftTools): Promise<DriftDocument> {
  const [before, after] = await bothSides(request, tools);
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
  // Rows can be counted on any edges, saved profiles on their own: those of the reference come first.
  const frame = "source" in before && "saved" in after ? after.saved.frame : null;
  const [first, printBefore] = await Promise.all([
    collectSide(before, {
      ...common,
      frame,
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
  for (const opened of [before, after]) notes.push(...otherFrames(opened));
  for (const message of [...first.says, ...second.says])
    notes.push({ code: "other-edges", severity: "warning", message });
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
      volume: request.volume,
      lost: second.lost,
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

/** Opens both sides; of the current one only the last rows or days where they are asked for. */
async function bothSides(request: DriftRequest, tools: DriftTools): Promise<readonly [Side, Side]> {
  const before = await openSide(request.reference, tools);
  const after = await openSide(request.current, tools);
  const { last } = request;
  if (last === null) return [before, after];
  if ("source" in after) {
    if ("rows" in last) return [before, { source: await lastRows(after.source, last.rows) }];
    throw new Failure("USAGE", {
      message: "--last takes rows of files; a span of time only of loads or of a profile with periods",
      mend: ["--last 1000", "umpire drift REFERENCE .umpire/loads/CONTRACT --last 7d"],
    });
  }
  if ("rows" in last) {
    throw new Failure("USAGE", { message: "a saved profile has no rows", mend: ["take a span of time: --last 7d"] });
  }
  const { recent, earlier } = lastPeriods(after, last.milliseconds);
  const same = request.reference.length === 1 && request.reference[0] === request.current[0];
  return [same ? earlier : before, recent];
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
  const judged = judgedColumns(reference.whole, current.whole, current.lost);
  const watch = createStreamWatch(reference.whole, judged, promisedRows, time);
  const names = new Set(judged.map((index) => reference.frame.columns[index]!.name));
  const columns = requestsOf(reference.frame, names);
  const withTime = time === null ? columns : [...columns, { name: time, as: "time" as const }];
  const onProgress = (done: number, total: number | null): void => tools.progress("watched", done, total);
  for await (const block of after.source.read({ columns: withTime, onProgress, signal: tools.signal }))
    watch.add(block);
  return watch.finish();
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

/** Time columns of both sides; the reference's must have the name of the current one's. */
function timesOf(
  before: Side,
  after: Side,
  request: DriftRequest,
  notes: Note[],
): readonly [string | null, string | null] {
  const where = request.current[0] ?? "";
  const now = timeOf(after, request.time, where);
  const hasPeriods = "saved" in after && after.saved.document.time !== null;
  if (now === null && !hasPeriods && request.by !== null) {
    throw new Failure("USAGE", {
      where,
      message:
        "saved" in after
          ? `--by ${request.by} needs a profile that has periods`
          : `--by ${request.by} needs a time column, and which one is not clear`,
      mend: "saved" in after ? [`make it again: umpire profile DATA --by ${request.by}`] : ["name it: --time COLUMN"],
    });
  }
  if ("saved" in before) return [timeOf(before, null, where), now];
  const name = now ?? (hasPeriods ? timeOf(before, null, where) : null);
  const has =
    name !== null &&
    before.source.columns.some(
      (column) => column.name === name && column.kind !== "category" && column.kind !== "boolean",
    );
  if (!has && (name !== null || hasPeriods) && request.by !== null) {
    notes.push({
      code: "no-reference-time",
      severity: "warning",
      message: `the reference has no time column${name === null ? "" : ` "${name}"`}: its own variation over time is unknown`,
    });
  }
  return [has ? name : null, now];
}

function timeOf(side: Side, named: string | null, where: string): string | null {
  if ("source" in side) return timeColumn(side.source.columns, named, where);
  const column = side.saved.document.time?.column ?? "";
  return column === "" ? null : column;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 8).join(", ");
}
