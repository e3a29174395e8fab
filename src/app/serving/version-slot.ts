import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Answer, PredictOptions, Rows, ServingModel } from "../ports/serving-runtime.ts";
import { isUseless, type ServedTask } from "./bad-rows.ts";
import { type CallJudge, Guard, type GuardOptions } from "./guard.ts";

/** A version that is loaded and warm. It stays until the last request that uses it has its answer. */
export class VersionSlot {
  readonly version: string;
  readonly model: ServingModel;
  readonly guard: Guard;
  readonly loadedAt: number;
  #uses = 0;
  #whenIdle: (() => void) | null = null;
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

  /** @throws VersionRefusal, RequestFailure */
  async predict(rows: Rows, options: Omit<PredictOptions, "signal">): Promise<Answer> {
    this.#uses++;
    try {
      const answer = await this.guard.run((signal) => this.model.predict(rows, { ...options, signal }), this.#judge);
      if (rows.count === 1 && !this.#judge.isUseless(answer)) this.#answered = rows;
      return answer;
    } finally {
      this.#uses--;
      if (this.#uses === 0) this.#whenIdle?.();
    }
  }

  /** False where nothing was answered yet, so that there is nothing to ask again. */
  async #stillAnswers(timeoutMilliseconds: number): Promise<boolean> {
    if (this.#answered === null) return false;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    return !this.#judge.isUseless(await this.model.predict(this.#answered, { signal }));
  }

  /** Unloads the model when no request uses it any more. New requests must not be sent here from now on. */
  async retire(): Promise<void> {
    if (this.#uses > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    await this.model.close();
  }
}
