import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import { nearest } from "../../core/nearest.ts";
import { nameProblem } from "../../core/registry/names.ts";
import type {
  Artifact,
  Configuration,
  ModelEntry,
  OnnxArtifact,
  VersionEntry,
} from "../../core/registry/registry-entries.ts";
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
 * Without a name, what is there already with this artifact and configuration is meant: asking twice makes one version.
 * @throws Failure USAGE, NOT_FOUND where the file is not there, CONFLICT where the name stands for something else,
 *   MODEL where it is a file that no gateway could serve
 */
export async function registerVersion(plane: ControlPlane, wish: VersionWish, by: Actor): Promise<Registered> {
  const { artifact } = wish;
  if (artifact.kind === "file") plane.artifacts.path(artifact.digest);
  if (artifact.kind === "onnx") await tryModel(plane, artifact);
  return plane.store.change(by, async (state) => {
    const now = plane.clock.now();
    if ((await state.get<ModelEntry>("model", wish.model)) === null) {
      await putModel(state, usualModel(wish.model), by, now);
    }
    const same = wish.version === null ? await sameVersion(state, wish) : null;
    if (same !== null) return { version: same, isNew: false };
    const name = wish.version ?? (await nextNumber(state, wish.model));
    const problem = nameProblem(name);
    if (problem !== null) throw new Failure("USAGE", { where: "version", message: problem });
    const present = await state.get<VersionEntry>("version", versionId(wish.model, name));
    if (present !== null) return { version: sameOrConflict(present, wish), isNew: false };
    const stands = (await aliasesOf(state, wish.model))[name];
    if (stands !== undefined) {
      throw new Failure("CONFLICT", {
        message: `"${name}" is an alias of "${wish.model}" that stands for version ${stands}; a version of that name would be taken for it`,
        mend: [
          "another name for the version",
          `or take the alias away: umpire models alias ${wish.model} ${name} --remove`,
        ],
      });
    }
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

/** What cannot be served is refused now, not when traffic is to go there. */
async function tryModel({ artifacts, tryModel: open }: ControlPlane, artifact: OnnxArtifact): Promise<void> {
  const path = artifacts.path(artifact.digest);
  try {
    await open?.(artifact, path);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, mend } = error;
    const other = "a file that is to be kept and traced but not served is registered as kind file (--file)";
    throw new Failure(code, { where: "artifact", message, mend: [...mend, other], cause: error });
  }
}

function contentOf({ artifact, configuration }: Pick<VersionWish, "artifact" | "configuration">): string {
  return canonicalJson({ artifact, configuration });
}

async function sameVersion(state: StateReader, wish: VersionWish): Promise<StoredDocument<VersionEntry> | null> {
  const versions = await state.list<VersionEntry>("version", { parent: wish.model, newestFirst: true });
  const wanted = contentOf(wish);
  return versions.find(({ body }) => contentOf(body) === wanted) ?? null;
}

function sameOrConflict(present: StoredDocument<VersionEntry>, wish: VersionWish): StoredDocument<VersionEntry> {
  const { model, version } = present.body;
  if (contentOf(present.body) === contentOf(wish)) return present;
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
  const columns = configuration.features;
  if (columns.length > 0) {
    // The same columns in the same order are one node: what else was made with them can be asked.
    const features = `features:${sha256Hex(canonicalJson(columns)).slice(0, 16)}`;
    edges.push({ from: features, to: node, relation: `${columns.length} features` });
    for (const { name, fingerprint } of configuration.data) {
      edges.push({ from: `dataset:${name}@${fingerprint}`, to: features, relation: "selected from" });
    }
  }
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
