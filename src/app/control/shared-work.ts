import { SerialQueue } from "./serial-queue.ts";

/**
 * Heavy work that anybody may ask for: one piece after the other, and whoever asks for the same before it has begun gets the
 * same answer. Not the answer of one that runs already: what was changed since may not be in it.
 */
export class SharedWork<T> {
  readonly #queue = new SerialQueue();
  readonly #waiting = new Map<string, Promise<T>>();

  do(what: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(what);
    if (waiting !== undefined) return waiting;
    const asked = this.#queue.run(() => {
      this.#waiting.delete(what);
      return work();
    });
    this.#waiting.set(what, asked);
    return asked;
  }
}
