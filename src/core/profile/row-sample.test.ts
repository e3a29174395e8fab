import { expect, test } from "vitest";
import type { Table } from "../tables/table.ts";
import { createRowSampler } from "./row-sample.ts";

function block(firstRow: number, rows: number): Table {
  const values = Float64Array.from({ length: rows }, (_, row) => 3 * (firstRow + row));
  return { rows, firstRow, columns: new Map([["x", { name: "x", kind: "number", values }]]) };
}

test.each([1, 99, 100, 101, 200, 201, 1000, 1601])(
  "the sample of %i rows is the same when their number is known",
  (rows) => {
    const samples = [0, rows].map((expected) => {
      const sampler = createRowSampler(["x"], 100, expected);
      for (let row = 0; row < rows; row += 37) sampler.add(block(row, Math.min(37, rows - row)));
      return sampler.finish();
    });
    expect(samples[1]).toEqual(samples[0]);
    expect(samples[0]!.complete).toBe(rows <= 100);
  },
);
