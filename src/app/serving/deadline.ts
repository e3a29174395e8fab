import { VersionRefusal } from "./version-refusal.ts";

/** How long one call may take. */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  #refusal: VersionRefusal | undefined;

  /** @param onOver is told why, once, unless the deadline is cleared before */
  constructor(milliseconds: number, onOver: (refusal: VersionRefusal) => void) {
    this.#timer = setTimeout(() => {
      this.#refusal = new VersionRefusal("timeout", `no answer within ${milliseconds} ms`);
      onOver(this.#refusal);
      this.#controller?.abort(this.#refusal);
    }, milliseconds);
  }

  /** True when no one waits any more: cheaper to look at than a signal is to make. */
  get isOver(): boolean {
    return this.#refusal !== undefined;
  }

  /** Made only for who asks for it: most models run in this process, and there is nothing to abort. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#refusal !== undefined) this.#controller.abort(this.#refusal);
    }
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
