/** A process that does one piece of doubtful work and says how it went: the child of `trial.ts`. */
import { readFile } from "node:fs/promises";
import type { Verification } from "../app/judge/verify.ts";
import type { OnnxArtifact } from "../core/registry/registry-entries.ts";
import { type ChildError, toChildError } from "./child-error.ts";

/** Its first and only message. */
export type Trial =
  | { readonly kind: "model"; readonly artifact: OnnxArtifact; readonly path: string }
  | { readonly kind: "verdict"; readonly verdict: unknown; readonly evidencePath: string };

export type TrialReply = { readonly kind: "done"; readonly found: Verification | null } | ChildError;

async function perform(trial: Trial): Promise<Verification | null> {
  if (trial.kind === "verdict") {
    const { verifyVerdict } = await import("../app/judge/verify.ts");
    return verifyVerdict(trial.verdict, await readFile(trial.evidencePath), "evidence");
  }
  const [{ loadServingModel }, { servingSourceOf }] = await Promise.all([
    import("./gateway.ts"),
    import("../app/serving/model-orders.ts"),
  ]);
  const source = servingSourceOf(trial.artifact, () => trial.path, false);
  // Nobody else is answered here.
  const model = await loadServingModel(source.kind === "onnx" ? { ...source, live: false } : source);
  await model.close();
  return null;
}

async function replyTo(trial: Trial): Promise<TrialReply> {
  try {
    return { kind: "done", found: await perform(trial) };
  } catch (error) {
    return toChildError(error);
  }
}

process.once("message", (trial: Trial) => {
  void replyTo(trial).then((reply) => process.send?.(reply, () => process.disconnect()));
});
