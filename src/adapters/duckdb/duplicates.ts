import type { Duplicates } from "../../app/ports/table-reader.ts";
import { textSql } from "./column-types.ts";
import { findColumn } from "./column-plan.ts";
import type { Engine } from "./engine.ts";
import { quoteName } from "./sql-text.ts";
import type { Storage } from "./storage.ts";

const shown = 3;

/** Rows that agree on all the columns with a row before them; the engine groups, and spills where it must. */
export async function findDuplicates(
  engine: Engine,
  storage: Storage,
  columns: readonly string[],
): Promise<Duplicates | null> {
  for (const name of columns) findColumn(name, storage.columns, storage.files);
  const { from, rowOrder, types } = await storage.prepare();
  const names = columns.map(quoteName);
  // A hash that never repeats proves that no row does, in a third of the memory.
  const hashes = `SELECT hash(${names.join(", ")}) AS h FROM ${from} GROUP BY h HAVING count(*) > 1`;
  if ((await engine.rows(`SELECT 1 FROM (${hashes}) LIMIT 1`)).length === 0) return null;
  const groups = `SELECT ${names.join(", ")}, count(*) AS n FROM ${from} GROUP BY ${names.join(", ")} HAVING count(*) > 1`;
  const [totals] = await engine.rows(`SELECT count(*), sum(n - 1) FROM (${groups})`);
  if (totals === undefined || Number(totals[0]) === 0) return null;
  const texts = columns.map((name) => `coalesce(${textSql(quoteName(name), types.get(name) ?? "VARCHAR")}, 'null')`);
  const examples = await engine.rows(
    `SELECT ${texts.join(", ")}, count(*) AS n FROM ${from} GROUP BY ${names.join(", ")} HAVING count(*) > 1 ORDER BY min(${rowOrder}) LIMIT ${shown}`,
  );
  return {
    keys: Number(totals[0]),
    rows: Number(totals[1]),
    examples: examples.map((row) => ({ values: row.slice(0, -1).map(String), count: Number(row.at(-1)) })),
  };
}

/** Rows in which one of the columns is null. */
export async function countRowsWithNull(engine: Engine, storage: Storage, columns: readonly string[]): Promise<number> {
  if (columns.length === 0) return 0;
  for (const name of columns) findColumn(name, storage.columns, storage.files);
  const { from } = await storage.prepare();
  const isNull = columns.map((name) => `${quoteName(name)} IS NULL`).join(" OR ");
  const [row] = await engine.rows(`SELECT count(*) FROM ${from} WHERE ${isNull}`);
  return Number(row?.[0] ?? 0);
}
