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

test("a flag that alternates with the row number keeps both of its values", () => {
  const values = Uint8Array.from({ length: 1000 }, (_, row) => row % 2);
  const sampler = createRowSampler(["flag"], 100);
  sampler.add({ rows: 1000, firstRow: 0, columns: new Map([["flag", { name: "flag", kind: "boolean", values }]]) });
  const { table, rowNumbers, every } = sampler.finish();
  expect(every).toBe(16);
  expect(table.rows).toBeGreaterThanOrEqual(62);
  const kept = table.columns.get("flag")!;
  const ones = kept.kind === "boolean" ? kept.values.reduce((sum, value) => sum + value, 0) : 0;
  expect(ones).toBeGreaterThan(20);
  expect(ones).toBeLessThan(42);
  expect([...rowNumbers].every((row, at) => Math.floor(row / 16) === at)).toBe(true);
});
