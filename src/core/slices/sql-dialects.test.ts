import { expect, test } from "vitest";
import type { ColumnSchema } from "../tables/table.ts";
import type { Condition } from "./condition.ts";
import { conditionSql } from "./condition-sql.ts";
import { duckdbDialect, type SqlDialect, trinoDialect } from "./sql-dialects.ts";

const columns = new Map<string, ColumnSchema>([
  ["city", { name: "city", kind: "category", type: "varchar" }],
  ["x", { name: "x", kind: "number", type: "double" }],
  ["at", { name: "at", kind: "time", type: "timestamp(3) with time zone" }],
]);
const sql = (condition: Condition, dialect: SqlDialect): string => conditionSql(condition, columns, dialect);

test("numbers are doubles by exponent and never decimals, whole ones integers", () => {
  expect([18, 1.5, -0.1, 1e300, 0].map((value) => trinoDialect.number(value))).toEqual([
    "18",
    "1.5e0",
    "-1e-1",
    "1e300",
    "0",
  ]);
  expect(trinoDialect.number(-Infinity)).toBe("-infinity()");
});

test("a range on floating-point numbers excludes NaN, which engines order above every number", () => {
  const range: Condition = { kind: "range", column: "x", range: { from: 1.5 } };
  expect(sql(range, trinoDialect)).toBe('coalesce(("x" >= 1.5e0 and not is_nan("x")), false)');
  expect(sql(range, duckdbDialect)).toBe('coalesce(("x" >= 1.5e0 and not isnan("x")), false)');
});

test("quotes cannot end a literal or a name", () => {
  const is: Condition = { kind: "is", column: "city", values: ["'; drop table t --", "Zürich\\"] };
  expect(sql(is, duckdbDialect)).toBe("coalesce(\"city\" in ('''; drop table t --', 'Zürich\\'), false)");
  expect(sql(is, trinoDialect)).toBe("coalesce(\"city\" in ('''; drop table t --', U&'Z\\+0000fcrich\\\\'), false)");
  expect(duckdbDialect.identifier('a"b')).toBe('"a""b"');
});

test("times carry their zone where the column does, to the microsecond", () => {
  const when: Condition = { kind: "range", column: "at", range: { above: Date.UTC(2024, 2, 1) + 0.25 }, time: true };
  expect(sql(when, trinoDialect)).toBe("coalesce(\"at\" > timestamp '2024-03-01 00:00:00.000250 UTC', false)");
  expect(sql(when, duckdbDialect)).toBe("coalesce(\"at\" > timestamptz '2024-03-01 00:00:00.000250+00', false)");
});
