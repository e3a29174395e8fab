/** A process that opens one model, lets go of it, and says how it went: the child of `try-model.ts`. */
import { Failure, type FailureCode, type FailureDetails } from "../core/failures.ts";
import type { OnnxArtifact } from "../core/registry/registry-entries.ts";

/** Its first and only message. */
export interface TrialOf {
  readonly artifact: OnnxArtifact;
  readonly path: string;
}

export type TrialReply =
  | { readonly kind: "opened" }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly details: FailureDetails }
  | { readonly kind: "bug"; readonly stack: string };

async function open({ artifact, path }: TrialOf): Promise<TrialReply> {
  const [{ loadServingModel }, { servingSourceOf }] = await Promise.all([
    import("./gateway.ts"),
    import("../app/serving/model-orders.ts"),
  ]);
  try {
    const source = servingSourceOf(artifact, () => path, false);
    // Nobody else is answered here.
    const model = await loadServingModel(source.kind === "onnx" ? { ...source, live: false } : source);
    await model.close();
    return { kind: "opened" };
  } catch (error) {
    if (!(error instanceof Failure))
      return { kind: "bug", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const { code, message, where, mend, others } = error;
    return { kind: "failed", code, details: { message, mend, others, ...(where === undefined ? {} : { where }) } };
  }
}

process.once("message", (trial: TrialOf) => {
  void open(trial).then((reply) => process.send?.(reply, () => process.disconnect()));
});
