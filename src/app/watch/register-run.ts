import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Configuration, DataUse, OnnxArtifact, VersionEntry } from "../../core/registry/registry-entries.ts";
import type { RetrainingRecord } from "../../core/retraining/run-record.ts";
import type { ModelSpec } from "../ports/model-runtime.ts";
import { setAlias } from "../registry/aliases.ts";
import { aliasesOf } from "../registry/models.ts";
import { registerVersion } from "../registry/versions.ts";
import { LARGEST_MODEL, RETRAINER, type RetrainTools } from "./retrain-tools.ts";
import type { WatchedModel } from "./watched-model.ts";

/** Takes the artifact in under its digest, with all that made it. */
export async function registerRun(
  watched: WatchedModel,
  record: RetrainingRecord,
  tools: RetrainTools,
): Promise<VersionEntry> {
  const { plane } = tools;
  const { model, folder, onDisk } = watched;
  const path = resolve(folder, record.artifact!.path);
  const { challenger } = onDisk.parsed.policy.models;
  // What the policy says of its challenger holds for the file that takes its place.
  const written = challenger.kind === "onnx" ? challenger : {};
  const { features, encode, missing, output, class: one } = await tools.describe({ ...withoutKind(written), path });
  const file = await plane.artifacts.put(createReadStream(path), LARGEST_MODEL);
  const artifact: OnnxArtifact = {
    kind: "onnx",
    ...file,
    features: features ?? null,
    encode: encode ?? null,
    missing: missing ?? null,
    output: output ?? null,
    class: one ?? null,
    task: onDisk.parsed.policy.task,
  };
  const parent = await plane.store.read(async (state) => (await aliasesOf(state, model))["champion"] ?? null);
  const configuration: Configuration = {
    hyperparameters: Object.assign({}, ...record.steps.map((step) => step.parameters)) as Record<string, string>,
    threshold: null,
    features: features ?? [],
    trainingPeriod: null,
    data: inputsOf(record),
    commit: record.environment.commit,
    environment: { platform: record.environment.platform, node: record.environment.node },
    run: record.id,
    parent,
    note: `retrained because ${record.causes.join("; ")}`,
  };
  const { version } = await registerVersion(plane, { model, version: null, artifact, configuration }, RETRAINER);
  await plane.store.change(RETRAINER, (state) => setAlias(state, model, "challenger", version.body.version, RETRAINER));
  return version.body;
}

function withoutKind(source: { readonly kind?: string; readonly onnx?: string }): Partial<ModelSpec> {
  const { kind: _kind, onnx: _onnx, ...description } = source;
  return description;
}

/** Files that no step wrote, by fingerprint. */
function inputsOf(record: RetrainingRecord): DataUse[] {
  const written = new Set(record.steps.flatMap((step) => step.outputs.map(({ path }) => path)));
  const seen = new Map<string, DataUse>();
  for (const step of record.steps) {
    for (const { path, sha256 } of step.inputs) {
      if (written.has(path)) continue;
      seen.set(path, {
        name: path.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, ""),
        fingerprint: sha256,
        role: step.name,
      });
    }
  }
  return [...seen.values()];
}
