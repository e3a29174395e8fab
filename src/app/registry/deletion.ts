import { Failure } from "../../core/failures.ts";
import { LEAST_VERSIONS, type VersionEntry } from "../../core/registry/registry-entries.ts";
import { versionsOf } from "../../core/serving/routing-state.ts";
import type { Actor, StateReader, StoredDocument } from "../ports/control-store.ts";
import type { ControlPlane } from "./control-plane.ts";
import { isRunning, type RolloutDocument } from "../rollout/rollout-document.ts";
import { aliasesOf, modelOf } from "./models.ts";
import { routingState } from "./routing.ts";
import { versionOf } from "./versions.ts";

const DAY = 86_400_000;

/**
 * Deletes a version and, where nothing else uses it, its file. The trail keeps that it was.
 * @param now milliseconds since 1970 that have surely come: a clock that jumped ahead ends no retention
 * @throws Failure CONFLICT where it is live, referenced or within the retention; NOT_FOUND
 */
export async function deleteVersion(
  plane: ControlPlane,
  model: string,
  name: string,
  by: Actor,
  now: number,
): Promise<void> {
  const digest = await plane.store.change(by, async (state) => {
    const version = await versionOf(state, model, name);
    const reasons = await reasonsToKeep(state, version, now);
    if (reasons.length > 0) {
      throw new Failure("CONFLICT", {
        message: `version "${version.body.version}" of "${model}" is kept: ${reasons.join("; ")}`,
        mend: ["a version is deleted when nothing names it and its retention is over"],
      });
    }
    for (const kind of ["verdict", "attachment"]) {
      for (const document of await state.list(kind, { parent: version.id })) {
        await state.delete(kind, document.id, { action: `${kind}.delete`, detail: { with: version.id } });
      }
    }
    await state.delete("version", version.id, { action: "version.delete" });
    const { artifact } = version.body;
    return "digest" in artifact && !(await isUsed(state, artifact.digest)) ? artifact.digest : null;
  });
  if (digest !== null && plane.artifacts.has(digest)) await plane.artifacts.remove(digest);
}

/** Why a version may not be deleted, as parts of a sentence; none where it may. */
export async function reasonsToKeep(
  state: StateReader,
  { body, id }: StoredDocument<VersionEntry>,
  now: number,
): Promise<string[]> {
  const reasons: string[] = [];
  const routing = (await routingState(state)).models[body.model];
  if (routing !== undefined && versionsOf(routing).includes(body.version))
    reasons.push("it is live, or stands by for what is");
  const aliases = Object.entries(await aliasesOf(state, body.model)).filter(([, version]) => version === body.version);
  if (aliases.length > 0) reasons.push(`the alias ${aliases.map(([alias]) => alias).join(", ")} points at it`);
  const versions = await state.list<VersionEntry>("version", { parent: body.model, newestFirst: true });
  const heirs = versions.filter((other) => other.body.configuration.parent === body.version);
  if (heirs.length > 0) reasons.push(`${heirs.map((other) => other.body.version).join(", ")} was retrained from it`);
  const rollouts = (await state.list<RolloutDocument>("rollout", { parent: body.model })).filter(
    ({ body: rollout }) => {
      const { champion, challenger, arms } = rollout.state.plan;
      const named = [champion, challenger, ...arms.map(({ version }) => version)];
      return isRunning(rollout) && named.includes(body.version);
    },
  );
  if (rollouts.length > 0) reasons.push("a rollout is under way with it");
  const { retention } = (await modelOf(state, body.model)).body;
  const keep = Math.max(LEAST_VERSIONS, retention.versions);
  if (versions.slice(0, keep).some((other) => other.id === id)) reasons.push(`the newest ${keep} versions are kept`);
  const days = (now - body.created) / DAY;
  if (days < retention.days)
    reasons.push(`versions are kept ${retention.days} days, it is ${Math.max(0, Math.floor(days))} days old`);
  return reasons;
}

async function isUsed(state: StateReader, digest: string): Promise<boolean> {
  return (await state.edges([`artifact:${digest}`], "from")).length > 0;
}
