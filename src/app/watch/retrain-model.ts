import { createReadStream } from "node:fs";
import { relative, resolve } from "node:path";
import { Failure } from "../../core/failures.ts";
import type { Verdict } from "../../core/gates/verdict.ts";
import { encodeVerdictRecord } from "../../core/gates/verdict-record.ts";
import type { Configuration, DataUse, OnnxArtifact, VersionEntry } from "../../core/registry/registry-entries.ts";
import type { RetrainingRecord } from "../../core/retraining/run-record.ts";
import { parsePolicy, type ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import { type PolicyModel, policyWithModels } from "../../schemas/policy/with-models.ts";
import type { AlertCenter } from "../alerts/alert-center.ts";
import { judge, type JudgeTools } from "../judge/judge.ts";
import { documentText } from "../judge/write-judgement.ts";
import type { Actor } from "../ports/control-store.ts";
import type { ModelSpec } from "../ports/model-runtime.ts";
import type { StepRunner } from "../ports/step-runner.ts";
import { setAlias } from "../registry/aliases.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { aliasesOf } from "../registry/models.ts";
import { attachVerdict } from "../registry/verdicts.ts";
import { registerVersion, versionId } from "../registry/versions.ts";
import { runSteps } from "../retraining/run-steps.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import type { WatchedModel } from "./watched-model.ts";

export interface RetrainTools {
  readonly plane: ControlPlane;
  readonly alerts: AlertCenter;
  readonly runner: StepRunner;
  /** Absolute path of a file of a run. */
  readonly runFile: (run: string, name: string) => string;
  /** What the file beside a model says of it is filled in. */
  readonly describe: (spec: ModelSpec) => Promise<ModelSpec>;
  readonly judgeTools: () => Promise<JudgeTools & { close(): Promise<void> }>;
  readonly signal: AbortSignal;
}

export const RETRAINER: Actor = { name: "retraining", role: "system" };
const LARGEST_MODEL = 4_000_000_000;
const LARGEST_EVIDENCE = 1_000_000_000;

/**
 * Runs the steps, registers what comes out, judges it against what is live, attaches the verdict, and tells a reviewer.
 * Whatever happens ends in the entry: nothing is thrown for a step or a model that fails.
 */
export async function retrainModel(
  watched: WatchedModel,
  begun: RetrainingEntry,
  tools: RetrainTools,
): Promise<RetrainingEntry> {
  const { plane } = tools;
  let entry = begun;
  try {
    const record = await stepsOf(watched, begun, tools);
    const text = new TextEncoder().encode(documentText(record));
    entry = { ...entry, record: (await plane.artifacts.put(text, LARGEST_EVIDENCE)).digest };
    if (record.outcome === "failed")
      throw new Failure("STEP", { where: record.id, message: record.reason ?? "failed" });
    const version = await registerRun(watched, record, tools);
    entry = { ...entry, version: version.version };
    const { verdict, against } = await judgeVersion(watched, version, tools);
    entry = { ...entry, against, state: "judged", decision: verdict.decision, reason: verdict.reason };
  } catch (error) {
    if (tools.signal.aborted) entry = { ...entry, state: "failed", reason: "the server was stopped" };
    else entry = { ...entry, state: "failed", reason: error instanceof Failure ? error.message : String(error) };
  }
  entry = { ...entry, ended: plane.clock.now() };
  await keepRetraining(plane, entry, `retraining.${entry.state}`);
  await tellReviewer(watched, entry, tools);
  return entry;
}

export async function keepRetraining({ store }: ControlPlane, entry: RetrainingEntry, action: string): Promise<void> {
  const { model, run, decision, reason, causes } = entry;
  await store.change(RETRAINER, (state) =>
    state.put({
      kind: "retraining",
      id: `${model}/${run}`,
      parent: model,
      body: entry,
      action,
      detail: { causes, decision, reason },
    }),
  );
}

async function stepsOf(watched: WatchedModel, { run, causes }: RetrainingEntry, tools: RetrainTools) {
  const { model, folder, retraining } = watched;
  if (retraining === null) throw new Failure("POLICY", { message: "the policy has no retrain section" });
  const wish = { id: run, model, folder, retraining, causes };
  const { runner, signal, plane } = tools;
  const runFile = (name: string): string => tools.runFile(run, name);
  return runSteps(wish, { runner, clock: plane.clock, runFile, tell: () => undefined, signal });
}

/** Takes the artifact in under its digest, with all that made it. */
async function registerRun(
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

/** Judges a version against what is live, by the policy with both put in its models, and attaches the verdict. */
async function judgeVersion(
  { model, onDisk, folder }: WatchedModel,
  challenger: VersionEntry,
  { plane, judgeTools }: RetrainTools,
): Promise<{ readonly verdict: Verdict; readonly against: string | null }> {
  const live = await plane.store.read(async (state) => {
    const name = (await aliasesOf(state, model))["champion"];
    return name === undefined ? null : state.get<VersionEntry>("version", versionId(model, name));
  });
  const champion = live === null ? null : policyModel(live.body, plane, folder);
  const text = policyWithModels(onDisk.text, champion, policyModel(challenger, plane, folder)!);
  const parsed: ParsedPolicy = parsePolicy(text, onDisk.name);
  const tools = await judgeTools();
  try {
    const { verdict, input, curves } = await judge({ parsed, resolvePath: onDisk.resolvePath }, tools);
    const evidence = encodeVerdictRecord({ input, curves, policy: { name: onDisk.name, text } });
    const files = {
      verdict: (await plane.artifacts.put(new TextEncoder().encode(documentText(verdict)), LARGEST_EVIDENCE)).digest,
      evidence: (await plane.artifacts.put(evidence, LARGEST_EVIDENCE)).digest,
    };
    const against = champion === null ? null : live!.body.version;
    await attachVerdict(plane, { model, version: challenger.version, against, ...files }, RETRAINER);
    return { verdict, against };
  } finally {
    await tools.close();
  }
}

/** A version as a policy names it, relative to the policy; null where it is no file that can be scored here. */
function policyModel({ artifact }: VersionEntry, plane: ControlPlane, folder: string): PolicyModel | null {
  if (artifact.kind !== "onnx") return null;
  const { features, encode, missing, output, class: one } = artifact;
  return {
    onnx: relative(folder, plane.artifacts.path(artifact.digest)),
    ...(features === null ? {} : { features }),
    ...(encode === null ? {} : { encode }),
    ...(missing === null ? {} : { missing }),
    ...(output === null ? {} : { output }),
    ...(one === null ? {} : { class: one }),
  };
}

/** A pass waits for a person; anything else stops here, and says why. */
async function tellReviewer(watched: WatchedModel, entry: RetrainingEntry, { alerts }: RetrainTools): Promise<void> {
  const { model, monitors } = watched;
  const { version, against, decision, reason, run } = entry;
  const passed = decision === "pass";
  const key = passed ? `review:${model}/${version}` : `retraining:${model}`;
  const result =
    version === null
      ? `a retraining failed: ${reason}`
      : `retrained version ${version} against ${against ?? "the policy's champion"}: ${decision ?? "not judged"}: ${reason}`;
  const show = version === null ? `umpire models retrainings ${model}` : `umpire models show ${model} ${version}`;
  await alerts.signal(RETRAINER, [
    {
      key,
      severity: passed ? "info" : "warning",
      model,
      owner: monitors.owner,
      message: `${result} (run ${run})`,
      actions: passed ? [show, `umpire release ${model} ${version}`] : [show],
    },
  ]);
}
