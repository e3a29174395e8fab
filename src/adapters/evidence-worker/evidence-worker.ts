import { parentPort } from "node:worker_threads";
import { accumulateShare, codeScores, type CodedScores, type EvidenceShare } from "../../core/evaluation/accumulate.ts";
import { planOf, type PlanNames } from "../../core/evaluation/plan.ts";

/** What the worker is asked. Large arrays lie in shared memory; results are written where they are wanted. */
export type WorkerCall = { readonly id: number } & (
  | { readonly kind: "codes"; readonly scores: Float64Array; readonly label: Uint8Array; readonly raw: boolean }
  | { readonly kind: "share"; readonly plan: PlanNames; readonly share: EvidenceShare }
);

/** What it answers. */
export interface WorkerReply {
  readonly id: number;
  readonly coded: CodedScores | null;
  /** Stack of a bug of ours. */
  readonly error: string | null;
}

function answer(call: WorkerCall): CodedScores | null {
  if (call.kind === "codes") return codeScores(call.scores, call.label, call.raw);
  accumulateShare(planOf(call.plan), call.share);
  return null;
}

const port = parentPort;
port?.on("message", (call: WorkerCall) => {
  let reply: WorkerReply;
  try {
    reply = { id: call.id, coded: answer(call), error: null };
  } catch (error) {
    reply = {
      id: call.id,
      coded: null,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  port.postMessage(reply);
});
