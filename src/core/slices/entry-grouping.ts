import type { Table } from "../tables/table.ts";
import type { Axis } from "./axis.ts";
import type { EncodedChunk } from "./axis-pool.ts";
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
export interface EntryGrouping {
  /** The grouping; where it has axes, its codes are filled chunk by chunk. */
  start(block: Table, slices: readonly number[]): Grouping;
  fill?(grouping: Grouping, encoded: EncodedChunk, from: number, count: number): void;
}

/** Every row in the one slice. */
export const everyRow: EntryGrouping = {
  start: (block, slices) => ({ codes: new Uint8Array(block.rows), none: 0xff, slices }),
};

/** One slice, of the rows for which the condition holds. */
export function conditionGrouping(condition: Condition): EntryGrouping {
  return {
    start(block, slices) {
      const codes = conditionMask(condition, block);
      // 1 becomes member 0, 0 becomes none.
      for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! - 1;
      return { codes, none: 0xff, slices };
    },
  };
}

/** One slice per combination. */
export function axesGrouping(axes: readonly Axis[], members: readonly Occupied[]): EntryGrouping {
  const sizes = axes.map((axis) => axis.size);
  const wide = members.length > 0xff;
  const none = wide ? 0xffff : 0xff;
  const room = sizes.reduce((total, size) => total * size, 1);
  const memberAt = (wide ? new Uint16Array(room) : new Uint8Array(room)).fill(none);
  for (const [index, member] of members.entries()) memberAt[placeOf(member.codes, sizes)] = index;
  return {
    start: (block, slices) => ({
      codes: wide ? new Uint16Array(block.rows) : new Uint8Array(block.rows),
      none,
      slices,
    }),
    fill({ codes }, encoded, from, count) {
      const [first, second] = axes.map(encoded);
      const width = sizes[1];
      // Values that the plan did not see have codes beyond its sizes.
      const grown = axes.some((axis, index) => axis.size > sizes[index]! || axis.overflowed);
      if (!grown && axes.length === 1) {
        for (let i = 0; i < count; i++) codes[from + i] = memberAt[first![i]!]!;
      } else if (!grown && axes.length === 2) {
        for (let i = 0; i < count; i++) codes[from + i] = memberAt[first![i]! * width! + second![i]!]!;
      } else {
        const places = combined(axes.map(encoded), sizes, count);
        for (let i = 0; i < count; i++) codes[from + i] = places[i]! < 0 ? none : memberAt[places[i]!]!;
      }
    },
  };
}
