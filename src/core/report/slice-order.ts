import type { PairedNumber, SliceResult, Verdict } from "../gates/verdict.ts";

/** The deciding metric's numbers of a slice, or null where the slice has none. */
export function deciding(verdict: Pick<Verdict, "metric">, slice: SliceResult): PairedNumber | null {
  return slice.metrics[verdict.metric] ?? null;
}

/** Difference and interval turned so that more is better and [low, high] is ascending. */
export function oriented(numbers: PairedNumber | null): {
  difference: number | null;
  interval: readonly [number, number] | null;
} {
  if (numbers === null) return { difference: null, interval: null };
  if (numbers.direction === 1) return { difference: numbers.difference, interval: numbers.interval };
  return {
    difference: numbers.difference === null ? null : -numbers.difference,
    interval: numbers.interval === null ? null : [-numbers.interval[1], -numbers.interval[0]],
  };
}

/** What a slice costs the challenger: weight x loss on the deciding metric (0 where it does not lose). */
export function costOf(weight: number, difference: number | null): number {
  return difference === null ? 0 : weight * Math.max(0, -difference);
}

export interface OrderFacts {
  readonly weight: number;
  readonly blocking: boolean;
  readonly outcome: string;
  /** Oriented: positive is better. */
  readonly difference: number | null;
}

/** Blocking slices that do not pass, then by what they cost, then the other blocking ones, then the heaviest. */
export function compareByCost(a: OrderFacts, b: OrderFacts): number {
  const trouble = (s: OrderFacts): number => (s.blocking && s.outcome !== "pass" ? (s.outcome === "fail" ? 2 : 1) : 0);
  return (
    trouble(b) - trouble(a) ||
    costOf(b.weight, b.difference) - costOf(a.weight, a.difference) ||
    Number(b.blocking) - Number(a.blocking) ||
    b.weight - a.weight ||
    (a.difference ?? 0) - (b.difference ?? 0)
  );
}

/** Slices in the order in which a reader should look at them; ties keep the policy's order. */
export function byCost(verdict: Verdict): SliceResult[] {
  const facts = (s: SliceResult): OrderFacts => ({ ...s, difference: oriented(deciding(verdict, s)).difference });
  return verdict.slices
    .map((slice) => ({ slice, facts: facts(slice) }))
    .sort((a, b) => compareByCost(a.facts, b.facts))
    .map(({ slice }) => slice);
}
