import { type PeriodName, periodStart } from "../../core/drift/periods.ts";
import { type CohortDrift, driftSignals } from "../../core/monitors/drift-signals.ts";
import type { Signal } from "../../core/alerts/alert.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { Slice } from "../../core/slices/slice.ts";
import type { AlertCenter } from "../alerts/alert-center.ts";
import { driftFiles } from "../drift/drift-files.ts";
import type { Actor } from "../ports/control-store.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { aliasesOf } from "../registry/models.ts";
import { versionId } from "../registry/versions.ts";
import { exportedLog } from "./exported-log.ts";
import { filteredReader, type RowFilter } from "./filtered-reader.ts";
import type { WatchedModel } from "./watched-model.ts";
import { watchedSlices } from "./watched-slices.ts";

/** What is kept of a model's last look. */
export interface LookEntry {
  readonly model: string;
  /** When it was, by the server's clock. */
  readonly at: number;
  /** Predictions before this time, by the time of the events, have been looked at. */
  readonly until: number | null;
  readonly rows: number;
  readonly slices: readonly { readonly slice: string; readonly outcome: string; readonly reason: string }[];
  /** Why nothing could be said; null where something was. */
  readonly problem: string | null;
}

export interface LookTools {
  readonly plane: ControlPlane;
  readonly alerts: AlertCenter;
  readonly reader: TableReader;
  /** Path of a file of the server's own that may be overwritten. */
  readonly scratch: (name: string) => string;
  readonly signal: AbortSignal;
}

const MONITORS: Actor = { name: "monitors", role: "system" };
const TIME = "umpire_time";

/**
 * Holds the periods of the prediction log that have ended since the last look against the reference, for everything and
 * for each watched slice, and tells the alarms what it found and what is over.
 */
export async function lookAtModel(watched: WatchedModel, tools: LookTools): Promise<LookEntry> {
  const { plane, alerts } = tools;
  const { model } = watched;
  const last = await plane.store.read((state) => state.get<LookEntry>("look", model));
  const from = last?.body.until ?? null;
  const now = plane.clock.now();
  const { signals, quiet, ...look } = await lookAt(watched, from, now, tools);
  await alerts.signal(MONITORS, signals);
  const firing = (await alerts.list()).filter(({ state }) => state === "firing").map(({ key }) => key);
  for (const key of quiet) if (firing.includes(key)) await alerts.resolve(MONITORS, key);
  const entry: LookEntry = { model, at: now, ...look };
  await plane.store.change(MONITORS, (state) =>
    state.put({ kind: "look", id: model, parent: model, body: entry, action: "monitors.look" }),
  );
  return entry;
}

interface Look extends Omit<LookEntry, "model" | "at"> {
  readonly signals: readonly Signal[];
  readonly quiet: readonly string[];
}

async function lookAt(watched: WatchedModel, from: number | null, now: number, tools: LookTools): Promise<Look> {
  const { model, monitors, archive, onDisk } = watched;
  const nothing = (problem: string): Look => ({ until: from, rows: 0, slices: [], problem, signals: [], quiet: [] });
  const { policy } = onDisk.parsed;
  if (archive === null) return nothing("the server does not know the prediction log");
  const side = monitors.reference ?? (policy.data.train === null ? "test" : "train");
  const reference = side === "train" ? policy.data.train : policy.data.test;
  if (reference === null) return nothing("the policy names no training data");
  const log = tools.scratch(`${model}-log.parquet`);
  if (!(await exportedLog(archive, { model, asOf: now, to: log, unlabelled: true })))
    return nothing("no predictions yet");
  const newest = await newestTime(await tools.reader.open([log]), TIME);
  const until = endOfLook(newest, now, monitors.by);
  const period = { column: TIME, from, until };
  const current = await filteredReader(tools.reader, { where: null, time: period, rename: new Map() }).open([log]);
  const rows = await current.countRows();
  const counted = countSignals(watched, rows, from, newest);
  if (rows === 0) return { ...nothing("no predictions in a period that has ended since the last look"), ...counted };
  const slices = await watchedSlices(watched, tools.reader);
  const all = [everything, ...slices];
  const features = await watchedColumns(
    watched,
    tools.plane,
    current.columns.map(({ name }) => name),
  );
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
    signals: [...counted.signals, ...found.signals],
    quiet: [...counted.quiet, ...found.quiet],
  };
}

const everything: Pick<Slice, "name" | "where" | "blocking"> = { name: "everything", where: null, blocking: false };

/** The log's own time takes the name of the policy's, so that both sides have one time. */
function renameTime(time: string | null): ReadonlyMap<string, string> {
  return time === null ? new Map() : new Map([[TIME, time]]);
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
      events: [],
      importance: new Map(),
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

/** The features of the live version and of the policy's models that the log has; else all of the log but its keys. */
async function watchedColumns(watched: WatchedModel, plane: ControlPlane, inLog: readonly string[]): Promise<string[]> {
  const { monitors, model, onDisk } = watched;
  const { policy } = onDisk.parsed;
  const { columns } = policy;
  const keys = new Set([
    ...columns.id,
    ...columns.group,
    ...columns.unit.columns,
    columns.item,
    columns.time,
    columns.label,
  ]);
  const usable = (name: string): boolean =>
    inLog.includes(name) && !keys.has(name) && !name.startsWith("umpire_") && !monitors.exclude.includes(name);
  if (monitors.columns !== null) return monitors.columns.filter(usable);
  const live = await plane.store.read(async (state) => {
    const version = (await aliasesOf(state, model))["champion"];
    return version === undefined ? null : state.get<VersionEntry>("version", versionId(model, version));
  });
  const artifact = live?.body.artifact;
  const named = new Set(artifact !== undefined && "features" in artifact ? artifact.features : []);
  for (const source of [policy.models.champion, policy.models.challenger]) {
    if (source?.kind === "onnx") for (const name of source.features ?? []) named.add(name);
  }
  const features = [...named].filter(usable);
  return features.length > 0 ? features : inLog.filter(usable);
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
    message: `${rows} predictions since ${new Date(from).toISOString().slice(0, 16)}, at least ${monitors.leastRows} are expected`,
    actions: ["umpire status"],
  };
  return { signals: [signal], quiet: [] };
}
