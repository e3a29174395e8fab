import type { LiveFlight } from "../ports/flights-table.ts";
import { ask } from "./live-system.ts";

/** What became of the requests of a stretch of the replay. */
export interface Stretch {
  readonly asked: number;
  readonly landed: number;
}

const CLIENTS = 8;
const LABELS_AT_ONCE = 200;

/**
 * Days that were, at speed: each flight is asked about once, when it leaves, and its label is sent when it has landed,
 * hours of the replay later. Time moves with the flights.
 */
export class FlightReplay {
  readonly #gateway: string;
  readonly #model: string;
  readonly #flights: readonly LiveFlight[];
  readonly #signal: AbortSignal;
  #next = 0;
  /** In the air: asked about, and not landed yet. */
  #flying: LiveFlight[] = [];
  readonly #answers = new Map<string, number>();
  readonly #failures: string[] = [];
  #labels = 0;
  /** Changes a record on its way: a feed that breaks. Null: as it was. */
  fault: ((flight: LiveFlight) => LiveFlight["record"]) | null = null;

  constructor(gateway: string, model: string, flights: readonly LiveFlight[], signal: AbortSignal) {
    this.#gateway = gateway;
    this.#model = model;
    this.#flights = flights;
    this.#signal = signal;
  }

  /** How often each flight was answered, by its key. */
  get answers(): ReadonlyMap<string, number> {
    return this.#answers;
  }
  get failures(): readonly string[] {
    return this.#failures;
  }
  get labels(): number {
    return this.#labels;
  }
  get asked(): number {
    return this.#next;
  }
  get over(): boolean {
    return this.#next >= this.#flights.length;
  }

  /** All flights before a time. */
  until(time: number): Promise<Stretch> {
    const end = this.#flights.findIndex((flight) => flight.departs >= time);
    return this.advance((end < 0 ? this.#flights.length : end) - this.#next);
  }

  /** The next `count` flights, and the labels of those that land meanwhile. */
  async advance(count: number): Promise<Stretch> {
    const flights = this.#flights.slice(this.#next, this.#next + Math.max(0, count));
    const before = this.#labels;
    for (let from = 0; from < flights.length; from += LABELS_AT_ONCE) {
      this.#signal.throwIfAborted();
      const some = flights.slice(from, from + LABELS_AT_ONCE);
      await this.#ask(some);
      this.#next += some.length;
      this.#flying.push(...some);
      await this.#land(some.at(-1)?.departs ?? 0);
    }
    return { asked: flights.length, landed: this.#labels - before };
  }

  /** Whoever is still in the air lands. */
  land(): Promise<void> {
    return this.#land(Number.POSITIVE_INFINITY);
  }

  async #ask(flights: readonly LiveFlight[]): Promise<void> {
    let next = 0;
    const client = async (): Promise<void> => {
      for (let flight = flights[next++]; flight !== undefined; flight = flights[next++]) await this.#askOne(flight);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  async #askOne(flight: LiveFlight): Promise<void> {
    const { key, departs: time } = flight;
    const record = this.fault === null ? flight.record : this.fault(flight);
    try {
      const path = `/v1/models/${this.#model}/predict`;
      await ask(this.#gateway, "POST", path, { record, unit: key, key, time });
      this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    } catch (error) {
      this.#failures.push(error instanceof Error ? error.message : String(error));
    }
  }

  async #land(now: number): Promise<void> {
    const landed = this.#flying.filter((flight) => flight.lands <= now);
    this.#flying = this.#flying.filter((flight) => flight.lands > now);
    for (let from = 0; from < landed.length; from += LABELS_AT_ONCE) {
      const labels = landed
        .slice(from, from + LABELS_AT_ONCE)
        .map(({ key, late, lands }) => ({ key, name: "late", label: late, time: lands }));
      await ask(this.#gateway, "POST", "/v1/labels", { labels });
      this.#labels += labels.length;
    }
  }
}
