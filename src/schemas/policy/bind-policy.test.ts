import { expect, test } from "vitest";
import { Failure } from "../../core/failures.ts";
import type { ColumnSchema } from "../../core/tables/table.ts";
import { bindPolicy, lateColumns } from "./bind-policy.ts";
import { parsePolicy } from "./parse-policy.ts";

const columns: ColumnSchema[] = [
  { name: "y", kind: "boolean", type: "BOOLEAN" },
  { name: "old", kind: "number", type: "FLOAT" },
  { name: "new", kind: "number", type: "FLOAT" },
  { name: "user_activity", kind: "category", type: "VARCHAR" },
  { name: "age", kind: "number", type: "FLOAT" },
  { name: "at", kind: "time", type: "TIMESTAMP" },
  { name: "written", kind: "category", type: "VARCHAR" },
];
const data = {
  columns,
  source: "test.csv",
  values: (name: string) => (name === "user_activity" ? ["low", "medium", "high"] : undefined),
};
const policy = (...lines: string[]) =>
  parsePolicy(
    [
      "task: binary",
      "data: { test: test.csv }",
      "columns: { label: y, time: written }",
      "models:",
      "  champion: { column: old }",
      "  challenger: { column: new }",
      ...lines,
    ].join("\n"),
    "umpire.yaml",
  );

function problemsOf(parsed: ReturnType<typeof policy>): string[] {
  try {
    bindPolicy(parsed, data);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [error, ...error.others].map((one) => [`${one.where} ${one.message}`, ...(one.mend ?? [])].join(" | "));
  }
}

test("every column that the data lack is told at its place, with the nearest name and its values", () => {
  const parsed = policy(
    "baselines: { b: { column: agee } }",
    "slices:",
    "  low activity: { where: { user_activty: low } }",
    "  all: { each: user_activiti }",
    "  both: { cross: [user_activity, region_of_birth] }",
  );
  expect(problemsOf(parsed)).toEqual([
    'umpire.yaml:7:27 baselines.b.column: there is no column "agee" in test.csv | nearest: age',
    'umpire.yaml:9:28 slices.low activity.where: there is no column "user_activty" in test.csv | nearest: user_activity (low, medium, high)',
    'umpire.yaml:10:16 slices.all.each: there is no column "user_activiti" in test.csv | nearest: user_activity (low, medium, high)',
    'umpire.yaml:11:34 slices.both.cross: there is no column "region_of_birth" in test.csv | columns: y, old, new, user_activity, age, at, written',
  ]);
});

test("a column that cannot play its part is refused with what it holds", () => {
  const parsed = policy(
    "slices:",
    "  a: { each: at }",
    "  b: { each: user_activity, edges: [1] }",
    "  c: { where: { age: young } }",
  );
  expect(problemsOf(parsed)).toEqual([
    'umpire.yaml:8:14 slices.a: column "at" holds times (TIMESTAMP), of which nearly every one differs | cut it into periods: { each: at, period: month }',
    'umpire.yaml:9:14 slices.b: column "user_activity" holds text (VARCHAR); numbers are needed here',
    'umpire.yaml:10:17 slices.c.where: column "age" is a number (FLOAT), so it is never equal to the text "young" | a band of a number is written age: { from: 18, below: 30 }',
  ]);
});

test("conditions come back fitted to the columns, and the policy's time column is a time", () => {
  const bound = bindPolicy(
    policy("slices: { a: { where: { age: { below: 0.1 } } }, b: { where: { written: { from: 2024-01-01 } } } }"),
    data,
  );
  expect(bound.policy.slices.map((entry) => entry.form)).toEqual([
    { kind: "where", where: { kind: "range", column: "age", range: { below: Math.fround(0.1) } } },
    {
      kind: "where",
      where: { kind: "range", column: "written", range: { from: Date.UTC(2024, 0, 1) }, time: true },
    },
  ]);
  expect(bound.columns.get("written")!.kind).toBe("time");
});

test("a value that no row has is a warning, not an error", () => {
  const bound = bindPolicy(policy("slices: { a: { where: { user_activity: lwo } } }"), data);
  expect(bound.notes).toEqual([
    {
      code: "value-unseen",
      severity: "warning",
      message: "slices.a.where: no row of test.csv has user_activity = lwo",
      mend: ["nearest: low"],
    },
  ]);
});

test("labels and scores are known only afterwards", () => {
  expect([...lateColumns(policy().policy)]).toEqual(["y", "old", "new"]);
});
