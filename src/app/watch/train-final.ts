import type { VerdictEntry, VersionEntry } from "../../core/registry/registry-entries.ts";
import { Failure, InternalError } from "../../core/failures.ts";
import { compareAnswers } from "../../core/retraining/agreement.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import { bindToSource } from "../judge/bind-to-source.ts";
import type { JudgeTools } from "../judge/judge.ts";
import { readRequest } from "../judge/needed-columns.ts";
import { documentText } from "../judge/write-judgement.ts";
import type { LoadedModel, ModelSpec } from "../ports/model-runtime.ts";
import type { ControlPlane } from "../registry/control-plane.ts";
import { versionId } from "../registry/versions.ts";
import { runSteps } from "../retraining/run-steps.ts";
import { registerRun } from "./register-run.ts";
import { LARGEST_EVIDENCE, RETRAINER, type RetrainTools } from "./retrain-tools.ts";
import type { RetrainingEntry } from "./retraining-entry.ts";
import type { WatchedModel } from "./watched-model.ts";
import { plannedSlices } from "./watched-slices.ts";

type Final = NonNullable<RetrainingEntry["final"]>;

/**
 * Trains once more, on everything, and lets the new version inherit the verdict of the judged one only where both answer
 * alike on every slice of the test data, within the policy's bounds.
 * @throws Failure STEP, MODEL, DATA
 */
export async function trainFinal(
  watched: WatchedModel,
  { run, causes, against }: RetrainingEntry,
  judged: VersionEntry,
  tools: RetrainTools,
): Promise<Final> {
  const { plane, runner, signal } = tools;
  const { model, folder, retraining } = watched;
  const { final, inherit } = retraining!;
  const id = `${run}-final`;
  const runFile = (name: string): string => tools.runFile(id, name);
  const wish = { id, model, folder, retraining: { ...retraining!, ...final! }, causes };
  const record = await runSteps(wish, { runner, clock: plane.clock, runFile, tell: () => undefined, signal });
  const { digest } = await plane.artifacts.put(new TextEncoder().encode(documentText(record)), LARGEST_EVIDENCE);
  if (record.outcome === "failed") throw new Failure("STEP", { where: id, message: record.reason ?? "failed" });
  const version = await registerRun(watched, record, tools);
  const rows = await answersOfBoth(watched, judged, version, tools);
  const { inherits, slices } = compareAnswers(rows, inherit);
  const differs = slices.find(({ problem }) => problem !== null);
  if (!inherits) {
    const why = differs === undefined ? "retrain.inherit names no bounds" : `${differs.slice}: ${differs.problem}`;
    return { version: version.version, record: digest, inherits, reason: `must be judged itself: ${why}` };
  }
  const reason = `inherits the verdict of version ${judged.version}: it answers alike on ${slices.length} slices`;
  await inheritVerdict(plane, judged, version, against, reason);
  return { version: version.version, record: digest, inherits, reason };
}

/** Both versions' answers to the rows of the test data, with the rows of each slice. */
async function answersOfBoth(watched: WatchedModel, judged: VersionEntry, final: VersionEntry, tools: RetrainTools) {
  const { parsed, resolvePath } = watched.onDisk;
  const judging = await tools.judgeTools();
  const models: LoadedModel[] = [];
  try {
    const source = await judging.reader.open(parsed.policy.data.test.map(resolvePath));
    const { policy, columns } = await bindToSource(parsed, source, parsed.policy.data.test.join(", "));
    const plan = await plannedSlices(watched, judging.reader);
    for (const version of [judged, final]) models.push(await load(version, judging, tools.plane));
    const request = readRequest(
      policy,
      { entries: policy.slices, columns },
      models.flatMap((model) => model.needs),
    );
    const scores: [number[], number[]] = [[], []];
    const slices = plan.slices.flatMap(({ name, where }) =>
      where === null ? [] : [{ name, where, mask: [] as number[] }],
    );
    for await (const block of source.read({ columns: request.columns, signal: tools.signal })) {
      for (const [i, model] of models.entries())
        for (const value of (await model.score(block)).values) scores[i]!.push(value);
      for (const { where, mask } of slices) for (const inside of conditionMask(where, block)) mask.push(inside);
    }
    const { threshold } = policy;
    return {
      judged: Float64Array.from(scores[0]),
      final: Float64Array.from(scores[1]),
      slices: new Map(slices.map(({ name, mask }) => [name, Uint8Array.from(mask)])),
      threshold: policy.task === "binary" && threshold.kind === "fixed" ? threshold.value : null,
    };
  } finally {
    for (const model of models) await model.close();
    await judging.close();
  }
}

function load({ artifact }: VersionEntry, { runtime }: JudgeTools, { artifacts }: ControlPlane): Promise<LoadedModel> {
  if (artifact.kind !== "onnx") throw new InternalError("a retraining registers ONNX files");
  const { features, encode, missing, output, class: one } = artifact;
  const spec: ModelSpec = {
    path: artifacts.path(artifact.digest),
    ...(features === null ? {} : { features }),
    ...(encode === null ? {} : { encode }),
    ...(missing === null ? {} : { missing }),
    ...(output === null ? {} : { output }),
    ...(one === null ? {} : { class: one }),
  };
  return runtime.load(spec);
}

/** The verdict of the judged version, also on the final one; the lineage says where it is from. */
async function inheritVerdict(
  { store, clock }: ControlPlane,
  judged: VersionEntry,
  final: VersionEntry,
  against: string | null,
  reason: string,
): Promise<void> {
  const from = versionId(judged.model, judged.version);
  const to = versionId(final.model, final.version);
  await store.change(RETRAINER, async (state) => {
    const known = await state.list<VerdictEntry>("verdict", { parent: from, newestFirst: true });
    const verdict = known.find(({ body }) => body.against === against);
    if (verdict === undefined) return;
    const id = `${to}/${verdict.body.evidence}`;
    const { decision, evidence } = verdict.body;
    await state.put<VerdictEntry>({
      kind: "verdict",
      id,
      parent: to,
      body: {
        ...verdict.body,
        version: final.version,
        reason: `${reason}; ${verdict.body.reason}`,
        created: clock.now(),
      },
      edges: [
        { from: `version:${to}`, to: `verdict:${id}`, relation: "inherits" },
        { from: `verdict:${verdict.id}`, to: `verdict:${id}`, relation: "inherited by" },
      ],
      action: "verdict.inherit",
      detail: { decision, evidence, from: judged.version, reason },
      expected: 0,
    });
  });
}
