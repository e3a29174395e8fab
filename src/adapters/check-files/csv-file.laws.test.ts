import fc from "fast-check";
import { expect, test } from "vitest";
import { joinRow } from "../../core/data-quality/raw-row.ts";
import { CsvFile } from "./csv-file.ts";
import { ProblemTally } from "./problem-tally.ts";

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => value.toFixed(3)),
  fc.constantFrom("", "red", "Größe", "a,b", 'say "yes"', "two\nlines", "2026-11-23 08:00:00", "0042", "x".repeat(300)),
);
const table = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }).map(String), cell, cell), {
  minLength: 1,
  maxLength: 250,
});

async function readInPieces(
  text: string,
  sizes: readonly number[],
): Promise<{ cells: string[][]; lines: number[]; raws: string[]; rejects: number }> {
  const problems = new ProblemTally();
  const csv = new CsvFile(
    {
      delimiter: ",",
      names: ["id", "a", "b"],
      headerLine: 1,
      header: "id,a,b",
      rowsAt: 7,
      trailing: false,
      offset: 0,
      carriageReturns: false,
    },
    problems,
  );
  async function* pieces(): AsyncGenerator<Buffer> {
    const bytes = Buffer.from(text);
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length]!;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const found = { cells: [] as string[][], lines: [] as number[], raws: [] as string[], rejects: 0 };
  for await (const block of csv.blocks(pieces())) {
    found.rejects += block.rejects.length;
    for (let row = 0; row < block.rows; row++) {
      found.cells.push(block.columns.map((column) => column.text(row)));
      found.lines.push(block.lines[row]!);
      found.raws.push(block.raw(row));
      for (const column of block.columns) {
        const value = column.numbers[row]!;
        if (/^-?\d+(\.\d+)?$/.test(column.text(row))) expect(value).toBe(Number(column.text(row)));
      }
    }
  }
  return found;
}

test("whatever the cells hold and wherever the pieces end, every cell, line number and raw text comes back", async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.array(fc.integer({ min: 1, max: 6000 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (rows, sizes, last) => {
        const raws = rows.map((row) => joinRow(row, ","));
        const text = `id,a,b\n${raws.join("\n")}${last ? "\n" : ""}`;
        const found = await readInPieces(text, sizes);
        expect(found.rejects).toBe(0);
        expect(found.cells).toEqual(rows);
        expect(found.raws).toEqual(raws);
        let line = 2;
        for (const [i, raw] of raws.entries()) {
          expect(found.lines[i]).toBe(line);
          line += raw.split("\n").length;
        }
      },
    ),
    { numRuns: 60 },
  );
});
