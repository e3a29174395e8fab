import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Errand, GatewayOrders, GatewayReport } from "../../core/registry/gateway-orders.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlStore } from "../ports/control-store.ts";
import { ordersOf } from "../registry/gateway-orders.ts";
import { ErrandDesk } from "./errand-desk.ts";

export interface TaggedOrders {
  readonly orders: GatewayOrders;
  /** Digest of the orders: a gateway names the one that it has. */
  readonly tag: string;
}

export interface SeenGateway extends GatewayReport {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly seen: number;
  /** Milliseconds since it was last heard of. */
  readonly silent: number;
  /** False: it asked without a key, and will be refused when there is one. */
  readonly hasKey: boolean;
}

interface Heard {
  readonly report: GatewayReport;
  readonly hasKey: boolean;
  readonly time: number;
  readonly at: number;
}

const RELEVANT = new Set(["model", "version", "routing-state"]);
const FORGET_AFTER = 3_600_000;

/**
 * Where gateways ask for their orders and wait for the next ones. What they report is kept in memory only: it is what
 * was seen, not what was decided, and they say it again within seconds.
 */
export class GatewayDesk {
  readonly errands: ErrandDesk;
  readonly #store: ControlStore;
  readonly #clock: Clock;
  readonly #seen = new Map<string, Heard>();
  readonly #waiting = new Set<() => void>();
  readonly #end: () => void;
  #current: TaggedOrders | null = null;
  #changes = 0;
  #closed = false;

  constructor(store: ControlStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.errands = new ErrandDesk(
      () => this.#wake(),
      () => clock.monotonic(),
    );
    this.#end = store.subscribe((entries) => {
      if (!entries.some((entry) => RELEVANT.has(entry.kind))) return;
      this.#current = null;
      this.#changes += 1;
      this.#wake();
    });
  }

  /** Takes what a gateway reports of itself. */
  hear(id: string, report: GatewayReport, hasKey: boolean): void {
    this.#seen.set(id, { report, hasKey, time: this.#clock.now(), at: this.#clock.monotonic() });
  }

  /**
   * Orders other than those of the tag, or errands of the gateway: at once where there are, else as soon as there are.
   * @returns null when the time is over
   */
  async next(
    tag: string | null,
    waitMilliseconds: number,
    signal: AbortSignal,
    gateway: string | null = null,
  ): Promise<(TaggedOrders & { readonly errands: readonly Errand[] }) | null> {
    const until = performance.now() + waitMilliseconds;
    for (;;) {
      const changed = this.#changed();
      const present = await this.#orders();
      const errands = gateway === null ? [] : this.errands.due(gateway);
      if (present.tag !== tag || errands.length > 0) {
        changed.cancel();
        return { ...present, errands };
      }
      const left = until - performance.now();
      if (left <= 0 || signal.aborted || this.#closed) {
        changed.cancel();
        return null;
      }
      await changed.wait(left, signal);
    }
  }

  gateways(): SeenGateway[] {
    const now = this.#clock.monotonic();
    for (const [id, { at }] of this.#seen) if (now - at > FORGET_AFTER) this.#seen.delete(id);
    return [...this.#seen].map(([id, { report, hasKey, time, at }]) => {
      return { id, ...report, hasKey, seen: time, silent: now - at };
    });
  }

  close(): void {
    this.#closed = true;
    this.errands.close();
    this.#end();
    this.#wake();
  }

  async #orders(): Promise<TaggedOrders> {
    if (this.#current !== null) return this.#current;
    const before = this.#changes;
    const orders = await this.#store.read(ordersOf);
    const tagged = { orders, tag: sha256Hex(canonicalJson(orders)) };
    // A change while it was read makes it the state before, which is not to be kept.
    if (before === this.#changes) this.#current = tagged;
    return tagged;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Listens from now on, so that a change between looking and waiting is not missed. */
  #changed(): { wait(milliseconds: number, signal: AbortSignal): Promise<void>; cancel(): void } {
    let wake = (): void => undefined;
    const happened = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    const cancel = (): void => void this.#waiting.delete(wake);
    return {
      cancel,
      wait: async (milliseconds, signal) => {
        const timer = setTimeout(wake, milliseconds);
        signal.addEventListener("abort", wake, { once: true });
        await happened;
        signal.removeEventListener("abort", wake);
        clearTimeout(timer);
        cancel();
      },
    };
  }
}
