import { open, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPages, type ParquetLayout } from "./parquet-pages.ts";

test("a row group without rows needs no pages, one with rows does", async () => {
  const path = join(tmpdir(), `umpire-pages-${process.pid}.bin`);
  await writeFile(path, Buffer.alloc(64));
  const file = await open(path);
  const layout = (rows: number): ParquetLayout =>
    ({
      rows,
      columns: 1,
      rowGroups: [{ rows, chunks: [{ column: "a", codec: 0, from: 0, bytes: 0 }] }],
    }) as unknown as ParquetLayout;
  try {
    expect(await checkPages(file, 64, layout(0), false)).toEqual([]);
    expect(await checkPages(file, 64, layout(5), false)).toHaveLength(1);
  } finally {
    await file.close();
  }
});
