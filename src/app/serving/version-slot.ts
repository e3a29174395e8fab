import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Answer, PredictOptions, Rows, ServingModel } from "../ports/serving-runtime.ts";
import { isUseless, missingValue, type ServedTask } from "./bad-rows.ts";
import type { Deadline } from "./deadline.ts";
import { type CallJudge, Guard, type GuardOptions } from "./guard.ts";

/** A version that is loaded and warm. It stays until the last request that uses it has its answer. */
export class VersionSlot {
  readonly version: string;
  readonly model: ServingModel;
  readonly guard: Guard;
  readonly loadedAt: number;
  /** The last request that was answered: what the model is asked again where its errors are in doubt. */
  #answered: Rows | null = null;
  readonly #judge: CallJudge<Answer>;

  constructor(
    version: string,
    model: ServingModel,
    { guard, task }: { readonly guard: GuardOptions; readonly task: ServedTask },
    clock: { now(): number; monotonic(): number },
  ) {
    this.version = version;
    this.model = model;
    this.guard = new Guard(
      guard,
      () => clock.monotonic(),
      () => this.#stillAnswers(guard.timeoutMilliseconds),
    );
    this.loadedAt = clock.now();
    this.#judge = {
      isMistake: (error) => error instanceof RequestFailure,
      isUseless: (answer) => isUseless(answer, task),
    };
  }

  /** True where it is known what it takes and it did not fail too often of late. */
  get isReady(): boolean {
    return this.model.isLoaded !== false && this.guard.circuit !== "open";
  }

  /** @throws VersionRefusal, RequestFailure */
  predict(rows: Rows, options: Omit<PredictOptions, "signal" | "isOver">): Promise<Answer> {
    return this.guard.run(
      (deadline) => this.model.predict(rows, new CallOptions(options.allOutputs, deadline)),
      this.#judge,
      rows.count === 1 ? () => (this.#answered = rows) : undefined,
      () => missingValue(rows) !== null,
    );
  }

  /** False where nothing was answered yet, so that there is nothing to ask again. */
  async #stillAnswers(timeoutMilliseconds: number): Promise<boolean> {
    if (this.#answered === null) return false;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    return !this.#judge.isUseless(await this.model.predict(this.#answered, { signal }));
  }

  /** Unloads the model when no request uses it any more. New requests must not be sent here from now on. */
  async retire(): Promise<void> {
    await this.guard.untilIdle();
    await this.model.close();
  }
}

/** What a model is told of a call; the signal is made when it asks. */
class CallOptions implements PredictOptions {
  readonly allOutputs: boolean | undefined;
  readonly #deadline: Deadline;

  constructor(allOutputs: boolean | undefined, deadline: Deadline) {
    this.allOutputs = allOutputs;
    this.#deadline = deadline;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  get isOver(): boolean {
    return this.#deadline.isOver;
  }
}
