import type { PredictOptions } from "../ports/serving-runtime.ts";
import { joinRows, sharedRows, sliceRows, type Tensor } from "../../core/serving/tensor.ts";

/** Runs tensors through a model. */
export type RunTensors = (tensors: readonly Tensor[], allOutputs: boolean) => Promise<readonly Tensor[]>;

interface Waiting {
  readonly tensors: readonly Tensor[];
  readonly rows: number;
  readonly options: PredictOptions;
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins what arrives in one turn of the event loop into one run, without a timer: an idle gateway adds no delay, a busy
 * one pays the fixed cost of a run once for many. A tree ensemble costs 19 µs a row alone and 4 µs in a batch.
 */
export class MicroBatcher {
  readonly #run: RunTensors;
  readonly #mostRows: number;
  readonly #joins: boolean;
  #queue: Waiting[] = [];
  #scheduled = false;
  #running = false;

  /** @param joins false where the model takes a fixed number of rows: then every call is a run of its own */
  constructor(run: RunTensors, mostRows = 64, joins = true) {
    this.#run = run;
    this.#mostRows = mostRows;
    this.#joins = joins;
  }

  /** Calls waiting for their run. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** @param read makes the answer out of the outputs; what it throws is the call's error */
  run<T>(tensors: readonly Tensor[], options: PredictOptions, read: (outputs: readonly Tensor[]) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const rows = sharedRows(tensors) ?? 0;
      const settle = (outputs: readonly Tensor[]): void => {
        try {
          resolve(read(outputs));
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#queue.push({ tensors, rows, options, resolve: settle, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#running = true;
      void this.#drain().finally(() => {
        this.#running = false;
        this.#schedule();
      });
    });
  }

  /** Runs one batch: the first call and those after it that can join. */
  async #drain(): Promise<void> {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    let rows = 0;
    for (const call of this.#queue) {
      if (isOver(call.options)) call.reject(call.options.signal?.reason);
      else if (batch.length === 0 || (this.#joins && rows + call.rows <= this.#mostRows && joinable(batch[0]!, call))) {
        batch.push(call);
        rows += call.rows;
      } else left.push(call);
    }
    this.#queue = left;
    if (batch.length > 0) await this.#answer(batch);
  }

  async #answer(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    try {
      if (batch.length === 1) {
        first!.resolve(await this.#run(first!.tensors, first!.options.allOutputs === true));
        return;
      }
      const joined = first!.tensors.map((_, i) => joinRows(batch.map((call) => call.tensors[i]!)));
      const rows = batch.reduce((sum, call) => sum + call.rows, 0);
      const all = batch.some((call) => call.options.allOutputs === true);
      const outputs = await this.#run(joined, all);
      if (outputs.some((output) => output.shape[0] !== rows)) throw new Error("the answer has another number of rows");
      let at = 0;
      for (const call of batch) {
        const from = at;
        at += call.rows;
        call.resolve(outputs.map((output) => sliceRows(output, from, from + call.rows)));
      }
    } catch (error) {
      if (batch.length === 1) first!.reject(error);
      // One call must not fail the others: each is tried by itself.
      else for (const call of batch) await this.#answer([call]);
    }
  }
}

function isOver(options: PredictOptions): boolean {
  // The signal comes second: looking at it may make it.
  return options.isOver ?? options.signal?.aborted === true;
}

function joinable(first: Waiting, other: Waiting): boolean {
  if (first.rows === 0 || other.rows === 0 || first.tensors.length !== other.tensors.length) return false;
  for (const [i, tensor] of first.tensors.entries()) {
    const that = other.tensors[i]!;
    if (tensor.name !== that.name || tensor.datatype !== that.datatype) return false;
    if (tensor.shape.length !== that.shape.length) return false;
    for (let d = 1; d < tensor.shape.length; d++) if (tensor.shape[d] !== that.shape[d]) return false;
  }
  return true;
}
