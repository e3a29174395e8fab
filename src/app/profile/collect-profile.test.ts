import { expect, test } from "vitest";
import type { Column } from "../../core/tables/table.ts";
import type { ReadRequest, TableBlock, TableSource } from "../ports/table-reader.ts";
import { collectProfile, exactFrameRows, rowsKept } from "./collect-profile.ts";

/** Rows of one number column `x`, in blocks. */
function source(values: Float64Array, blockRows: number): TableSource {
  return {
    files: ["memory"],
    columns: [{ name: "x", kind: "number", type: "DOUBLE" }],
    typed: true,
    countRows: () => Promise.resolve(values.length),
    fingerprint: () => Promise.resolve(""),
    duplicates: () => Promise.resolve(null),
    rowsWithNull: () => Promise.resolve(0),
    async *read(_request: ReadRequest): AsyncGenerator<TableBlock> {
      for (let start = 0; start < values.length; start += blockRows) {
        const part = values.slice(start, start + blockRows);
        const column: Column = { name: "x", kind: "number", values: part };
        yield { rows: part.length, firstRow: start, columns: new Map([["x", column]]) };
      }
    },
  };
}

const request = {
  columns: [{ name: "x", as: "auto" as const }],
  frame: null,
  frameOptions: {},
  time: null,
  by: null,
  runRows: null,
  sampleRows: 1000,
};

test("more columns than memory should hold are refused with the way out", async () => {
  const columns = Array.from({ length: 2001 }, (_, i) => ({ name: `c${i}`, as: "auto" as const }));
  const answer = collectProfile(source(Float64Array.of(1), 1), { ...request, columns });
  await expect(answer).rejects.toMatchObject({ code: "DATA", mend: [expect.stringContaining("--columns")] });
});

test("a large file that is sorted is read twice, so that its bins hold about a thousandth each", async () => {
  const sorted = Float64Array.from({ length: 200_000 }, (_, i) => i / 7);
  const { whole, sample } = await collectProfile(source(sorted, 30_000), request);
  expect(whole.rows).toBe(200_000);
  expect(Math.max(...whole.columns[0]!.counts)).toBeLessThan(0.02 * 200_000);
  expect(sample.complete).toBe(false);
  expect(sample.table.rows).toBeGreaterThanOrEqual(500);
  expect(sample.table.rows).toBeLessThanOrEqual(1000);
});

test("the block size changes neither counts nor sample", async () => {
  const values = Float64Array.from({ length: 5000 }, (_, i) => (i * 37) % 501);
  const [a, b] = await Promise.all(
    [source(values, 5000), source(values, 313)].map((one) => collectProfile(one, request)),
  );
  expect(a!.whole.columns[0]!.counts).toEqual(b!.whole.columns[0]!.counts);
  expect(a!.sample.rowNumbers).toEqual(b!.sample.rowNumbers);
});

test("a wide table keeps fewer rows, so that what is kept is bounded in values", () => {
  expect(rowsKept(exactFrameRows, 20)).toBe(exactFrameRows);
  expect(rowsKept(exactFrameRows, 2000)).toBe(16_777);
  expect(rowsKept(500, 2000)).toBe(500);
  expect(rowsKept(exactFrameRows, 0)).toBe(exactFrameRows);
});
