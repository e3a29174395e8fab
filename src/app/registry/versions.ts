import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { nameProblem } from "../../core/registry/names.ts";
import type { Artifact, Configuration, ModelEntry, VersionEntry } from "../../core/registry/registry-entries.ts";
import type { Actor, Edge, StateReader, StoredDocument } from "../ports/control-store.ts";
import { aliasesOf, modelOf, putModel, usualModel } from "./models.ts";
import type { ControlPlane } from "./control-plane.ts";

export interface VersionWish {
  readonly model: string;
  /** Null: the next number. */
  readonly version: string | null;
  readonly artifact: Artifact;
  readonly configuration: Configuration;
}

export interface Registered {
  readonly version: StoredDocument<VersionEntry>;
  /** False where the same version was there already: registering again changes nothing. */
  readonly isNew: boolean;
}

/** The id of a version: `film-ranker/3`. */
export function versionId(model: string, version: string): string {
  return `${model}/${version}`;
}

/**
 * Registers an immutable version; the model is made where there is none. The file of the artifact came before.
 * @throws Failure USAGE, NOT_FOUND where the file is not there, CONFLICT where the name stands for something else
 */
export function registerVersion(plane: ControlPlane, wish: VersionWish, by: Actor): Promise<Registered> {
  const { artifact } = wish;
  if (artifact.kind === "onnx" || artifact.kind === "file") plane.artifacts.path(artifact.digest);
  return plane.store.change(by, async (state) => {
    const now = plane.clock.now();
    if ((await state.get<ModelEntry>("model", wish.model)) === null) {
      await putModel(state, usualModel(wish.model), by, now);
    }
    const name = wish.version ?? (await nextNumber(state, wish.model));
    const problem = nameProblem(name);
    if (problem !== null) throw new Failure("USAGE", { where: "version", message: problem });
    const present = await state.get<VersionEntry>("version", versionId(wish.model, name));
    if (present !== null) return { version: sameOrConflict(present, wish), isNew: false };
    const { model, configuration } = wish;
    if (configuration.parent !== null) await versionOf(state, model, configuration.parent);
    const body: VersionEntry = { model, version: name, artifact, configuration, created: now, by: by.name };
    const version = await state.put<VersionEntry>({
      kind: "version",
      id: versionId(model, name),
      parent: model,
      body,
      edges: lineageOf(body),
      action: "version.register",
      detail: { artifact: artifact.kind, ...("digest" in artifact ? { digest: artifact.digest } : {}) },
      expected: 0,
    });
    return { version, isNew: true };
  });
}

function sameOrConflict(present: StoredDocument<VersionEntry>, wish: VersionWish): StoredDocument<VersionEntry> {
  const { artifact, configuration, model, version } = present.body;
  const same =
    canonicalJson({ artifact, configuration }) ===
    canonicalJson({ artifact: wish.artifact, configuration: wish.configuration });
  if (same) return present;
  throw new Failure("CONFLICT", {
    message: `version "${version}" of "${model}" is registered with another artifact or configuration; versions never change`,
    mend: ["give the new one another name, or none for the next number"],
  });
}

async function nextNumber(state: StateReader, model: string): Promise<string> {
  // Deleted versions count too: a number never stands for two things. The trail knows them all.
  const entries = await state.audit({ kind: "version" });
  const numbers = entries
    .filter((entry) => entry.id.startsWith(`${model}/`))
    .map((entry) => Number(entry.id.slice(model.length + 1)))
    .filter((number) => Number.isSafeInteger(number));
  return String(numbers.reduce((most, number) => Math.max(most, number), 0) + 1);
}

function lineageOf({ model, version, artifact, configuration }: VersionEntry): Edge[] {
  const node = `version:${versionId(model, version)}`;
  const edges: Edge[] = configuration.data.map(({ name, fingerprint, role }) => ({
    from: `dataset:${name}@${fingerprint}`,
    to: node,
    relation: role,
  }));
  if ("digest" in artifact) edges.push({ from: `artifact:${artifact.digest}`, to: node, relation: "artifact" });
  if (configuration.commit !== null) edges.push({ from: `commit:${configuration.commit}`, to: node, relation: "code" });
  if (configuration.run !== null) edges.push({ from: `run:${configuration.run}`, to: node, relation: "made by" });
  if (configuration.parent !== null) {
    edges.push({ from: `version:${versionId(model, configuration.parent)}`, to: node, relation: "retrained from" });
  }
  return edges;
}

/**
 * A version by its name or by an alias (`champion`, also written `@champion`).
 * @throws Failure NOT_FOUND with the nearest names
 */
export async function versionOf(
  state: StateReader,
  model: string,
  name: string,
): Promise<StoredDocument<VersionEntry>> {
  await modelOf(state, model);
  const exact = await state.get<VersionEntry>("version", versionId(model, name));
  if (exact !== null) return exact;
  const aliases = await aliasesOf(state, model);
  const meant = aliases[name.replace(/^@/, "")];
  if (meant !== undefined) {
    const version = await state.get<VersionEntry>("version", versionId(model, meant));
    if (version !== null) return version;
  }
  const names = (await state.list<VersionEntry>("version", { parent: model })).map((version) => version.body.version);
  const near = nearest(name, [...names, ...Object.keys(aliases)]);
  throw new Failure("NOT_FOUND", {
    message: `"${model}" has no version or alias "${name}"`,
    mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `versions: ${names.slice(-10).join(", ") || "none yet"}`],
  });
}
