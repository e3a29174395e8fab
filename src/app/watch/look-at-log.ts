import { type PeriodName, periodStart } from "../../core/drift/periods.ts";
import type { LookQuestion } from "../ports/background-work.ts";
import type { TableSource } from "../ports/table-reader.ts";
import { exportedLog } from "./exported-log.ts";
import { liveQuality } from "./live-quality.ts";
import { lookAtDrift } from "./look-at-drift.ts";
import { noQuality } from "./look-at-quality.ts";
import { LOG_TIME, type Look, type LookTools } from "./look-entry.ts";
import type { WatchedSlice } from "./reference-answers.ts";
import type { WatchedModel } from "./watched-model.ts";
import { watchedSlices } from "./watched-slices.ts";

const everything: WatchedSlice = { name: "everything", where: null, blocking: false };

/**
 * Holds the periods of the prediction log that have ended since the last look against the reference, for everything and
 * for each watched slice, and the quality of the live version against its own on the test data.
 */
export async function lookAtLog(
  watched: WatchedModel,
  { last, live, now }: LookQuestion,
  tools: LookTools,
): Promise<Look> {
  const { model, monitors, archive } = watched;
  const seen = last?.until ?? null;
  const nothing = (problem: string): Look => ({
    until: seen,
    rows: 0,
    slices: [],
    problem,
    quality: monitors.quality === null ? null : noQuality(monitors.quality.metric, null, problem),
    signals: [],
    quiet: [],
  });
  if (archive === null) return nothing("the server does not know the prediction log");
  const log = tools.scratch(`${model}-log.parquet`);
  if (!(await exportedLog(archive, { model, asOf: now, to: log, unlabelled: true })))
    return nothing("no predictions yet");
  const source = await tools.reader.open([log]);
  const newest = await newestTime(source, LOG_TIME);
  const until = endOfLook(newest, now, monitors.by);
  // Of a clock that was set back since, all that comes would lie before it: what ended last is looked at again.
  const from = seen !== null && seen > periodStart(now, monitors.by) ? periodStart(until - 1, monitors.by) : seen;
  // In a replay of the past, now is the newest that it tells.
  const replayed = until < periodStart(now, monitors.by);
  const present = replayed ? Math.max(newest, await newestTime(source, "umpire_label_time")) : now;
  const slices = [everything, ...(await watchedSlices(watched, tools.reader))];
  const quality = await liveQuality(watched, { log, until, now: present }, slices, live, last?.quality ?? null, tools);
  const drift = await lookAtDrift(watched, { log, from, until, newest }, slices, live, tools);
  const { signals, quiet } = quality;
  return { ...drift, ...quality, signals: [...drift.signals, ...signals], quiet: [...drift.quiet, ...quiet] };
}

async function newestTime(source: TableSource, column: string): Promise<number> {
  let newest = Number.NEGATIVE_INFINITY;
  for await (const block of source.read({ columns: [{ name: column, as: "time" }] })) {
    const times = block.columns.get(column);
    if (times?.kind !== "time") continue;
    for (const time of times.values) if (time > newest) newest = time;
  }
  return newest;
}

/**
 * Periods before this have ended. A log whose newest event lies more than two periods back is a replay of the past, and
 * its newest period may still fill.
 */
function endOfLook(newest: number, now: number, by: PeriodName): number {
  const present = periodStart(now, by);
  const before = periodStart(present - 1, by);
  return newest >= before ? present : periodStart(newest, by);
}
