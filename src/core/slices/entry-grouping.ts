import type { Table } from "../tables/table.ts";
import type { Axis, AxisCodes } from "./axis.ts";
import type { Condition } from "./condition.ts";
import { axisPlaces, placeOf, product } from "./cross-codes.ts";
import type { GroupingSource } from "./grouping-source.ts";

/** A combination of axis codes that occurs in the data. */
export interface Occupied {
  readonly codes: readonly number[];
  readonly rows: number;
}

/**
 * Finds the members of one entry in a block; `slices` are their places in the list of all slices, `encoded` gives the
 * codes of an axis in the block.
 */
export type EntryGrouping = (
  block: Table,
  slices: readonly number[],
  encoded: (axis: Axis) => AxisCodes,
) => GroupingSource;

/** @param members a condition (null: every row), or the combinations of axes, each one member */
export function createEntryGrouping(
  members: Condition | null | { readonly axes: readonly Axis[]; readonly members: readonly Occupied[] },
): EntryGrouping {
  if (members === null) return (block, slices) => ({ kind: "every-row", rows: block.rows, none: 0xff, slices });
  if (!("axes" in members)) {
    return (table, slices) => ({ kind: "condition", condition: members, table, none: 0xff, slices });
  }
  return ofAxes(members.axes, members.members);
}

function ofAxes(axes: readonly Axis[], members: readonly Occupied[]): EntryGrouping {
  const sizes = axes.map((axis) => axis.size);
  const wide = members.length > 0xff;
  const none = wide ? 0xffff : 0xff;
  const room = product(sizes);
  const memberAt = (wide ? new Uint16Array(room) : new Uint8Array(room)).fill(none);
  for (const [index, member] of members.entries()) memberAt[placeOf(member.codes, sizes)] = index;
  return (block, slices, encoded) => {
    const places = axisPlaces(axes.map(encoded), sizes);
    return { kind: "cross", rows: block.rows, axes: places, memberAt, none, slices };
  };
}
