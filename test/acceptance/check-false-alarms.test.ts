import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { createCheckReader } from "../../src/adapters/check-files/check-file-reader.ts";
import { checkFile } from "../../src/app/check/check-file.ts";
import { inferContract } from "../../src/core/data-quality/infer-contract.ts";
import { sharedData } from "../shared-data.ts";

const tables = ["income/train", "movies/test", "stream/reference", "text/train", "rides/train"];
const present = tables.filter((table) => sharedData(`${table}.parquet`) !== null);
const reader = createCheckReader((inputs) => Promise.resolve([...inputs]));

test.skipIf(present.length < tables.length)(
  "a contract from one random half of a table refuses no other half, and at most one row in a thousand",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "umpire-halves-"));
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const refused: string[] = [];
    let [rows, bad] = [0, 0];
    for (const table of present) {
      for (let seed = 0; seed < 6; seed++) {
        const halves = [0, 1].map((half) => join(folder, `${table.replace("/", "-")}-${seed}-${half}.csv`));
        for (const [half, path] of halves.entries()) {
          const sample = `SELECT * FROM read_parquet('${sharedData(`${table}.parquet`)}', file_row_number = true) ORDER BY hash(file_row_number + ${seed} * 1000003) LIMIT 1200 OFFSET ${half * 1200}`;
          await connection.run(
            `COPY (SELECT * EXCLUDE (file_row_number) FROM (${sample}) ORDER BY file_row_number) TO '${path}' (FORMAT csv, HEADER)`,
          );
        }
        const reference = await checkFile(await reader.open(halves[0]!), { contract: null, usual: null, now: null });
        expect(reference.outcome, JSON.stringify(reference.findings)).toBe("ok");
        const contract = inferContract(reference.facts!, { name: table });
        const other = await checkFile(await reader.open(halves[1]!), { contract, usual: null, now: null });
        rows += other.rows.read;
        bad += other.badRows;
        if (other.refused) refused.push(`${table} ${seed}: ${other.findings[0]?.message}`);
      }
    }
    expect(refused).toEqual([]);
    expect(rows).toBeGreaterThan(30_000);
    expect(bad / rows).toBeLessThan(0.001);
  },
  120_000,
);
