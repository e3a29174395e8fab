import { Worker } from "node:worker_threads";
import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import { Failure } from "../../core/failures.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import type { WorkerCall, WorkerReply } from "./onnx-worker.ts";

interface Call {
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A run that takes longer than this is taken for hung: the worker is replaced. */
const longestRunMilliseconds = 60_000;

/** A session in a thread of its own. A crash fails the runs in flight; the next run starts a new thread. */
export class OnnxWorkerEngine {
  readonly #spec: ModelSpec;
  readonly #calls = new Map<number, Call>();
  #worker: Promise<Worker> | null = null;
  #next = 1;
  #closed = false;

  constructor(spec: ModelSpec) {
    this.#spec = spec;
  }

  /** @throws Failure MODEL where the session cannot be opened */
  async start(): Promise<void> {
    await this.#ready();
  }

  async run(tensors: readonly Tensor[], outputs: readonly string[] | null): Promise<readonly Tensor[]> {
    const worker = await this.#ready();
    const id = this.#next++;
    // A thread that is deep in the runtime may not end: nobody waits for it.
    const watchdog = setTimeout(() => {
      void worker.terminate();
      this.#died(new Error(`the model did not answer within ${longestRunMilliseconds / 1000} s`));
    }, longestRunMilliseconds);
    watchdog.unref();
    try {
      return await new Promise<readonly Tensor[]>((resolve, reject) => {
        this.#calls.set(id, { resolve, reject });
        worker.postMessage({ id, tensors, outputs } satisfies WorkerCall);
      });
    } finally {
      clearTimeout(watchdog);
      this.#calls.delete(id);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker?.catch(() => null);
    await worker?.terminate();
  }

  #ready(): Promise<Worker> {
    if (this.#closed) return Promise.reject(new Error("the model was unloaded"));
    this.#worker ??= this.#open().catch((error: unknown) => {
      this.#worker = null;
      throw error;
    });
    return this.#worker;
  }

  #open(): Promise<Worker> {
    // Bundled, the worker lies beside the chunk as JavaScript.
    const file = import.meta.url.endsWith(".ts") ? "./onnx-worker.ts" : "./onnx-worker.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: this.#spec });
    return new Promise((resolve, reject) => {
      const give = (error: unknown): void => {
        // It would wait for calls that no one makes, and keep the process alive.
        void worker.terminate();
        reject(error as Error);
      };
      this.#calls.set(0, { resolve: () => resolve(worker), reject: give });
      worker.on("message", (reply: WorkerReply) => this.#settle(reply));
      worker.on("error", (error) => this.#died(error));
      worker.on("exit", () => this.#died(new Error("the worker of the model ended")));
    });
  }

  #settle(reply: WorkerReply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (call === undefined) return;
    if ("outputs" in reply) call.resolve(reply.outputs);
    else if (reply.id === 0) call.reject(new Failure("MODEL", { where: this.#spec.path, message: reply.error }));
    else call.reject(reply.mistake ? new RequestFailure(reply.error) : new Error(reply.error));
  }

  #died(error: Error): void {
    this.#worker = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }
}
