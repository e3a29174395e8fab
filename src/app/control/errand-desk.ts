import { randomUUID } from "node:crypto";
import type { Errand, ErrandAnswer } from "../../core/registry/gateway-orders.ts";
import type { Actor } from "../ports/control-store.ts";

type WithoutId<One> = One extends Errand ? Omit<One, "id"> : never;
type ErrandWish = WithoutId<Errand>;

interface Open {
  readonly gateway: string;
  readonly errand: Errand;
  readonly by: Actor;
  /** Monotonic time of the last delivery; an answer may be lost on the way. */
  given: number;
  readonly settle: (answer: ErrandAnswer | null) => void;
}

const GIVE_AGAIN_AFTER = 2000;

/**
 * Errands of people for gateways, handed out with the answers to their polls. They are kept in memory until they are
 * answered: nobody was told that they are done before that, and whose data they are about stays at the gateway.
 */
export class ErrandDesk {
  readonly #open = new Map<string, Open>();
  readonly #wake: () => void;
  readonly #now: () => number;

  constructor(wake: () => void, now: () => number) {
    this.#wake = wake;
    this.#now = now;
  }

  /** @returns what the gateway answered, or null where it did not in time */
  async send(gateway: string, wish: ErrandWish, by: Actor, milliseconds: number): Promise<ErrandAnswer | null> {
    const id = randomUUID();
    const key = `${gateway}/${id}`;
    const answered = new Promise<ErrandAnswer | null>((settle) => {
      this.#open.set(key, { gateway, errand: { ...wish, id } as Errand, by, given: -Infinity, settle });
    });
    const timer = setTimeout(() => this.#settle(key, null), milliseconds);
    this.#wake();
    const answer = await answered;
    clearTimeout(timer);
    return answer;
  }

  /** What the gateway is to do now, and was not given a moment ago. */
  due(gateway: string): Errand[] {
    const now = this.#now();
    const due = [...this.#open.values()].filter(
      (one) => one.gateway === gateway && now - one.given >= GIVE_AGAIN_AFTER,
    );
    for (const one of due) one.given = now;
    return due.map(({ errand }) => errand);
  }

  /** Takes what became of errands. */
  answer(gateway: string, answers: readonly ErrandAnswer[]): void {
    for (const answer of answers) this.#settle(`${gateway}/${answer.id}`, answer);
  }

  /** Who asked the gateway to enter or to withdraw the override; null: it was done there. */
  askedBy(gateway: string, override: string): Actor | null {
    const found = [...this.#open.values()].find(
      ({ gateway: at, errand }) =>
        at === gateway && override === (errand.kind === "enter" ? errand.override["id"] : errand.override),
    );
    return found?.by ?? null;
  }

  close(): void {
    for (const key of this.#open.keys()) this.#settle(key, null);
  }

  #settle(key: string, answer: ErrandAnswer | null): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    open?.settle(answer);
  }
}
