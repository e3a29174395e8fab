/** The machine's limit: DuckDB decodes every column of the files given and does nothing with them. */
import { DuckDBInstance } from "@duckdb/node-api";

const started = performance.now();
const connection = await (await DuckDBInstance.create(":memory:")).connect();
for (const file of process.argv.slice(2)) {
  const columns = (
    await connection.runAndReadAll(`SELECT column_name FROM (DESCRIBE SELECT * FROM '${file}')`)
  ).getRows();
  const sums = columns.map(([name]) => `max("${String(name)}")`);
  await connection.run(`SELECT ${sums.join(", ")} FROM '${file}'`);
}
process.stdout.write(`${JSON.stringify({ milliseconds: performance.now() - started })}\n`);
