import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { Preparation } from "../../core/serving/prepare-record.ts";
import type { RecordRules } from "../../core/serving/record-rules.ts";
import { compileRouter, type Router } from "../../core/serving/route.ts";
import { type ModelRouting, versionsOf } from "../../core/serving/routing-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { ServingModel } from "../ports/serving-runtime.ts";
import type { ServedTask } from "./bad-rows.ts";
import type { GuardOptions } from "./guard.ts";
import { VersionSlot } from "./version-slot.ts";

export interface ServedModelOptions {
  readonly task: ServedTask;
  /** Columns of a record with a meaning of their own; null where there is none. */
  readonly columns: {
    readonly unit: string | null;
    readonly time: string | null;
    readonly id: string | null;
    readonly group: string | null;
    readonly item: string | null;
  };
  readonly rules: RecordRules | null;
  readonly preparation: Preparation | null;
  readonly guard: GuardOptions;
}

/** A model as the gateway serves it: its versions side by side, and the routing that chooses between them. */
export class ServedModel {
  readonly name: string;
  readonly options: ServedModelOptions;
  readonly #clock: Clock;
  readonly #slots = new Map<string, VersionSlot>();
  #routing: ModelRouting;
  #router: Router;

  constructor(name: string, options: ServedModelOptions, routing: ModelRouting, clock: Clock) {
    this.name = name;
    this.options = options;
    this.#clock = clock;
    this.#routing = routing;
    this.#router = compileRouter(routing);
  }

  get routing(): ModelRouting {
    return this.#routing;
  }

  get route(): Router {
    return this.#router;
  }

  get versions(): readonly string[] {
    return [...this.#slots.keys()];
  }

  slot(version: string): VersionSlot | undefined {
    return this.#slots.get(version);
  }

  /** The champion's slot; the first that is loaded where the champion is not. */
  get champion(): VersionSlot | undefined {
    return this.#slots.get(this.#routing.champion) ?? this.#slots.values().next().value;
  }

  /** True where the champion, or what stands in for it, can answer. */
  get isReady(): boolean {
    if (this.champion?.isReady === true) return true;
    return this.#routing.fallback.some((version) => this.#slots.get(version)?.isReady === true);
  }

  /** Adds a version that is loaded and warm; one of the same name is retired when its last request is answered. */
  add(version: string, model: ServingModel): Promise<void> {
    const before = this.#slots.get(version);
    this.#slots.set(version, new VersionSlot(version, model, this.options, this.#clock));
    return before?.retire() ?? Promise.resolve();
  }

  /** @throws Failure USAGE where the routing names the version */
  remove(version: string): Promise<void> {
    if (versionsOf(this.#routing).includes(version)) {
      throw new Failure("USAGE", {
        message: `the routing of "${this.name}" names version "${version}"; it cannot be unloaded`,
        mend: ["change the routing first"],
      });
    }
    const slot = this.#slots.get(version);
    this.#slots.delete(version);
    return slot?.retire() ?? Promise.resolve();
  }

  /** Replaces the routing between two requests: each request sees the old or the new one, whole. @throws Failure USAGE */
  setRouting(routing: ModelRouting): void {
    for (const version of versionsOf(routing)) {
      if (this.#slots.has(version)) continue;
      const near = nearest(version, this.#slots.keys());
      throw new Failure("USAGE", {
        message: `version "${version}" of "${this.name}" is not loaded`,
        mend: near.length > 0 ? [`nearest: ${near.join(", ")}`] : [`loaded: ${this.versions.join(", ")}`],
      });
    }
    const { optOut } = routing;
    const kind = optOut === null ? "rule" : this.#slots.get(optOut)!.model.kind;
    if (kind !== "rule" && kind !== "constant") {
      throw new Failure("USAGE", {
        message: `"${optOut}" of "${this.name}" is a model; who opted out is answered by a rule or constant, without any input`,
      });
    }
    this.#router = compileRouter(routing);
    this.#routing = routing;
  }

  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.map((slot) => slot.retire()));
  }
}
