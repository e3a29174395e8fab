import type { Alert } from "../../core/alerts/alert.ts";
import type { Severity } from "../../core/findings.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { RetrainingFacts } from "../../core/retraining/triggers.ts";
import type { StateReader } from "../ports/control-store.ts";
import type { TableReader } from "../ports/table-reader.ts";
import { aliasesOf } from "../registry/models.ts";
import { versionId } from "../registry/versions.ts";
import { exportedLog } from "./exported-log.ts";
import { filteredReader } from "./filtered-reader.ts";
import type { LookEntry } from "./look-entry.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import type { WatchedModel } from "./watched-model.ts";

const order: readonly Severity[] = ["info", "warning", "error"];

/**
 * What the registry and the alarms know of a model; what needs the log is added by `labelledSince`.
 * @param begun when a run began, as the present clock would have said; null: a process before this one began it
 */
export async function retrainingFacts(
  state: StateReader,
  model: string,
  alarms: readonly Alert[],
  now: number,
  begun: (run: string) => number | null,
): Promise<Omit<RetrainingFacts, "askedBy" | "rowsSinceTraining" | "due">> {
  const champion = (await aliasesOf(state, model))["champion"];
  const version = champion === undefined ? null : await state.get<VersionEntry>("version", versionId(model, champion));
  const runs = await state.list<RetrainingEntry>("retraining", { parent: model });
  const quality = (await state.get<LookEntry>("look", model))?.body.quality ?? null;
  const [worst] = alarms
    .filter((alarm) => alarm.state === "firing" && alarm.key.startsWith(`drift:${model}/`))
    .toSorted((a, b) => order.indexOf(b.severity) - order.indexOf(a.severity));
  return {
    now,
    championTrained: version?.body.created ?? null,
    driftAlarm: worst === undefined ? null : { severity: worst.severity, message: worst.message },
    // Of the version that is live: what was seen of the one before is no reason to train again.
    performance: champion === undefined || quality?.version !== champion ? null : quality.trigger,
    runs: runs.map(({ body }) => begun(body.run) ?? body.started),
  };
}

/** Rows of the log whose label became known after a time; null without a log. */
export async function labelledSince(
  { archive, model }: WatchedModel,
  since: number,
  now: number,
  reader: TableReader,
  scratch: (name: string) => string,
): Promise<number | null> {
  if (archive === null) return null;
  const file = scratch(`${model}-labels.parquet`);
  if (!(await exportedLog(archive, { model, asOf: now, to: file, unlabelled: false }))) return 0;
  const time = { column: "umpire_label_time", from: since, until: null };
  const source = await filteredReader(reader, { where: null, time, rename: new Map() }).open([file]);
  return source.countRows();
}
