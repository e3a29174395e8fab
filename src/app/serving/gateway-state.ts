import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { Failure } from "../../core/failures.ts";
import { OverrideBook, type Override } from "../../core/serving/overrides.ts";
import type { ModelRouting, RoutingState } from "../../core/serving/routing-state.ts";
import type { ServedModel } from "./served-model.ts";

/** Where state is kept between runs. */
export interface StateStore<T> {
  read(): T | null;
  write(value: T): void;
}

export interface StoredRouting extends RoutingState {
  /** Digest of what the configuration said per model when the routing was changed: a changed configuration wins. */
  readonly configured: Readonly<Record<string, string>>;
}

export interface StoredOverrides {
  readonly schema: "umpire.overrides/1";
  readonly overrides: readonly Override[];
  readonly applied: Readonly<Record<string, number>>;
}

/** Routing and overrides as they stand: changed whole, kept before they count. */
export class GatewayState {
  readonly #models: ReadonlyMap<string, ServedModel>;
  readonly #configured: Readonly<Record<string, string>>;
  readonly #routing: StateStore<StoredRouting>;
  readonly #overrides: StateStore<StoredOverrides>;
  /** Told when somebody entered or withdrew an override. */
  onOverrides: () => void = () => undefined;
  #revision = 0;
  /** Models that answer as ordered, which no file says yet. */
  readonly #unkept = new Set<string>();
  #list: readonly Override[] = [];
  #book = new OverrideBook([]);
  /** The counts that are on disk. */
  #kept = "{}";

  constructor(
    models: ReadonlyMap<string, ServedModel>,
    routing: StateStore<StoredRouting>,
    overrides: StateStore<StoredOverrides>,
  ) {
    this.#models = models;
    this.#routing = routing;
    this.#overrides = overrides;
    this.#configured = Object.fromEntries([...models.values()].map((model) => [model.name, digest(model.routing)]));
    const stored = routing.read();
    if (stored !== null) this.adoptRouting(stored);
    const kept = overrides.read();
    if (kept !== null) this.adoptOverrides(kept);
  }

  get revision(): number {
    return this.#revision;
  }

  get book(): OverrideBook {
    return this.#book;
  }

  get overrides(): readonly Override[] {
    return this.#list;
  }

  /** Takes over what was kept, model by model; a routing that names a version that is not loaded is passed over. */
  adoptRouting(stored: StoredRouting): void {
    this.#revision = stored.revision;
    for (const [name, routing] of Object.entries(stored.models)) {
      const model = this.#models.get(name);
      if (model === undefined || stored.configured[name] !== this.#configured[name]) continue;
      try {
        model.setRouting(routing);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
  }

  adoptOverrides(stored: StoredOverrides): void {
    this.#list = stored.overrides;
    // Two processes of one gateway count by themselves: at least as many as either counted were applied.
    const applied: Record<string, number> = { ...stored.applied };
    for (const [id, count] of Object.entries(this.#book.counts())) applied[id] = Math.max(count, applied[id] ?? 0);
    this.#book = new OverrideBook(stored.overrides, applied);
    this.#kept = JSON.stringify(stored.applied);
  }

  /**
   * Changes a model's routing: kept on disk first, then for the next request.
   * @param revision that the change is based on; null: whatever stands
   * @throws Failure USAGE (unknown version, or changed meanwhile), WRITE
   */
  setRouting(name: string, routing: ModelRouting, revision: number | null): number {
    const model = this.#models.get(name);
    if (model === undefined) throw new Failure("USAGE", { message: `there is no model "${name}"` });
    if (revision !== null && revision !== this.#revision) {
      throw new Failure("USAGE", {
        message: `the routing was changed meanwhile: revision ${this.#revision}, not ${revision}`,
      });
    }
    const before = model.routing;
    model.setRouting(routing);
    try {
      this.#routing.write({
        schema: "umpire.routing/1",
        revision: this.#revision + 1,
        configured: this.#configured,
        models: Object.fromEntries([...this.#models.values()].map((each) => [each.name, each.routing])),
      });
    } catch (error) {
      model.setRouting(before);
      throw error;
    }
    this.#revision++;
    return this.#revision;
  }

  /**
   * As `setRouting`, for orders, which come again: they count also where they cannot be kept, which is tried again.
   * @returns why they are not kept; null: they are
   */
  follow(name: string, routing: ModelRouting): string | null {
    const present = this.#models.get(name)?.routing;
    if (!this.#unkept.has(name) && canonicalJson(present) === canonicalJson(routing)) return null;
    try {
      this.setRouting(name, routing, null);
      this.#unkept.delete(name);
      return null;
    } catch (error) {
      if (!(error instanceof Failure && error.code === "WRITE")) throw error;
      this.#models.get(name)?.setRouting(routing);
      this.#unkept.add(name);
      return error.message;
    }
  }

  /** Enters an override; it counts for the next request. One of the same id is replaced. @throws Failure WRITE */
  enter(override: Override): void {
    this.#catchUp();
    this.#keep([...this.#list.filter((other) => other.id !== override.id), override]);
    this.onOverrides();
  }

  /** @returns false where there is none of this id */
  withdraw(id: string): boolean {
    this.#catchUp();
    const left = this.#list.filter((override) => override.id !== id);
    if (left.length === this.#list.length) return false;
    this.#keep(left);
    this.onOverrides();
    return true;
  }

  /** Keeps the counts of boosts, where they changed: limits hold over a restart, whatever ended the process. */
  keepCounts(): void {
    if (JSON.stringify(this.#book.counts()) === this.#kept) return;
    try {
      this.#catchUp();
      this.#keep(this.#list);
    } catch (error) {
      // A full disk: the next time will do, and no answer waits for it.
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Takes over what another process of this gateway has written since: what is written next must not undo it. */
  #catchUp(): void {
    const stored = this.#overrides.read();
    if (stored !== null) this.adoptOverrides(stored);
  }

  #keep(overrides: readonly Override[]): void {
    const applied = this.#book.counts();
    this.#overrides.write({ schema: "umpire.overrides/1", overrides, applied });
    this.#list = overrides;
    this.#book = new OverrideBook(overrides, applied);
    this.#kept = JSON.stringify(applied);
  }
}

function digest(routing: ModelRouting): string {
  return createHash("sha256").update(JSON.stringify(routing)).digest("hex");
}
