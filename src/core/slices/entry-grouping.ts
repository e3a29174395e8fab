import type { Table } from "../tables/table.ts";
import type { Axis } from "./axis.ts";
import type { Condition } from "./condition.ts";
import { conditionMask } from "./condition-mask.ts";
import { combined, placeOf } from "./cross-codes.ts";
import type { Grouping } from "./slice.ts";

/** A combination of axis codes that occurs in the data. */
export interface Occupied {
  readonly codes: readonly number[];
  readonly rows: number;
}

/** Finds the members of one entry in a block; `slices` are their places in the list of all slices. */
export type EntryGrouping = (block: Table, slices: readonly number[]) => Grouping;

/** @param members a condition (null: every row), or the combinations of axes, each one member */
export function createEntryGrouping(
  members: Condition | null | { readonly axes: readonly Axis[]; readonly members: readonly Occupied[] },
): EntryGrouping {
  if (members === null) {
    return (block, slices) => ({ codes: new Uint8Array(block.rows), none: 0xff, slices });
  }
  if (!("axes" in members)) return (block, slices) => ofCondition(members, block, slices);
  return ofAxes(members.axes, members.members);
}

function ofCondition(condition: Condition, block: Table, slices: readonly number[]): Grouping {
  const codes = conditionMask(condition, block);
  // 1 becomes member 0, 0 becomes none.
  for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! - 1;
  return { codes, none: 0xff, slices };
}

function ofAxes(axes: readonly Axis[], members: readonly Occupied[]): EntryGrouping {
  const sizes = axes.map((axis) => axis.size);
  const wide = members.length > 0xff;
  const none = wide ? 0xffff : 0xff;
  const room = sizes.reduce((total, size) => total * size, 1);
  const memberAt = (wide ? new Uint16Array(room) : new Uint8Array(room)).fill(none);
  for (const [index, member] of members.entries()) memberAt[placeOf(member.codes, sizes)] = index;
  return (block, slices) => {
    const places = combined(
      axes.map((axis) => {
        const codes = new Uint16Array(block.rows);
        axis.encode(block, codes);
        return codes;
      }),
      sizes,
      block.rows,
    );
    const codes = wide ? new Uint16Array(block.rows) : new Uint8Array(block.rows);
    for (let i = 0; i < block.rows; i++) codes[i] = places[i]! < 0 ? none : memberAt[places[i]!]!;
    return { codes, none, slices };
  };
}
