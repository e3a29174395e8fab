import { takeRows } from "../../core/profile/take-rows.ts";
import type { TableSource } from "../ports/table-reader.ts";

/** The last `count` rows of a source, in file order, as a source; dictionaries stay those of the whole. */
export async function lastRows(source: TableSource, count: number): Promise<TableSource> {
  const total = await source.countRows();
  const start = Math.max(0, total - count);
  return {
    ...source,
    countRows: () => Promise.resolve(total - start),
    async *read(request) {
      for await (const block of source.read(request)) {
        const skip = Math.min(block.rows, Math.max(0, start - block.firstRow));
        if (skip === block.rows) continue;
        const rows = Uint32Array.from({ length: block.rows - skip }, (_, i) => skip + i);
        yield { ...takeRows(block, rows), firstRow: block.firstRow + skip - start };
      }
    },
  };
}
