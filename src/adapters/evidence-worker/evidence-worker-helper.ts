import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import type { EvidenceHelper } from "../../app/ports/evidence-helper.ts";
import type { CodedScores } from "../../core/evaluation/accumulate.ts";
import { InternalError } from "../../core/failures.ts";
import type { WorkerCall, WorkerReply } from "./evidence-worker.ts";

type Request = WorkerCall extends infer Call ? (Call extends WorkerCall ? Omit<Call, "id"> : never) : never;

interface Waiting {
  readonly resolve: (coded: CodedScores | null) => void;
  readonly reject: (error: Error) => void;
}

/** A thread of its own for evidence; it starts with the first call. */
export function createEvidenceHelper(): EvidenceHelper {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let next = 0;
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const open = (): Worker => {
    // Bundled, the worker lies beside the chunk as JavaScript.
    const file = import.meta.url.endsWith(".ts") ? "./evidence-worker.ts" : "./evidence-worker.js";
    // A worker finds the compile cache of its parent only by this variable; without it, it costs 0.2 s more to start.
    const cache = getCompileCacheDir();
    const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
    const started = new Worker(new URL(file, import.meta.url), { env });
    started.on("message", ({ id, coded, error }: WorkerReply) => {
      const call = waiting.get(id);
      waiting.delete(id);
      if (error === null) call?.resolve(coded);
      else call?.reject(new InternalError(`the evidence thread failed: ${error}`));
    });
    started.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
    started.on("exit", () => fail(new InternalError("the evidence thread ended")));
    return started;
  };
  const ask = (request: Request): Promise<CodedScores | null> => {
    worker ??= open();
    const id = next++;
    const { promise, resolve, reject } = Promise.withResolvers<CodedScores | null>();
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...request, id } satisfies WorkerCall);
    return promise;
  };
  return {
    start: () => {
      worker ??= open();
    },
    codeScores: async (scores, label, raw) => {
      const coded = await ask({ kind: "codes", scores, label, raw });
      if (coded === null) throw new InternalError("the evidence thread gave no codes");
      return coded;
    },
    accumulate: async (plan, share) => {
      await ask({ kind: "share", plan, share });
    },
    close: async () => {
      const ending = worker;
      worker = null;
      waiting.clear();
      await ending?.terminate();
    },
  };
}
