import { Deadline } from "./deadline.ts";
import { VersionRefusal } from "./version-refusal.ts";

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
  readonly #whenIdle: (() => void)[] = [];
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

  /**
   * One promise a call, settled by hand: async functions would cost four.
   * @param onUseful called where the answer is one, before it is returned
   * @param isExcused true where a useless answer says nothing about the version, as when it was asked with missing values
   * @throws VersionRefusal, or the client's own mistake as it is. A useless answer is returned all the same
   */
  run<T>(
    start: (deadline: Deadline) => Promise<T>,
    judge: CallJudge<T>,
    onUseful?: () => void,
    isExcused?: () => boolean,
  ): Promise<T> {
    const circuit = this.circuit;
    if (circuit === "open") return Promise.reject(new VersionRefusal("circuit-open", "failed too often of late"));
    if (this.#inFlight >= this.#options.concurrency) {
      return Promise.reject(new VersionRefusal("overload", `${this.#inFlight} calls are under way`));
    }
    const probing = circuit === "half-open";
    if (probing) this.#probing = true;
    this.#inFlight++;
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        deadline.clear();
        this.#inFlight--;
        if (probing) this.#probing = false;
        if (this.#inFlight === 0) this.#becomeIdle();
      };
      const succeed = (answer: T): void => {
        if (deadline.isOver) return;
        try {
          if (!judge.isUseless(answer)) {
            this.#well();
            onUseful?.();
          } else if (isExcused?.() !== true) this.#fail(probing);
        } catch (error) {
          refuse(error);
          return;
        }
        end();
        resolve(answer);
      };
      const refuse = (error: unknown): void => {
        if (!judge.isMistake(error)) this.#fail(probing);
        end();
        if (judge.isMistake(error) || error instanceof VersionRefusal) reject(error as Error);
        else reject(new VersionRefusal("error", error instanceof Error ? error.message : String(error)));
      };
      const deadline = new Deadline(this.#options.timeoutMilliseconds, refuse);
      try {
        start(deadline).then(succeed, (error: unknown) => {
          if (!deadline.isOver) refuse(error);
        });
      } catch (error) {
        refuse(error);
      }
    });
  }

  /** Resolves when no call is under way. */
  async untilIdle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #becomeIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
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
}
