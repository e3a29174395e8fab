import { expect, test } from "vitest";
import type { ColumnSchema } from "../tables/table.ts";
import type { Condition } from "./condition.ts";
import { type BindingFacts, bindCondition } from "./condition-binding.ts";

const columns: ColumnSchema[] = [
  { name: "user_activity", kind: "category", type: "VARCHAR" },
  { name: "user_age", kind: "number", type: "FLOAT" },
  { name: "visits", kind: "number", type: "BIGINT" },
  { name: "at", kind: "time", type: "TIMESTAMP" },
  { name: "member", kind: "boolean", type: "BOOLEAN" },
  { name: "tags", kind: "other", type: "VARCHAR[]" },
];
const facts: BindingFacts = {
  columns: new Map(columns.map((column) => [column.name, column])),
  values: (name) => (name === "user_activity" ? ["low", "medium", "high"] : undefined),
  source: "data/test.parquet",
};
const is = (column: string, ...values: (string | number | boolean)[]): Condition => ({ kind: "is", column, values });
const problemsOf = (condition: Condition) =>
  bindCondition(condition, facts).problems.map((problem) => [problem.severity, problem.message, ...problem.mend]);

test("an unknown column is answered with the nearest one and its values", () => {
  expect(problemsOf(is("user_activty", "low"))).toEqual([
    ["error", 'there is no column "user_activty" in data/test.parquet', "nearest: user_activity (low, medium, high)"],
  ]);
});

test("a value of another type than the column is refused with the form that fits", () => {
  expect(problemsOf(is("visits", "12"))).toEqual([
    [
      "error",
      'column "visits" is a number (BIGINT), so it is never equal to the text "12"',
      "write it as a number: visits: 12",
    ],
  ]);
  expect(problemsOf(is("user_activity", 3))[0]![2]).toBe('write it as text: user_activity: "3"');
  expect(problemsOf(is("member", "yes"))[0]![2]).toBe("write member: true or member: false");
  expect(problemsOf(is("tags", "a"))[0]![1]).toBe('column "tags" is VARCHAR[], which conditions cannot compare');
  expect(problemsOf({ kind: "range", column: "user_activity", range: { from: 1 } })[0]![1]).toContain("text (VARCHAR)");
  expect(problemsOf({ kind: "range", column: "visits", range: { from: 0 }, time: true })[0]![1]).toContain("a date");
  expect(problemsOf({ kind: "clock", column: "visits", part: "hour", values: [3] })[0]![1]).toContain("only a time");
});

test("a value that no row has is a warning with the nearest one", () => {
  expect(problemsOf(is("user_activity", "lwo"))).toEqual([
    ["warning", "no row of data/test.parquet has user_activity = lwo", "nearest: low"],
  ]);
});

test("a condition that no row could satisfy is refused with the reason", () => {
  const never = (condition: Condition): string => problemsOf(condition)[0]?.[1] ?? "accepted";
  expect(never({ kind: "range", column: "visits", range: { from: 30, below: 18 } })).toBe(
    "can never be true: no number of visits is from 30 and below 18",
  );
  expect(never({ kind: "range", column: "visits", range: { above: 5, to: 5 } })).toContain("can never be true");
  expect(never({ kind: "range", column: "visits", range: { from: 5, to: 5 } })).toBe("accepted");
  expect(never({ kind: "all", of: [is("user_activity", "low"), is("user_activity", "high")] })).toBe(
    "can never be true: user_activity cannot be low and high at once",
  );
  expect(
    never({ kind: "all", of: [is("visits", 3), { kind: "range", column: "visits", range: { above: 3 } }] }),
  ).toContain("can never be true");
  expect(never({ kind: "all", of: [is("visits", 3), { kind: "null", column: "visits", isNull: true }] })).toContain(
    "null and to have a value",
  );
  expect(never({ kind: "any", of: [] })).toContain("list under any is empty");
  expect(never(is("user_activity"))).toContain("is empty and selects nothing");
});

test("dates on time columns become milliseconds and numbers on 32-bit columns are rounded as the column is", () => {
  expect(bindCondition(is("at", "2024-03-01"), facts).condition).toEqual({
    kind: "is",
    column: "at",
    values: [Date.UTC(2024, 2, 1)],
    time: true,
  });
  expect(bindCondition({ kind: "range", column: "user_age", range: { below: 0.1 } }, facts).condition).toEqual({
    kind: "range",
    column: "user_age",
    range: { below: Math.fround(0.1) },
  });
});
