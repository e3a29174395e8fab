import { expect, test } from "vitest";
import { invocationRecords } from "./mlflow-door.ts";

const rows = [
  [1, 2],
  [3, 4],
];
const named = [
  { a: 1, b: 2 },
  { a: 3, b: 4 },
];

test("every form holds the same rows", () => {
  const columns = ["a", "b"];
  expect(invocationRecords({ dataframe_split: { columns, data: rows } }, [])).toEqual(named);
  expect(invocationRecords({ dataframe_split: { data: rows } }, columns)).toEqual(named);
  expect(invocationRecords({ dataframe_records: named }, [])).toEqual(named);
  expect(invocationRecords({ instances: rows }, columns)).toEqual(named);
  expect(invocationRecords({ instances: named }, columns)).toEqual(named);
  expect(invocationRecords({ inputs: rows }, columns)).toEqual(named);
  expect(invocationRecords({ inputs: { a: [1, 3], b: [[2], [4]] } }, columns)).toEqual(named);
});

test("a row without names is the whole of the one input of a model that knows no columns", () => {
  const whole = rows.map((x) => ({ x }));
  expect(invocationRecords({ inputs: rows }, [], "x")).toEqual(whole);
  expect(invocationRecords({ inputs: { x: rows } }, [], "x")).toEqual(whole);
  expect(invocationRecords({ instances: rows }, [], "x")).toEqual(whole);
  expect(invocationRecords({ instances: whole }, [], "x")).toEqual(whole);
  expect(() => invocationRecords({ inputs: rows }, [])).toThrow("row 1 has 2 values for 0 columns");
});
