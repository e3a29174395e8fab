/** Why a version did not answer. */
export type RefusalReason = "error" | "timeout" | "nan" | "circuit-open" | "overload" | "inputs";

/** A version could not answer: a reason to fall back, never the client's mistake. */
export class VersionRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = "VersionRefusal";
    this.reason = reason;
  }
}

export interface GuardOptions {
  readonly timeoutMilliseconds: number;
  /** Calls at a time; more are refused at once. */
  readonly concurrency: number;
  /** So many failures in a row open the circuit … */
  readonly failures: number;
  /** … for so long; then one call tries. */
  readonly openMilliseconds: number;
}

export const usualGuard: GuardOptions = {
  timeoutMilliseconds: 1000,
  concurrency: 1024,
  failures: 5,
  openMilliseconds: 5000,
};

/** Tells what a call says about the version. */
export interface CallJudge<T> {
  /** True for errors of the client, which say nothing about the version. */
  readonly isMistake: (error: unknown) => boolean;
  /** True for an answer that is none: no row of it has a finite number. */
  readonly isUseless: (answer: T) => boolean;
}

/**
 * Time-out, concurrency limit and circuit breaker of one version. Its own few lines, since it stands on the path of
 * every request: a general library costs several promises a call.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #now: () => number;
  #inFlight = 0;
  #failuresInRow = 0;
  #openUntil = 0;
  #probing = false;
  #rechecking = false;
  readonly #recheck: (() => Promise<boolean>) | null;

  /**
   * @param now milliseconds of a clock that never steps back
   * @param recheck asks the version something that it could answer before; true where it still can. Failures in a row
   *   may be the fault of one request that is sent again and again, which must not shut everyone else out
   */
  constructor(options: GuardOptions, now: () => number, recheck: (() => Promise<boolean>) | null = null) {
    this.#options = options;
    this.#now = now;
    this.#recheck = recheck;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** `half-open`: one call may try whether it works again. */
  get circuit(): "closed" | "open" | "half-open" {
    if (this.#openUntil === 0) return "closed";
    return this.#now() < this.#openUntil || this.#probing ? "open" : "half-open";
  }

  /** @throws VersionRefusal, or the client's own mistake as it is. A useless answer is returned all the same */
  async run<T>(call: (signal: AbortSignal) => Promise<T>, judge: CallJudge<T>): Promise<T> {
    const circuit = this.circuit;
    if (circuit === "open") throw new VersionRefusal("circuit-open", "failed too often of late");
    if (this.#inFlight >= this.#options.concurrency) {
      throw new VersionRefusal("overload", `${this.#inFlight} calls are under way`);
    }
    const probing = circuit === "half-open";
    if (probing) this.#probing = true;
    this.#inFlight++;
    try {
      const answer = await this.#withTimeout(call);
      if (judge.isUseless(answer)) this.#fail(probing);
      else this.#well();
      return answer;
    } catch (error) {
      if (judge.isMistake(error)) throw error;
      this.#fail(probing);
      if (error instanceof VersionRefusal) throw error;
      throw new VersionRefusal("error", error instanceof Error ? error.message : String(error));
    } finally {
      this.#inFlight--;
      if (probing) this.#probing = false;
    }
  }

  #well(): void {
    this.#openUntil = 0;
    this.#failuresInRow = 0;
  }

  #fail(probing: boolean): void {
    this.#failuresInRow++;
    if (!probing && (this.#failuresInRow < this.#options.failures || this.#openUntil > 0)) return;
    if (this.#recheck === null) this.#open();
    else if (!this.#rechecking) {
      // What tried while the circuit was open keeps it open until it is known whose fault that was.
      if (probing) this.#open();
      void this.#openUnlessWell(this.#recheck);
    }
  }

  #open(): void {
    this.#openUntil = this.#now() + this.#options.openMilliseconds;
  }

  /** No caller waits for this: the one whose call failed has its fallback at once. */
  async #openUnlessWell(recheck: () => Promise<boolean>): Promise<void> {
    this.#rechecking = true;
    const well = await recheck().catch(() => false);
    this.#rechecking = false;
    if (well) this.#well();
    else this.#open();
  }

  #withTimeout<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeoutMilliseconds } = this.#options;
    const controller = new AbortController();
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        const refusal = new VersionRefusal("timeout", `no answer within ${timeoutMilliseconds} ms`);
        reject(refusal);
        controller.abort(refusal);
      }, timeoutMilliseconds);
      call(controller.signal).then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error as Error);
        },
      );
    });
  }
}
