import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";

/** 1 M rows in 20,000 lists of 50 candidates of 5,000 users, two models; every number a hash of the row number. */
export async function makeRankedRows(path: string): Promise<void> {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const uniform = (salt: number): string => `((hash(i + ${salt} * 1000003) >> 11) % 1000003) / 1000003e0`;
  await connection.run(`COPY (
    WITH base AS (
      SELECT i, CAST(i // 50 AS INTEGER) AS request, CAST((hash(i // 50 + 7) >> 20) % 5000 AS INTEGER) AS user_id,
        CAST((i * 7919 + (i // 50) * 31) % 3000 AS INTEGER) AS item,
        ['low', 'medium', 'high'][CAST(1 + (hash(i // 50 + 9) >> 20) % 3 AS BIGINT)] AS activity,
        CAST(${uniform(3)} < 0.08 AS UTINYINT) AS label
      FROM range(1000000) rows(i)
    )
    SELECT request, user_id, item, activity, ['rare', 'mid', 'common'][1 + item % 3] AS popularity, label,
      0.6e0 * label + ${uniform(4)} AS champion, 0.7e0 * label + ${uniform(5)} AS challenger
    FROM base
  ) TO '${path}.part' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  renameSync(`${path}.part`, path);
}
