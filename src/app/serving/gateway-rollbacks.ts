import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { GatewayOrders, GatewayRollback } from "../../core/registry/gateway-orders.ts";
import { answeringText, rolledBackPartly, rolledBackWholly } from "../../core/serving/roll-back-routing.ts";
import type { ModelRouting } from "../../core/serving/routing-state.ts";
import type { GatewayState, StateStore } from "./gateway-state.ts";
import type { RolledBack } from "../rollout/roll-back.ts";
import type { ServedModel } from "./served-model.ts";

/** Rollbacks made here that the server has not taken over, in the order in which they were made. */
export interface StoredRollbacks {
  readonly schema: "umpire.rollbacks/1";
  readonly rollbacks: readonly GatewayRollback[];
}

export interface RollbackHere {
  readonly model: string;
  /** Null: what the server's last orders say answered before. */
  readonly to: string | null;
  readonly cohort: string | null;
  readonly reason: string;
  readonly by: string;
}

/** As the server's answer to the same question, so that one command shows both. */
export interface RolledBackHere extends RolledBack {
  readonly rollout: null;
}

export interface GatewayRollbackParts {
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly state: GatewayState;
  readonly kept: StateStore<StoredRollbacks>;
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * The brake of a gateway whose server cannot be asked. What is rolled back here counts for the next request, stays over
 * restarts, and stands against the server's orders until the server has written it into its trail.
 */
export class GatewayRollbacks {
  readonly #parts: GatewayRollbackParts;
  /** What the server ordered last; null: this gateway follows none. */
  orders: () => GatewayOrders | null = () => null;
  /** Told when there is something for the server to hear. */
  onChange: () => void = () => undefined;

  constructor(parts: GatewayRollbackParts) {
    this.#parts = parts;
  }

  /** Those that the server has not taken over. Read each time: another process of this gateway may have made one. */
  pending(): readonly GatewayRollback[] {
    return this.#parts.kept.read()?.rollbacks ?? [];
  }

  /** @throws Failure NOT_FOUND, CONFLICT */
  preview(wish: RollbackHere): RolledBackHere {
    return this.#target(wish).result;
  }

  /** The brake: what finds no room to be kept counts all the same, and that is said. @throws Failure NOT_FOUND, CONFLICT */
  rollBack(wish: RollbackHere): RolledBackHere {
    const { state, now, newId } = this.#parts;
    const { result, routing } = this.#target(wish);
    if (!result.changed) return result;
    const { model, cohort, reason, by } = wish;
    const followed = this.orders();
    let unkept: string | null = null;
    if (followed?.models[model] !== undefined) {
      // Kept before it counts: from here on a restart, too, answers by it.
      const made = { id: newId(), model, cohort, to: result.to, reason, by, at: now(), revision: followed.revision };
      // For everyone, it takes the place of whatever was said before.
      const others = this.pending().filter((one) => one.model !== model || cohort !== null);
      unkept = this.#keep([...others, made]);
    }
    const unrouted = state.follow(model, routing);
    unkept ??= unrouted;
    this.onChange();
    if (unkept === null) return result;
    const lost = `no file of the gateway could keep it: ${unkept}. A restart forgets it, and the server's next change of a routing too`;
    return { ...result, follows: [...result.follows, lost, "make room there, then roll back at the server"] };
  }

  /** @returns why it cannot be kept; null: it is */
  #keep(rollbacks: readonly GatewayRollback[]): string | null {
    try {
      this.#parts.kept.write({ schema: "umpire.rollbacks/1", rollbacks });
      return null;
    } catch (error) {
      if (error instanceof Failure && error.code === "WRITE") return error.message;
      throw error;
    }
  }

  /** What the server has taken over, or overruled, stands no longer. */
  settle(ids: ReadonlySet<string>): void {
    const pending = this.pending();
    const left = pending.filter(({ id }) => !ids.has(id));
    if (left.length < pending.length) this.#parts.kept.write({ schema: "umpire.rollbacks/1", rollbacks: left });
  }

  #target({ model, to: named, cohort }: RollbackHere): { result: RolledBackHere; routing: ModelRouting } {
    const served = this.#parts.models.get(model);
    if (served === undefined) {
      const names = [...this.#parts.models.keys()];
      const near = nearest(model, names);
      throw new Failure("NOT_FOUND", {
        message: `this gateway has no model "${model}"`,
        mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `models: ${names.join(", ") || "none"}`],
      });
    }
    const { routing } = served;
    const to = named ?? this.#before(model, routing, cohort);
    if (served.slot(to) === undefined) {
      throw new Failure("NOT_FOUND", {
        message: `this gateway has not loaded version "${to}" of "${model}"`,
        mend: [`loaded: ${served.versions.toSorted().join(", ")}`],
      });
    }
    const next = cohort === null ? rolledBackWholly(routing, to) : rolledBackPartly(routing, cohort, to, model);
    const changed = JSON.stringify(next) !== JSON.stringify(routing);
    const from = answeringText(routing, cohort);
    const who = cohort === null ? "everyone" : `the cohort "${cohort}"`;
    const follows = changed
      ? [
          `version ${to} of ${model} answers ${who} at this gateway, in place of ${from}, from the next request on`,
          this.orders() === null
            ? "it stays so over a restart, until the configuration of the model is changed"
            : "the server hears of it as soon as it can be reached, takes it over for all gateways, and ends a release that runs",
          "nothing is deleted: it can be released again",
        ]
      : [
          `version ${to} answers ${cohort ?? "everyone"} already`,
          `to another that is loaded (${served.versions.join(", ")}): --to VERSION`,
        ];
    return { result: { model, cohort, from, to, changed, follows, rollout: null }, routing: next };
  }

  #before(model: string, routing: ModelRouting, cohort: string | null): string {
    // Who has been rolled back here already is not brought forward again by the same word.
    if (this.pending().some((one) => one.model === model && one.cohort === null)) return routing.champion;
    const ordered = this.orders()?.models[model];
    if (typeof ordered?.back === "string") return ordered.back;
    if (cohort !== null || routing.cohorts.some(({ arms }) => arms.length > 0)) return routing.champion;
    const others = this.#parts.models.get(model)!.versions.filter((version) => version !== routing.champion);
    throw new Failure("CONFLICT", {
      message: `this gateway does not know what answered for "${model}" before version ${routing.champion}`,
      mend:
        others.length === 0
          ? ["no other version is loaded here"]
          : others.slice(0, 10).map((version) => `umpire rollback ${model} --to ${version} --gateway ADDRESS`),
    });
  }
}

/** The routing of a model under the server's orders and the rollbacks that stand against them. */
export function withRollbacks(
  model: string,
  ordered: ModelRouting,
  rollbacks: readonly GatewayRollback[],
): ModelRouting {
  let routing = ordered;
  for (const { model: of, cohort, to } of rollbacks) {
    if (of !== model) continue;
    if (cohort === null) routing = rolledBackWholly(routing, to);
    else if (routing.cohorts.some(({ name }) => name === cohort))
      routing = rolledBackPartly(routing, cohort, to, model);
  }
  return routing;
}
