import { labelOfColumn } from "../../core/serving/logged-label.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { aliasesOf } from "../registry/models.ts";
import { versionId } from "../registry/versions.ts";
import type { WatchedModel } from "./watched-model.ts";

/** The features of the live version and of the policy's models that the log has; else all of the log but its keys and labels. */
export function watchedColumns(
  { monitors, onDisk }: WatchedModel,
  live: VersionEntry | null,
  inLog: readonly string[],
): string[] {
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
  const artifact = live?.artifact;
  const named = new Set(artifact !== undefined && "features" in artifact ? artifact.features : []);
  for (const source of [policy.models.champion, policy.models.challenger]) {
    if (source?.kind === "onnx") for (const name of source.features ?? []) named.add(name);
  }
  const features = [...named].filter(usable);
  return features.length > 0 ? features : inLog.filter((name) => usable(name) && labelOfColumn(name) === null);
}

/** The version under the alias champion. */
export async function liveVersion(model: string, plane: ControlPlane): Promise<VersionEntry | null> {
  return plane.store.read(async (state) => {
    const name = (await aliasesOf(state, model))["champion"];
    return name === undefined
      ? null
      : ((await state.get<VersionEntry>("version", versionId(model, name)))?.body ?? null);
  });
}
