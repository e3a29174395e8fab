import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allBlocks, contractRows, tableReaderContract } from "../../../test/contracts/table-reader.contract.ts";
import { createDuckDbTableReader } from "./duckdb-table-reader.ts";
import { openEngine } from "./engine.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-test-"));
const reader = createDuckDbTableReader();
const at = (name: string): string => join(folder, name);

const quote = (value: string | number | boolean | null): string => {
  if (value === null) return "";
  return typeof value === "string" && /[",\t]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);
};
const delimited = (delimiter: string): string => {
  const names = Object.keys(contractRows[0] ?? {});
  const lines = contractRows.map((row) => Object.values(row).map(quote).join(delimiter));
  return `${[names.join(delimiter), ...lines].join("\n")}\n`;
};

const texts: Record<string, string> = {
  "rows.csv": delimited(","),
  "rows.tsv": delimited("\t"),
  "rows.json": JSON.stringify(contractRows, null, 1),
  "rows.jsonl": contractRows.map((row) => JSON.stringify(row)).join("\n"),
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(at(name), text);
    writeFileSync(at(`${name}.gz`), gzipSync(text));
  }
  const engine = await openEngine();
  await engine.connection.run(
    `COPY (SELECT id, "user", CAST("count" AS SMALLINT) AS "count", score, liked, area, CAST(seen AS TIMESTAMPTZ) AS seen FROM read_json('${at("rows.jsonl")}')) TO '${at("rows.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  engine.close();
  writeFileSync(at("rows.parquet.gz"), gzipSync(readFileSync(at("rows.parquet"))));
});
afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true });
});

for (const name of ["rows.parquet", "rows.parquet.gz", ...Object.keys(texts).flatMap((text) => [text, `${text}.gz`])]) {
  describe(`reading ${name}`, () => {
    tableReaderContract(async () => ({ reader, path: at(name) }));
  });
}

describe("inputs of several files", () => {
  it("reads a folder, a glob and a list in the same order", async () => {
    mkdirSync(at("days"));
    for (const day of [2, 1, 3])
      writeFileSync(at(`days/day-${day}.csv`), `day,n\n${day},${day * 10}\n${day},${day * 10 + 1}\n`);
    const list = [at("days/day-1.csv"), at("days/day-2.csv"), at("days/day-3.csv")];
    for (const inputs of [[at("days")], [at("days/*.csv")], list]) {
      const source = await reader.open(inputs);
      expect(source.files).toEqual(list);
      const blocks = await allBlocks(source.read({ columns: [{ name: "n", as: "number" }] }));
      expect(blocks.flatMap((block) => [...(block.columns.get("n") as { values: Float64Array }).values])).toEqual([
        10, 11, 20, 21, 30, 31,
      ]);
    }
  });

  it("takes a column from folders named column=value, unless the files hold it themselves", async () => {
    const engine = await openEngine();
    for (const day of [1, 2]) {
      mkdirSync(at(`parts/day=${day}`), { recursive: true });
      mkdirSync(at(`both/day=${day}`), { recursive: true });
      await engine.connection.run(
        `COPY (SELECT ${day} * 10 AS n) TO '${at(`parts/day=${day}/a.parquet`)}' (FORMAT parquet)`,
      );
      await engine.connection.run(
        `COPY (SELECT ${day} * 100 AS day) TO '${at(`both/day=${day}/a.parquet`)}' (FORMAT parquet)`,
      );
    }
    engine.close();
    const days = async (folder: string): Promise<number[]> => {
      const source = await reader.open([at(folder)]);
      const blocks = await allBlocks(source.read({ columns: [{ name: "day", as: "number" }] }));
      return blocks.flatMap((block) => [...(block.columns.get("day") as { values: Float64Array }).values]);
    };
    expect(await days("parts")).toEqual([1, 2]);
    expect(await days("both")).toEqual([100, 200]);
  });

  it.each([
    ["no ending", "table", "n,b\n1,2\n3,4\n"],
    ["comments before the header", "top.csv", '# made by "night\n\n# on Monday\nn,b\n1,2\n3,4\n'],
    ["sep=", "sep.csv", "sep=;\r\nn;b\r\n1;2\r\n3;4\r\n"],
    ["a byte order mark and a comment", "mark.csv", "\uFEFF# x\nn,b\n1,2\n3,4\n"],
    ["gzip under another name", "packed.csv", gzipSync("n,b\n1,2\n3,4\n")],
    ["plain text under .gz", "plain.csv.gz", "n,b\n1,2\n3,4\n"],
    ["JSON lines without an ending", "records", '{"n":1,"b":2}\n{"n":3,"b":4}\n'],
    ["an array under .csv", "array.csv", '[{"n":1,"b":2},{"n":3,"b":4}]'],
  ])("reads what umpire check reads: %s", async (_what, name, content) => {
    writeFileSync(at(name), content);
    const source = await reader.open([at(name)]);
    expect(source.columns.map((column) => column.name)).toEqual(["n", "b"]);
    const blocks = await allBlocks(source.read({ columns: [{ name: "n", as: "number" }] }));
    expect(blocks.flatMap((block) => [...(block.columns.get("n") as { values: Float64Array }).values])).toEqual([1, 3]);
  });

  it("refuses a file of the list that has other columns, and names both", async () => {
    writeFileSync(at("one.csv"), "a,b\n1,2\n");
    writeFileSync(at("two.csv"), "a,c\n1,2\n");
    await expect(reader.open([at("one.csv"), at("two.csv")])).rejects.toMatchObject({
      code: "COLUMN_MISSING",
      where: at("two.csv"),
      message: expect.stringMatching(/lacks "b" and has "c"/),
    });
  });
});

describe("files that cannot be read", () => {
  const packedBlock = gzipSync("a\n".repeat(4_000_000));
  const cases: [string, string | Buffer, string, RegExp][] = [
    ["empty.csv", "", "FILE_EMPTY", /0 bytes/],
    ["blank.csv", "\n \n", "FILE_EMPTY", /blank lines/],
    ["header.csv", "a,b\n", "FILE_EMPTY", /no rows/],
    ["page.csv", "<!DOCTYPE html><html>", "FILE_UNREADABLE", /content is HTML/],
    ["twice.csv.gz", gzipSync(gzipSync("a\n1\n")), "FILE_UNREADABLE", /content is gzip/],
    ["cut.csv.gz", gzipSync(delimited(",")).subarray(0, 400), "FILE_UNREADABLE", /truncated/],
    [
      "bomb.csv.gz",
      Buffer.concat(Array.from({ length: 40 }, () => packedBlock)),
      "FILE_UNREADABLE",
      /decompression bomb/,
    ],
    [
      "columns.csv",
      `${Array.from({ length: 20_000 }, (_, i) => `c${i}`).join(",")}\n`,
      "FILE_UNREADABLE",
      /at most 16384/,
    ],
    ["text.parquet", "a,b\n1,2\n", "FILE_UNREADABLE", /looks like CSV/],
    ["wide.csv", "\uFEFFa,b\n1,2\n", "", /^$/],
    ["utf16.csv", Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"), "FILE_UNREADABLE", /UTF-16/],
    ["latin.csv", Buffer.from("a,b\n1,\xe9\n", "latin1"), "FILE_UNREADABLE", /not UTF-8/],
    ["ragged.csv", "a,b\n1,2\n3\n", "FILE_UNREADABLE", /1 fields where the header has 2/],
    ["twice.csv", "a,a\n1,2\n", "FILE_UNREADABLE", /two columns are named "a"/],
    ["noheader.csv", "1,2\n3,4\n", "FILE_UNREADABLE", /first line holds numbers/],
    ["short.csv", "a,b,c\n1,2,3\n4,5", "FILE_UNREADABLE", /last line has 2 of 3 fields and no line end/],
    ["bad.jsonl", '{"a":1}\n{"a":\n', "FILE_UNREADABLE", /not one JSON object/],
    ["scalar.json", "[1,2]", "FILE_UNREADABLE", /not a table/],
    ["data.bin", Buffer.from([1, 0, 2, 0, 0, 9]), "FILE_UNREADABLE", /the content is binary/],
    ["cast.csv", `# by night\n"made\n\nn,a,b\n${"1,2,3\n".repeat(60_000)}2,x,4\n`, "COLUMN_TYPE", /holds 'x'/],
  ];
  for (const [name, content, code, message] of cases.filter((entry) => entry[2] !== "")) {
    it(`says what is wrong with ${name}`, async () => {
      writeFileSync(at(name), content);
      const attempt = async (): Promise<unknown> => {
        const source = await reader.open([at(name)]);
        return await allBlocks(
          source.read({ columns: source.columns.map((column) => ({ name: column.name, as: "auto" })) }),
        );
      };
      await expect(attempt()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    });
  }

  it("reads a CSV with a byte order mark as if it had none", async () => {
    writeFileSync(at("bom.csv"), "\uFEFFa,b\n1,2\n");
    expect((await reader.open([at("bom.csv")])).columns.map((column) => column.name)).toEqual(["a", "b"]);
  });

  it("reads a last line that is whole but has no line end, and lines that end in CRLF or LF", async () => {
    writeFileSync(at("ends.csv"), "a,b\r\n1,x\n2,y\r\n3,z");
    const source = await reader.open([at("ends.csv")]);
    const [block] = await allBlocks(source.read({ columns: [{ name: "b", as: "category" }] }));
    expect(block?.columns.get("b")).toMatchObject({ dictionary: { texts: ["x", "y", "z"] } });
  });

  it("says that a Parquet file was cut", async () => {
    const whole = readFileSync(at("rows.parquet"));
    writeFileSync(at("cut.parquet"), whole.subarray(0, whole.length - 200));
    await expect(reader.open([at("cut.parquet")])).rejects.toMatchObject({
      message: expect.stringContaining("truncated"),
    });
  });

  it("offers the nearest file names for one that is missing", async () => {
    await expect(reader.open([at("row.csv")])).rejects.toMatchObject({
      code: "FILE_MISSING",
      mend: [expect.stringContaining("rows.csv")],
    });
  });

  it("says file, line, column and value of a text where a number is asked for", async () => {
    writeFileSync(at("typed.csv"), 'a,b\n"x\ny",1\nz,"thirty"\nw,3\n');
    const source = await reader.open([at("typed.csv")]);
    await expect(allBlocks(source.read({ columns: [{ name: "b", as: "number" }] }))).rejects.toMatchObject({
      code: "COLUMN_TYPE",
      where: `${at("typed.csv")}:4`,
      message: expect.stringMatching(/"b" is read as a number but holds 'thirty' \(1 of 3 values is not\)/),
    });
  });

  it("reads names and paths that hold quotes without harm", async () => {
    const path = at(`a'b"; drop table x; --.csv`);
    writeFileSync(path, `"c""'); select 1; --",d\n1,2\n`);
    const source = await reader.open([path]);
    const name = `c"'); select 1; --`;
    expect(source.columns.map((column) => column.name)).toEqual([name, "d"]);
    const [block] = await allBlocks(source.read({ columns: [{ name, as: "category" }], unit: [name] }));
    expect(block?.columns.get(name)).toMatchObject({ dictionary: { texts: ["1"] } });
  });
});
