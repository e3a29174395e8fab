import { expect, test } from "vitest";
import { missingValue } from "./bad-rows.ts";

test("rows lack a value where a record has null or NaN, or a tensor NaN or an infinite number", () => {
  expect(missingValue({ count: 1, records: [{ age: 31, town: "NaN" }] })).toBeNull();
  expect(missingValue({ count: 2, records: [{ age: 31 }, { age: null }] })).toBe('record 2 has no value for "age"');
  expect(missingValue({ count: 1, records: [{ age: Number.NaN }] })).toMatch(/record 1 .*"age"/);
  const tensor = (data: Float32Array) => ({ name: "x", datatype: "FP32" as const, shape: [1, 2], data });
  expect(missingValue({ count: 1, tensors: [tensor(new Float32Array([1, 2]))] })).toBeNull();
  expect(missingValue({ count: 1, tensors: [tensor(new Float32Array([1, Number.NaN]))] })).toMatch(/"x" holds NaN/);
  expect(missingValue({ count: 1, tensors: [tensor(new Float32Array([1, -Infinity]))] })).toMatch(/"x" holds NaN/);
  // What the model does not read is none of its business.
  expect(missingValue({ count: 1, records: [{ age: 31, note: null }] }, ["age"])).toBeNull();
});
