import { expect, test } from "vitest";
import { usualActions } from "./contract-rules.ts";
import { type ColumnRule, compileRecordRules } from "./record-rules.ts";

const base: ColumnRule = {
  name: "age",
  type: "number",
  required: true,
  nulls: 0,
  range: { from: 0, to: 120 },
  values: null,
  actions: usualActions,
  replacement: null,
};
const sex: ColumnRule = { ...base, name: "sex", type: "text", range: null, values: ["F", "M"], required: false };

test("each kind of problem is named with the value and what is done about it", () => {
  const check = compileRecordRules([base, sex]);
  const said = (record: object) =>
    check(record as Record<string, unknown>).problems.map((problem) => [
      problem.check,
      problem.action,
      problem.message,
    ]);
  expect(said({ age: 30, sex: "F" })).toEqual([]);
  expect(said({ sex: "F" })).toEqual([["missing", "reject", "age is missing"]]);
  expect(said({ age: null })).toEqual([["null", "mark", "age is null"]]);
  expect(said({ age: "thirty" })).toEqual([["type", "reject", "age is the text 'thirty'; it is a number"]]);
  expect(said({ age: Number.POSITIVE_INFINITY })).toMatchObject([["type", "reject", expect.anything()]]);
  expect(said({ age: 200 })).toEqual([["range", "mark", "age is 200, above 120"]]);
  expect(said({ age: -3 })).toEqual([["range", "mark", "age is -3, below 0"]]);
  expect(said({ age: 3, sex: "X" })).toEqual([
    ["unseen", "mark", "sex is the text 'X', which the reference has never seen"],
  ]);
});

test("a replaced value leaves the record that came as it was", () => {
  const check = compileRecordRules([{ ...base, actions: { ...usualActions, range: "replace" }, replacement: 40 }]);
  const record = { age: 999 };
  expect(check(record)).toMatchObject({ record: { age: 40 }, problems: [{ action: "replace" }] });
  expect(record).toEqual({ age: 999 });
});

test("a check that is off finds nothing", () => {
  const check = compileRecordRules([{ ...base, actions: { ...usualActions, range: "off" } }]);
  expect(check({ age: 999 }).problems).toEqual([]);
});

test("nulls within the usual share pass, and are told when a source goes dark", () => {
  const check = compileRecordRules([{ ...base, nulls: 0.05 }]);
  let told = 0;
  for (let i = 0; i < 5000; i++) told += check({ age: i % 20 === 7 ? null : 30 }).problems.length;
  expect(told).toBe(0);
  const dark = Array.from({ length: 200 }, () => check({ age: null }).problems.length);
  expect(dark.slice(0, 3)).toEqual([0, 0, 0]);
  expect(dark.slice(40).every((count) => count === 1)).toBe(true);
});

test("a record that is nearly all null is told, though each of its columns may be null now and then", () => {
  const columns = Array.from({ length: 20 }, (_, i): ColumnRule => ({ ...base, name: `c${i}`, nulls: 0.01 }));
  const check = compileRecordRules([...columns, { ...base, name: "often", nulls: 0.9, required: false }]);
  const record = (nulls: number): Record<string, unknown> =>
    Object.fromEntries(columns.map(({ name }, i) => [name, i < nulls ? null : 5]));
  expect(check({ ...record(1), often: null }).problems).toEqual([]);
  expect(check(record(9)).problems).toEqual([]);
  expect(check(record(19)).problems).toEqual([
    {
      column: "c0",
      check: "null",
      action: "mark",
      message: "c0 is null, as are 19 of the 20 columns that hardly ever are",
    },
  ]);
  const strict = compileRecordRules(columns.map((rule) => ({ ...rule, actions: { ...usualActions, null: "reject" } })));
  expect(strict(record(19)).problems[0]!.action).toBe("reject");
});
