import { expect, test } from "vitest";
import { memoryTableSource } from "../ports/memory-table-source.ts";
import type { TableReader } from "../ports/table-reader.ts";
import { filteredReader } from "./filtered-reader.ts";

const source = memoryTableSource(
  [
    { name: "at", kind: "time", values: Float64Array.of(10, 20, 30, 40) },
    { name: "time", kind: "number", values: Float64Array.of(1, 2, 3, 4) },
    { name: "x", kind: "number", values: Float64Array.of(5, 6, 7, 8) },
  ],
  4,
);
const reader: TableReader = { open: () => Promise.resolve(source), close: () => Promise.resolve() };

test("only rows of the cohort and the period come, under the name that a column was given", async () => {
  const open = await filteredReader(reader, {
    where: { kind: "range", column: "x", range: { below: 8 } },
    time: { column: "at", from: 20, until: 40 },
    rename: new Map([["at", "time"]]),
  }).open(["log"]);
  expect(open.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ["time", "time"],
    ["x", "number"],
  ]);
  expect(await open.countRows()).toBe(2);
  const blocks = [];
  for await (const block of open.read({ columns: [{ name: "time", as: "time" }] })) blocks.push(block);
  expect(blocks.map(({ rows, firstRow }) => [rows, firstRow])).toEqual([[2, 0]]);
  expect([...blocks[0]!.columns.keys()]).toEqual(["time"]);
  expect(blocks[0]!.columns.get("time")).toMatchObject({ kind: "time", values: Float64Array.of(20, 30) });
});
