import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createAlertCenter } from "../app/alerts/alert-center.ts";
import type { AlertPolicy } from "../app/alerts/alert-routing.ts";
import { recordPolicies } from "../app/watch/record-policies.ts";
import { readPolicy } from "../app/judge/read-policy.ts";
import type { AlertChannel } from "../app/ports/alert-channel.ts";
import type { TableReader } from "../app/ports/table-reader.ts";
import type { ControlPlane } from "../app/registry/control-plane.ts";
import { checkWatched } from "../app/watch/check-watched.ts";
import { createServerWatch, type ServerWatch } from "../app/watch/server-watch.ts";
import type { WatchedModel } from "../app/watch/watched-model.ts";
import { defaultAlertRules } from "../core/alerts/alert.ts";
import { Failure } from "../core/failures.ts";
import { type AlertsSettings, parseAlerts } from "../schemas/alerts/parse-alerts.ts";
import { channelOpener } from "./alert-channels.ts";
import { openTimetable } from "./control-plane.ts";
import { describeModel } from "./describe-model.ts";
import { openEventArchive } from "./gateway.ts";
import { judgeTools } from "./judge-tools.ts";
import { retrainingTools } from "./retraining-tools.ts";
import { openTableReader } from "./table-reader.ts";
import { createWatchProcess } from "./watch-process.ts";
import { watchedModel } from "./watched-model.ts";

export interface WatchOptions {
  /** Policy files, relative to the working directory. */
  readonly policies: readonly string[];
  /** Folder of the gateways' prediction log; null: not known, so nothing is monitored. */
  readonly log: string | null;
  readonly workingDirectory: string;
  /** Folder of the server's state. */
  readonly stateFolder: string;
  readonly onBug: (error: unknown) => void;
}

/** @throws Failure FILE_MISSING, POLICY, USAGE where two policies are of one model */
export async function openServerWatch(plane: ControlPlane, options: WatchOptions): Promise<ServerWatch> {
  const { onBug, stateFolder } = options;
  const archive = options.log === null ? null : await openEventArchive(options.log);
  const models: WatchedModel[] = [];
  const texts: { path: string; text: string; folder: string }[] = [];
  const alarms = new Map<string, AlertPolicy>();
  const openChannels = channelOpener();
  for (const path of options.policies) {
    const onDisk = await readPolicy(path, options.workingDirectory);
    const { model } = onDisk.parsed.policy;
    if (models.some((one) => one.model === model)) {
      throw new Failure("USAGE", { where: path, message: `is a second policy of the model "${model}"` });
    }
    const folder = dirname(resolve(options.workingDirectory, path));
    const watched = watchedModel(onDisk, folder, archive);
    const settings = parseAlerts(onDisk.parsed, process.env) ?? noAlerts;
    alarms.set(model, alertPolicy(settings, watched, openChannels(settings.channels, folder)));
    models.push(watched);
    texts.push({ path, text: onDisk.text, folder });
  }
  const { runner } = retrainingTools((digest) => plane.artifacts.path(digest));
  const reader = readerWhenNeeded();
  const timetable = await openTimetable();
  for (const model of models) await checkWatched(model, { reader, timetable, now: plane.clock.now() });
  await recordPolicies(plane.store, models);
  const place = (...parts: string[]): string => {
    const path = join(stateFolder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const work = createWatchProcess({ policies: texts, log: options.log, stateFolder });
  const watch = createServerWatch(models, {
    plane,
    work,
    alerts: createAlertCenter(alarms, plane),
    reader,
    runner,
    scratch: (name) => place("scratch", name),
    runFile: (run, name) => place("runs", run, name),
    newRun: () =>
      `${new Date(plane.clock.now()).toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(2).toString("hex")}`,
    timetable,
    describe: describeModel,
    judgeTools: () => judgeTools(() => undefined, new AbortController().signal),
    onBug,
  });
  const stop = async (): Promise<void> => {
    await Promise.all([watch.stop(), work.close()]);
    await reader.close();
  };
  return { ...watch, stop };
}

/** The engine is loaded by the first look: a server without policies never needs it. */
function readerWhenNeeded(): TableReader {
  let opened: Promise<TableReader> | null = null;
  return {
    open: async (inputs) => (await (opened ??= openTableReader())).open(inputs),
    close: async () => (await opened)?.close(),
  };
}

/** A policy without an `alerts` section names no channel: its alarms are listed, and told to nobody. */
const noAlerts: AlertsSettings = { rules: defaultAlertRules, routes: [], otherwise: [], channels: new Map() };

function alertPolicy(
  { rules, routes, otherwise }: AlertsSettings,
  { monitors }: WatchedModel,
  channels: ReadonlyMap<string, AlertChannel>,
): AlertPolicy {
  // An alarm of a monitor is seen once a look: it has not gone quiet before two looks were due.
  const quietAfter = Math.max(rules.quietAfter, 2 * monitors.every);
  return { rules: { ...rules, quietAfter }, owner: monitors.owner, routes, otherwise, channels };
}
