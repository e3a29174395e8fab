import type { Clock } from "../ports/clock.ts";

/** What the clock would say if nobody had set it since this was made. Milliseconds. */
export class SteadyTime {
  readonly #clock: Clock;
  readonly #began: { readonly now: number; readonly monotonic: number };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = { now: clock.now(), monotonic: clock.monotonic() };
  }

  now(): number {
    return this.#began.now + this.#clock.monotonic() - this.#began.monotonic;
  }

  /** What surely has come: for limits that must not be passed because a clock jumped ahead. */
  surely(): number {
    return Math.min(this.#clock.now(), this.now());
  }

  /** What may have come: for what must not come to life again because a clock was set back. */
  maybe(): number {
    return Math.max(this.#clock.now(), this.now());
  }

  /** How far the clock was set since; positive: ahead. */
  jumped(): number {
    return this.#clock.now() - this.now();
  }
}
