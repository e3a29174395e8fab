import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Condition } from "../src/core/slices/condition.ts";
import { conditionMask } from "../src/core/slices/condition-mask.ts";
import { conditionPredicate } from "../src/core/slices/condition-predicate.ts";
import { conditionSql } from "../src/core/slices/condition-sql.ts";
import { duckdbDialect } from "../src/core/slices/sql-dialects.ts";
import {
  condition,
  type ConditionRow,
  conditionRow,
  conditionSchemas,
  conditionTable,
} from "./arbitraries/conditions.ts";

let connection: DuckDBConnection;
const schemas = new Map(conditionSchemas.map((schema) => [schema.name, schema]));

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});

afterAll(() => connection.closeSync());

function literal(value: string | number | boolean | null, type: string): string {
  if (value === null) return `cast(null as ${type})`;
  if (typeof value === "string") return duckdbDialect.text(value);
  if (typeof value === "boolean") return String(value);
  if (type === "TIMESTAMP") return `epoch_ms(${value})`;
  return `cast('${Object.is(value, -0) ? "-0" : value}' as ${type})`;
}

async function rowsBySql(rows: readonly ConditionRow[], conditions: readonly Condition[]): Promise<number[][]> {
  const values = rows.map(
    (row, index) =>
      `(${index}, ${conditionSchemas.map((s) => literal(row[s.name as keyof ConditionRow], s.type)).join(", ")})`,
  );
  const names = conditionSchemas.map((schema) => duckdbDialect.identifier(schema.name));
  await connection.run(
    `create or replace temp table t as select * from (values ${values.join(", ")}) as v(i, ${names.join(", ")})`,
  );
  const found: number[][] = [];
  for (const one of conditions) {
    const sql = `select i from t where ${conditionSql(one, schemas, duckdbDialect)} order by i`;
    const result = await connection.runAndReadAll(sql);
    found.push(result.getRows().map((row) => Number(row[0])));
  }
  return found;
}

const chosen = (rows: number, holds: (row: number) => boolean): number[] =>
  Array.from({ length: rows }, (_, row) => row).filter(holds);

test("a condition selects the same rows as a mask, as a predicate on records and as SQL in DuckDB", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(conditionRow, { minLength: 1, maxLength: 25 }),
      fc.array(condition, { minLength: 1, maxLength: 12 }),
      async (rows, conditions) => {
        const table = conditionTable(rows);
        const bySql = await rowsBySql(rows, conditions);
        for (const [index, one] of conditions.entries()) {
          const mask = conditionMask(one, table);
          const predicate = conditionPredicate(one);
          const byMask = chosen(rows.length, (row) => mask[row] === 1);
          expect(byMask).toEqual(chosen(rows.length, (row) => predicate({ ...rows[row]! })));
          expect(byMask).toEqual(bySql[index]);
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test("a condition on times selects the same rows where a record writes them as text or Date", () => {
  fc.assert(
    fc.property(fc.array(conditionRow, { minLength: 1, maxLength: 10 }), condition, (rows, one) => {
      const mask = conditionMask(one, conditionTable(rows));
      const predicate = conditionPredicate(one);
      for (const [index, row] of rows.entries()) {
        if (row.at === null) continue;
        const date = new Date(row.at);
        expect(predicate({ ...row, at: date })).toBe(mask[index] === 1);
        expect(predicate({ ...row, at: date.toISOString() })).toBe(mask[index] === 1);
      }
    }),
    { numRuns: 200, seed: 4 },
  );
});

test("not is the complement, whatever the nulls, in all three forms", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(conditionRow, { minLength: 1, maxLength: 20 }), condition, async (rows, one) => {
      const not: Condition = { kind: "not", of: one };
      const [yes, no] = await rowsBySql(rows, [one, not]);
      expect([...yes!, ...no!].sort((a, b) => a - b)).toEqual(chosen(rows.length, () => true));
      const table = conditionTable(rows);
      const mask = conditionMask(one, table);
      expect(Array.from(conditionMask(not, table))).toEqual(Array.from(mask, (bit) => 1 - bit));
    }),
    { numRuns: 40, seed: 5 },
  );
});
