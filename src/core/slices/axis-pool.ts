import type { Table } from "../tables/table.ts";
import { type Axis, createAxis } from "./axis.ts";
import type { Dimension } from "./slice-entry.ts";

/** Rows that are encoded at a time: their codes of all axes stay in the processor's cache. */
const CHUNK = 16_384;

/** Codes of a chunk of rows by axis. */
export type EncodedChunk = (axis: Axis) => Uint16Array;

/** Gives entries that cut a column the same way the same axis, and encodes every axis once per chunk. */
export interface AxisPool {
  axisOf(dimension: Dimension, edges: readonly number[]): Axis;
  forEachChunk(block: Table, visit: (encoded: EncodedChunk, from: number, count: number) => void): void;
}

export function createAxisPool(): AxisPool {
  const axes = new Map<string, Axis>();
  const codes = new Map<Axis, Uint16Array>();
  return {
    axisOf(dimension, edges) {
      const key = JSON.stringify([
        dimension.column,
        dimension.by,
        dimension.by === "period" ? dimension.period : edges,
      ]);
      const known = axes.get(key);
      if (known !== undefined) return known;
      const axis = createAxis(dimension, edges);
      axes.set(key, axis);
      codes.set(axis, new Uint16Array(CHUNK));
      return axis;
    },
    forEachChunk(block, visit) {
      const encoded: EncodedChunk = (axis) => codes.get(axis)!;
      for (let from = 0; from < block.rows; from += CHUNK) {
        const count = Math.min(CHUNK, block.rows - from);
        for (const [axis, out] of codes) axis.encode(block, from, count, out);
        visit(encoded, from, count);
      }
    },
  };
}
