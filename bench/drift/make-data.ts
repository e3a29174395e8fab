/** Two tables of 1 M rows x 20 columns (15 numbers of several shapes, 5 categories), the second slightly moved. */
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export const driftFolder = join(tmpdir(), "umpire-bench-drift-1");
export const driftFiles = ["reference.parquet", "current.parquet"].map((name) => join(driftFolder, name));

export async function makeDriftData(): Promise<void> {
  if (driftFiles.every((file) => existsSync(file))) return;
  mkdirSync(driftFolder, { recursive: true });
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  await connection.run("SELECT setseed(0.5)");
  for (const [index, file] of driftFiles.entries()) {
    const moved = index === 1 ? 0.1 : 0;
    const numbers = Array.from({ length: 15 }, (_, c) => {
      const normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())";
      const shift = c === 0 ? moved : 0;
      if (c % 3 === 0) return `exp(${normal} + ${shift}) AS n${c}`;
      return c % 3 === 1 ? `${normal} AS n${c}` : `CAST(round(30 * ${normal}) AS INTEGER) AS n${c}`;
    });
    const categories = [4, 8, 20, 100, 1000].map(
      (size, c) => `'value ' || CAST(floor(${size} * random() * random()) AS INTEGER) AS c${c}`,
    );
    await connection.run(
      `COPY (SELECT ${[...numbers, ...categories].join(", ")} FROM range(1000000)) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
}
