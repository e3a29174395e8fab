/** What people decide over the model's head. Each ends by itself where it has an expiry. */
export type Override = BlockOverride | BoostOverride | OptOutOverride;

interface OverrideBase {
  readonly id: string;
  /** Null: every model. */
  readonly model: string | null;
  /** Milliseconds since 1970; null: until removed. */
  readonly expires: number | null;
  readonly reason: string;
  readonly by: string;
}

/** The item (or the record of this id) is never shown: left out of lists, answered without a prediction elsewhere. */
export interface BlockOverride extends OverrideBase {
  readonly kind: "block";
  readonly item: string;
}

/** The item's score is raised: multiplied, then added to. */
export interface BoostOverride extends OverrideBase {
  readonly kind: "boost";
  readonly item: string;
  readonly factor: number;
  readonly add: number;
  /** How many predictions it may touch; null: any number. */
  readonly limit: number | null;
}

/** Nothing personal of this unit is used or kept. */
export interface OptOutOverride extends OverrideBase {
  readonly kind: "opt-out";
  readonly unit: string;
}

/** What happened to one score. */
export interface OverrideEffect {
  readonly kind: "block" | "boost";
  readonly id: string;
  readonly reason: string;
}

/** The overrides in force, found in constant time. Counts how often each boost was applied. */
export class OverrideBook {
  readonly #blocks = new Map<string, BlockOverride[]>();
  readonly #boosts = new Map<string, BoostOverride[]>();
  readonly #optedOut = new Map<string, OptOutOverride[]>();
  readonly #applied = new Map<string, number>();
  readonly size: number;

  /** @param applied how often each boost was applied so far, by id */
  constructor(overrides: readonly Override[], applied: Readonly<Record<string, number>> = {}) {
    this.size = overrides.length;
    for (const override of overrides) {
      if (override.kind === "block") push(this.#blocks, override.item, override);
      else if (override.kind === "boost") push(this.#boosts, override.item, override);
      else push(this.#optedOut, override.unit, override);
    }
    for (const [id, count] of Object.entries(applied)) this.#applied.set(id, count);
  }

  isOptedOut(model: string, unit: string | null, now: number): boolean {
    if (unit === null || this.#optedOut.size === 0) return false;
    return this.#optedOut.get(unit)?.some((override) => inForce(override, model, now)) ?? false;
  }

  /** The block on an item, if any. */
  block(model: string, item: string | null, now: number): OverrideEffect | null {
    if (item === null || this.#blocks.size === 0) return null;
    const found = this.#blocks.get(item)?.find((override) => inForce(override, model, now));
    return found === undefined ? null : { kind: "block", id: found.id, reason: found.reason };
  }

  /** The boosted score, or null where no boost is in force. Each boost that is applied counts towards its limit. */
  boost(
    model: string,
    item: string | null,
    score: number,
    now: number,
  ): { score: number; effect: OverrideEffect } | null {
    if (item === null || this.#boosts.size === 0) return null;
    const found = this.#boosts
      .get(item)
      ?.find((boost) => inForce(boost, model, now) && (boost.limit === null || this.applied(boost.id) < boost.limit));
    if (found === undefined) return null;
    this.#applied.set(found.id, this.applied(found.id) + 1);
    return {
      score: score * found.factor + found.add,
      effect: { kind: "boost", id: found.id, reason: found.reason },
    };
  }

  applied(id: string): number {
    return this.#applied.get(id) ?? 0;
  }

  /** How often each boost was applied, to be kept with the overrides. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#applied);
  }
}

function inForce(override: Override, model: string, now: number): boolean {
  return (override.model === null || override.model === model) && (override.expires === null || now < override.expires);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
