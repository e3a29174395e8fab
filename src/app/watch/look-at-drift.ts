import type { Signal } from "../../core/alerts/alert.ts";
import { type CohortDrift, driftSignals } from "../../core/monitors/drift-signals.ts";
import { volumeSignals } from "../../core/monitors/volume-signals.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import type { Slice } from "../../core/slices/slice.ts";
import { driftFiles } from "../drift/drift-files.ts";
import { countPeriods } from "./count-periods.ts";
import { filteredReader, type RowFilter } from "./filtered-reader.ts";
import { LOG_TIME, type Look, type LookEntry, type LookTools } from "./look-entry.ts";
import type { WatchedSlice } from "./reference-answers.ts";
import { watchedColumns } from "./watched-columns.ts";
import type { WatchedModel } from "./watched-model.ts";
import { timeWords } from "../../core/report/time-words.ts";

/** Holds the features of the new periods against the reference. */
export async function lookAtDrift(
  watched: WatchedModel,
  { log, from, until, newest }: { log: string; from: number | null; until: number; newest: number },
  all: readonly WatchedSlice[],
  live: VersionEntry | null,
  tools: LookTools,
): Promise<Omit<Look, "quality">> {
  const { model, monitors, onDisk } = watched;
  const { policy } = onDisk.parsed;
  const nothing = (problem: string): Omit<Look, "quality"> => ({
    until: from,
    rows: 0,
    slices: [],
    problem,
    signals: [],
    quiet: [],
  });
  const side = monitors.reference ?? (policy.data.train === null ? "test" : "train");
  const reference = side === "train" ? policy.data.train : policy.data.test;
  if (reference === null) return nothing("the policy names no training data");
  const period = { column: LOG_TIME, from, until };
  const current = await filteredReader(tools.reader, { where: null, time: period, rename: new Map() }).open([log]);
  const rows = await current.countRows();
  const counted = countSignals(watched, rows, from, newest);
  const { by, alpha, owner, expected: events } = monitors;
  const volumes = await countPeriods(await tools.reader.open([log]), { time: LOG_TIME, by }, all);
  const volume = volumeSignals({ model, owner, by, alpha, events, from, until }, volumes);
  const traffic = { signals: [...counted.signals, ...volume.signals], quiet: [...counted.quiet, ...volume.quiet] };
  if (rows === 0) return { ...nothing("no predictions in a period that has ended since the last look"), ...traffic };
  const inLog = current.columns.map(({ name }) => name);
  const features = watchedColumns(watched, live, inLog);
  const cohorts: CohortDrift[] = [];
  const told: LookEntry["slices"][number][] = [];
  for (const { name, where, blocking } of all) {
    tools.signal.throwIfAborted();
    const present = { where, time: period, rename: renameTime(policy.columns.time) };
    const drift = await sliceDrift(
      watched,
      { reference: reference.map(onDisk.resolvePath), log, where, present },
      features,
      all.length,
      tools,
    );
    if (typeof drift === "string") told.push({ slice: name, outcome: "not-enough-data", reason: drift });
    else {
      cohorts.push({ slice: name, blocking, document: drift });
      told.push({ slice: name, outcome: drift.outcome, reason: drift.reason });
    }
  }
  const found = driftSignals(model, monitors.owner, cohorts);
  return {
    until,
    rows,
    slices: told,
    problem: null,
    signals: [...traffic.signals, ...found.signals],
    quiet: [...traffic.quiet, ...found.quiet],
  };
}

/** The log's own time takes the name of the policy's, so that both sides have one time. */
function renameTime(time: string | null): ReadonlyMap<string, string> {
  return time === null ? new Map() : new Map([[LOG_TIME, time]]);
}

async function sliceDrift(
  { onDisk, monitors }: WatchedModel,
  side: {
    readonly reference: readonly string[];
    readonly log: string;
    readonly where: Slice["where"];
    readonly present: RowFilter;
  },
  features: readonly string[],
  slices: number,
  tools: LookTools,
) {
  const before = filteredReader(tools.reader, { where: side.where, time: null, rename: new Map() });
  const after = filteredReader(tools.reader, side.present);
  const there = new Set((await after.open([side.log])).columns.map(({ name }) => name));
  const missing = side.where === null ? [] : conditionColumns(side.where).filter((name) => !there.has(name));
  if (missing.length > 0) return `the log does not hold ${missing.join(", ")}`;
  if ((await (await after.open([side.log])).countRows()) === 0) return "no predictions in the slice";
  const { time } = onDisk.parsed.policy.columns;
  return driftFiles(
    {
      reference: side.reference,
      current: [side.log],
      by: time === null ? null : monitors.by,
      time,
      // All slices together raise a false alarm with at most this chance.
      alpha: monitors.alpha / slices,
      floor: monitors.floor,
      season: "none",
      columns: time === null ? features : [...features, time],
      exclude: [],
      text: [],
      events: monitors.expected,
      importance: monitors.importance,
      // A training set has no volume of its own: traffic is held against its own past.
      volume: false,
      seed: onDisk.parsed.policy.seed,
      streamRows: null,
      last: null,
    },
    {
      reader: {
        open: (paths) => (paths[0] === side.log ? after : before).open(paths),
        close: () => tools.reader.close(),
      },
      progress: () => undefined,
      signal: tools.signal,
    },
  );
}

/** Whether the traffic itself is there. */
function countSignals({ model, monitors }: WatchedModel, rows: number, from: number | null, newest: number) {
  const key = `traffic:${model}`;
  if (rows >= monitors.leastRows) return { signals: [], quiet: [key] };
  // Before the first look there is no traffic to expect; a period that fills is none that lacks.
  if (from === null || newest >= from) return { signals: [], quiet: [] };
  const signal: Signal = {
    key,
    severity: "error",
    model,
    owner: monitors.owner,
    message: `${rows} predictions since ${timeWords(new Date(from).toISOString())}, at least ${monitors.leastRows} are expected`,
    actions: ["umpire status"],
  };
  return { signals: [signal], quiet: [] };
}
