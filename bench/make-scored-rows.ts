import { existsSync, mkdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A made test set of `rows` rows as Parquet in the temporary folder, kept between runs: 6 dimensions of 8 values
 * (single and crossed in pairs: 1,008 slices), 200,000 users, a label, and the probabilities of two models. Every
 * number is a hash of the row number, so that the file is the same on every machine.
 */
export async function makeScoredRows(rows: number): Promise<string> {
  const folder = join(tmpdir(), "umpire-bench");
  const path = join(folder, `scored-${rows}.parquet`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const uniform = (salt: number): string => `((hash(i + ${salt} * 1000003) >> 11) % 1000003) / 1000003e0`;
  const dimensions = Array.from(
    { length: 6 },
    (_, d) => `'v' || ((hash(i + ${d + 1} * 1000003) >> 20) % 8) AS d${d}`,
  ).join(", ");
  const noise = (salt: number): string => `(${uniform(salt)} + ${uniform(salt + 1)} + ${uniform(salt + 2)} - 1.5e0)`;
  const score = (gain: number, salt: number): string =>
    `1e0 / (1e0 + exp(-(${gain}e0 * label + 2e0 * ${noise(salt)} - 1e0)))`;
  await connection.run(`COPY (
    WITH base AS (
      SELECT i, 'u' || ((hash(i + 99 * 1000003) >> 20) % 200000) AS user_id, ${dimensions},
        CAST(${uniform(101)} < 0.2 AS UTINYINT) AS label
      FROM range(${rows}) rows(i)
    )
    SELECT user_id, d0, d1, d2, d3, d4, d5, label, ${score(1, 102)} AS champion, ${score(1.05, 110)} AS challenger
    FROM base
  ) TO '${path}.part' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  renameSync(`${path}.part`, path);
  return path;
}
