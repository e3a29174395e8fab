import type { Table } from "../tables/table.ts";
import { bigMemory } from "../tables/big-memory.ts";
import type { Condition } from "./condition.ts";
import { conditionMask } from "./condition-mask.ts";
import { type AxisPlaces, bytePair, forPlaces, placeOfPair } from "./cross-codes.ts";
import type { Grouping } from "./slice.ts";

/**
 * A grouping whose codes are made when a kernel asks for them and thrown away afterwards: a hundred groupings of ten
 * million rows would not fit into memory at once. Plain data, so that it can be handed to a worker.
 */
export type GroupingSource = Grouping | CrossSource | ConditionSource | EveryRowSource;

interface CrossSource extends Omit<Grouping, "codes"> {
  readonly kind: "cross";
  readonly rows: number;
  readonly axes: readonly AxisPlaces[];
  /** Member by place of the combination; `none` where the combination makes no slice. */
  readonly memberAt: Uint8Array | Uint16Array;
}

interface ConditionSource extends Omit<Grouping, "codes"> {
  readonly kind: "condition";
  readonly condition: Condition;
  readonly table: Table;
}

interface EveryRowSource extends Omit<Grouping, "codes"> {
  readonly kind: "every-row";
  readonly rows: number;
}

/** The grouping with its codes; a new array at each call, unless they are there already. */
export function withCodes(source: GroupingSource): Grouping {
  if ("codes" in source) return source;
  const { none, slices } = source;
  return { codes: codesOf(source), none, slices };
}

function codesOf(source: Exclude<GroupingSource, Grouping>): Uint8Array | Uint16Array {
  switch (source.kind) {
    case "every-row":
      return codeArray(source.rows, source.none);
    case "condition": {
      const mask = conditionMask(source.condition, source.table);
      const codes = codeArray(mask.length, source.none);
      // 1 becomes member 0, 0 becomes none.
      for (let i = 0; i < codes.length; i++) codes[i] = mask[i]! - 1;
      return codes;
    }
    case "cross":
      return crossCodes(source);
  }
}

/** An array for the codes of so many rows, of the type that holds `none`. */
export function codeArray(rows: number, none: number): Uint8Array | Uint16Array {
  return none > 0xff ? new Uint16Array(bigMemory(rows * 2)) : new Uint8Array(bigMemory(rows));
}

function crossCodes({ axes, rows, memberAt, none }: CrossSource): Uint8Array | Uint16Array {
  const codes = codeArray(rows, none);
  const room = memberAt.length;
  const member = (place: number): number => (place < room ? memberAt[place]! : none);
  const pair = bytePair(axes);
  if (pair !== null) {
    const memberOf = new Uint16Array(0x10000);
    for (let at = 0; at < memberOf.length; at++) memberOf[at] = member(placeOfPair(pair, at));
    lookUpPairs(pair[0].raw, pair[1].raw, memberOf, codes);
    return codes;
  }
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) {
    const memberOf = Uint16Array.from(only.places, member);
    lookUp(only.raw, memberOf, codes);
    return codes;
  }
  forPlaces(axes, rows, (places, start, n) => {
    for (let i = 0; i < n; i++) codes[start + i] = member(places[i]!);
  });
  return codes;
}

function lookUp(raw: Uint8Array | Uint16Array, memberOf: Uint16Array, codes: Uint8Array | Uint16Array): void {
  for (let i = 0; i < codes.length; i++) codes[i] = memberOf[raw[i]!]!;
}

function lookUpPairs(
  first: Uint8Array,
  second: Uint8Array,
  memberOf: Uint16Array,
  codes: Uint8Array | Uint16Array,
): void {
  for (let i = 0; i < codes.length; i++) codes[i] = memberOf[(first[i]! << 8) | second[i]!]!;
}
