import { relative } from "node:path";
import { Failure } from "../../core/failures.ts";
import type { Verdict } from "../../core/gates/verdict.ts";
import type { VersionEntry } from "../../core/registry/registry-entries.ts";
import { type PolicyModel, policyWithModels } from "../../schemas/policy/with-models.ts";
import { documentText } from "../judge/write-judgement.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { aliasesOf } from "../registry/models.ts";
import { attachVerdict } from "../registry/verdicts.ts";
import { versionId } from "../registry/versions.ts";
import { runSteps } from "../retraining/run-steps.ts";
import { registerRun } from "./register-run.ts";
import { LARGEST_EVIDENCE, RETRAINER, type RetrainTools } from "./retrain-tools.ts";
import { tellReviewer } from "./tell-reviewer.ts";
import { trainFinal } from "./train-final.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import type { WatchedModel } from "./watched-model.ts";

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
    if (record.outcome === "failed") throw new Failure("STEP", { message: record.reason ?? "failed" });
    const version = await registerRun(watched, record, tools);
    entry = { ...entry, version: version.version };
    const { verdict, against } = await judgeVersion(watched, version, tools);
    entry = { ...entry, against, state: "judged", decision: verdict.decision, reason: verdict.reason };
    if (verdict.decision === "pass" && watched.retraining?.final) {
      entry = await withFinal(watched, entry, version, tools);
    }
  } catch (error) {
    if (tools.signal.aborted) entry = { ...entry, state: "failed", reason: "the server was stopped" };
    else entry = { ...entry, state: "failed", reason: reasonOf(error) };
  }
  entry = { ...entry, ended: plane.clock.now() };
  await keepRetraining(plane, entry, `retraining.${entry.state}`);
  await tellReviewer(watched, entry, tools.alerts);
  return entry;
}

/** One sentence for the record: which step or file it was, what happened, and what to do. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Failure)) return String(error);
  const { where, message, mend } = error;
  return [where === undefined ? message : `${where}: ${message}`, ...mend].join("; ");
}

/** What was judged stands, whatever becomes of the training on everything. */
async function withFinal(
  watched: WatchedModel,
  entry: RetrainingEntry,
  judged: VersionEntry,
  tools: RetrainTools,
): Promise<RetrainingEntry> {
  try {
    return { ...entry, final: await trainFinal(watched, entry, judged, tools) };
  } catch (error) {
    tools.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { ...entry, reason: `${entry.reason}; training on everything failed: ${why}` };
  }
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

/** Judges a version against what is live, by the policy with both put in its models, and attaches the verdict. */
async function judgeVersion(
  { model, onDisk, folder }: WatchedModel,
  challenger: VersionEntry,
  { plane, work }: RetrainTools,
): Promise<{ readonly verdict: Verdict; readonly against: string | null }> {
  const live = await plane.store.read(async (state) => {
    const name = (await aliasesOf(state, model))["champion"];
    return name === undefined ? null : state.get<VersionEntry>("version", versionId(model, name));
  });
  const champion = live === null ? null : policyModel(live.body, plane, folder);
  const text = policyWithModels(onDisk.text, champion, policyModel(challenger, plane, folder)!);
  const { verdict, evidence } = await work.judge({ name: onDisk.name, text, folder });
  const files = {
    verdict: (await plane.artifacts.put(new TextEncoder().encode(documentText(verdict)), LARGEST_EVIDENCE)).digest,
    evidence: (await plane.artifacts.put(evidence, LARGEST_EVIDENCE)).digest,
  };
  const against = champion === null ? null : live!.body.version;
  await attachVerdict(plane, { model, version: challenger.version, against, ...files }, RETRAINER);
  return { verdict, against };
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
