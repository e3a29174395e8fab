import { parentPort, workerData } from "node:worker_threads";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import { openOnnxEngine } from "./onnx-engine.ts";

/** What the worker is asked: run these tensors. */
export interface WorkerCall {
  readonly id: number;
  readonly tensors: readonly Tensor[];
  readonly outputs: readonly string[] | null;
}

/** What it answers; the first message, with id 0, says that the session is open (or why not). */
export type WorkerReply =
  | { readonly id: number; readonly outputs: readonly Tensor[] }
  | { readonly id: number; readonly error: string; readonly mistake: boolean };

const port = parentPort;
if (port !== null) {
  const opening = openOnnxEngine(workerData as ModelSpec);
  opening.then(
    () => port.postMessage({ id: 0, outputs: [] } satisfies WorkerReply),
    (error: unknown) => port.postMessage({ id: 0, error: messageOf(error), mistake: false } satisfies WorkerReply),
  );
  port.on("message", (call: WorkerCall) => {
    opening
      .then((engine) => engine.run(call.tensors, call.outputs))
      .then(
        (outputs) => port.postMessage({ id: call.id, outputs } satisfies WorkerReply),
        (error: unknown) =>
          port.postMessage({ id: call.id, error: messageOf(error), mistake: error instanceof RequestFailure }),
      );
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
