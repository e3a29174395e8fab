import { hash } from "node:crypto";
import { expect, it } from "vitest";
import type { ReadRequest, TableBlock, TableReader } from "../../src/app/ports/table-reader.ts";
import type { Column } from "../../src/core/tables/table.ts";
import { nullCode } from "../../src/core/tables/table.ts";

/** The rows that every format holds in the contract: each kind of column, nulls, quotes, text beyond ASCII. */
export interface ContractRow {
  readonly id: number;
  readonly user: string | null;
  readonly count: number | null;
  readonly score: number | null;
  readonly liked: boolean | null;
  readonly area: string | null;
  readonly seen: string | null;
}

export const contractRows: readonly ContractRow[] = Array.from({ length: 5000 }, (_, i) => ({
  id: i,
  user: i % 97 === 5 ? null : `u${(i * 7919) % 613}`,
  count: i % 11 === 3 ? null : ((i * 31) % 1000) - 500,
  score: i % 13 === 4 ? null : ((i * 17) % 1009) / 1009,
  liked: i % 17 === 6 ? null : i % 3 === 0,
  area: i % 19 === 7 ? null : (["north", 'so"uth', "east, far", "west é 東", "it's"][(i * i) % 5] ?? ""),
  seen: i % 23 === 8 ? null : new Date(Date.UTC(2026, 0, 1) + i * 3_600_000).toISOString(),
}));

/** Every block of a read, in order. */
export async function allBlocks(blocks: AsyncIterable<TableBlock>): Promise<TableBlock[]> {
  const all: TableBlock[] = [];
  for await (const block of blocks) all.push(block);
  return all;
}

/** What any {@link TableReader} promises, over one file that holds {@link contractRows} in its order. */
export function tableReaderContract(open: () => Promise<{ reader: TableReader; path: string }>): void {
  const read = async (request: ReadRequest): Promise<TableBlock[]> => {
    const { reader, path } = await open();
    const source = await reader.open([path]);
    return await allBlocks(source.read(request));
  };

  it("names the columns and the kind of each", async () => {
    const { reader, path } = await open();
    const source = await reader.open([path]);
    expect(source.files).toEqual([path]);
    expect(source.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["id", "number"],
      ["user", "category"],
      ["count", "number"],
      ["score", "number"],
      ["liked", "boolean"],
      ["area", "category"],
      ["seen", "time"],
    ]);
    expect(await source.countRows()).toBe(contractRows.length);
  });

  it("gives every value of every row in file order, nulls told apart", async () => {
    const blocks = await read({ columns: Object.keys(contractRows[0] ?? {}).map((name) => ({ name, as: "auto" })) });
    expect(valuesOf(blocks, "id")).toEqual(contractRows.map((row) => row.id));
    expect(valuesOf(blocks, "user")).toEqual(contractRows.map((row) => row.user));
    expect(valuesOf(blocks, "count")).toEqual(contractRows.map((row) => row.count));
    expect(valuesOf(blocks, "score")).toEqual(contractRows.map((row) => row.score));
    expect(valuesOf(blocks, "liked")).toEqual(
      contractRows.map((row) => (row.liked === null ? null : Number(row.liked))),
    );
    expect(valuesOf(blocks, "area")).toEqual(contractRows.map((row) => row.area));
    expect(valuesOf(blocks, "seen")).toEqual(
      contractRows.map((row) => (row.seen === null ? null : Date.parse(row.seen))),
    );
  });

  it("cuts blocks of the size asked for, with dictionaries that are whole from the first block", async () => {
    const blocks = await read({ columns: [{ name: "user", as: "category" }], blockRows: 999 });
    expect(blocks.map((block) => [block.firstRow, block.rows])).toEqual([
      [0, 999],
      [999, 999],
      [1998, 999],
      [2997, 999],
      [3996, 999],
      [4995, 5],
    ]);
    const dictionaries = new Set(blocks.map((block) => dictionaryOf(block, "user")));
    expect(dictionaries.size).toBe(1);
    const appeared = [...new Set(contractRows.map((row) => row.user))].filter((user) => user !== null);
    expect([...dictionaries][0]).toEqual(appeared);
  });

  it("gives the same rows whatever the block size", async () => {
    const columns = [{ name: "count", as: "number" } as const, { name: "area", as: "category" } as const];
    const whole = await read({ columns, unit: ["user"] });
    const pieces = await read({ columns, unit: ["user"], blockRows: 777 });
    for (const name of ["count", "area"]) expect(valuesOf(pieces, name)).toEqual(valuesOf(whole, name));
    expect(pieces.flatMap((block) => [...(block.units ?? [])])).toEqual(
      whole.flatMap((block) => [...(block.units ?? [])]),
    );
  });

  it("reads a number as float32 with the precision of float32", async () => {
    const blocks = await read({ columns: [{ name: "score", as: "float32" }] });
    expect(blocks[0]?.columns.get("score")).toMatchObject({ values: expect.any(Float32Array) });
    expect(valuesOf(blocks, "score")).toEqual(
      contractRows.map((row) => (row.score === null ? null : Math.fround(row.score))),
    );
  });

  it("reads whole numbers as a category without decimals", async () => {
    const blocks = await read({ columns: [{ name: "count", as: "category" }] });
    expect(valuesOf(blocks, "count")).toEqual(
      contractRows.map((row) => (row.count === null ? null : String(row.count))),
    );
  });

  it("codes units by first appearance and folds them by SHA-256 of their text", async () => {
    const blocks = await read({ columns: [], unit: ["user"] });
    const texts = contractRows.map((row) => row.user ?? "");
    expectCodes(blocks, texts, "units");
    expect(blocks.flatMap((block) => [...(block.folds ?? [])])).toEqual(texts.map(firstByte));
  });

  it("codes units of whole numbers like their text", async () => {
    const blocks = await read({ columns: [], unit: ["count"] });
    const texts = contractRows.map((row) => (row.count === null ? "" : String(row.count)));
    expectCodes(blocks, texts, "units");
    expect(blocks.flatMap((block) => [...(block.folds ?? [])])).toEqual(texts.map(firstByte));
  });

  it("joins several columns to one unit, each text followed by the unit separator", async () => {
    const blocks = await read({ columns: [], unit: ["user", "count"], group: ["area", "liked"] });
    const texts = contractRows.map((row) => `${row.user ?? ""}\u001f${row.count ?? ""}\u001f`);
    expectCodes(blocks, texts, "units");
    expect(blocks.flatMap((block) => [...(block.folds ?? [])])).toEqual(texts.map(firstByte));
    expectCodes(
      blocks,
      contractRows.map((row) => `${row.area ?? ""}\u001f${row.liked ?? ""}`),
      "groups",
    );
  });

  it("tells progress up to the last row", async () => {
    const told: (readonly [number, number | null])[] = [];
    await read({ columns: [{ name: "id", as: "number" }], blockRows: 2000, onProgress: (...now) => told.push(now) });
    expect(told.map(([done]) => done)).toEqual([2000, 4000, 5000]);
  });

  it("stops with INTERRUPTED when the signal says so", async () => {
    const signal = AbortSignal.abort();
    await expect(read({ columns: [{ name: "id", as: "number" }], signal })).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
  });

  it("names the nearest columns for one that is not there", async () => {
    await expect(read({ columns: [{ name: "scor", as: "number" }] })).rejects.toMatchObject({
      code: "COLUMN_MISSING",
      mend: [expect.stringContaining("score")],
    });
  });

  it("refuses text as a number and shows the value", async () => {
    await expect(read({ columns: [{ name: "area", as: "number" }] })).rejects.toMatchObject({
      code: "COLUMN_TYPE",
      message: expect.stringContaining("'north'"),
    });
  });

  it("finds rows that repeat an id, with the first of them", async () => {
    const { reader, path } = await open();
    const source = await reader.open([path]);
    expect(await source.duplicates(["id"])).toBeNull();
    expect(await source.duplicates(["id", "user"])).toBeNull();
    const counts = Map.groupBy(contractRows, (row) => row.area ?? "null");
    const found = await source.duplicates(["area"]);
    expect(found).toMatchObject({ keys: counts.size, rows: contractRows.length - counts.size });
    expect(found?.examples[0]).toEqual({ values: ["north"], count: counts.get("north")?.length });
    await expect(source.duplicates(["idd"])).rejects.toMatchObject({ code: "COLUMN_MISSING" });
  });

  it("has a fingerprint that does not change between reads", async () => {
    const { reader, path } = await open();
    const [first, second] = [await reader.open([path]), await reader.open([path])];
    expect(await first.fingerprint()).toMatch(/^[0-9a-f]{64}$/);
    expect(await second.fingerprint()).toBe(await first.fingerprint());
  });
}

function firstByte(text: string): number {
  return Number.parseInt(hash("sha256", text).slice(0, 2), 16);
}

function expectCodes(blocks: readonly TableBlock[], texts: readonly string[], key: "units" | "groups"): void {
  const codes = new Map<string, number>();
  for (const text of texts) if (!codes.has(text)) codes.set(text, codes.size);
  expect(blocks.flatMap((block) => [...(block[key] ?? [])])).toEqual(texts.map((text) => codes.get(text)));
}

function dictionaryOf(block: TableBlock, name: string): readonly string[] | null {
  const column = block.columns.get(name);
  return column?.kind === "category" ? column.dictionary.texts : null;
}

function valuesOf(blocks: readonly TableBlock[], name: string): (number | string | null)[] {
  return blocks.flatMap((block) => {
    const column = block.columns.get(name);
    if (column === undefined) throw new Error(`no column ${name}`);
    return Array.from({ length: block.rows }, (_, i) => valueAt(column, i));
  });
}

function valueAt(column: Column, row: number): number | string | null {
  const isNull = column.nulls?.[row] === 1;
  if (column.kind === "category") {
    const code = column.codes[row]!;
    if (isNull !== (code === nullCode(column.codes))) throw new Error("nulls and codes disagree");
    return isNull ? null : (column.dictionary.texts[code] ?? null);
  }
  const value = column.values[row]!;
  if (isNull && !Number.isNaN(value) && !(column.kind === "boolean" && value === 255))
    throw new Error("a null has a value");
  return isNull ? null : value;
}
