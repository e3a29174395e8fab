import { expect, test } from "vitest";
import { hasMissingValues } from "./bad-rows.ts";

test("rows lack a value where a record has null or NaN, or a tensor NaN or an infinite number", () => {
  expect(hasMissingValues({ count: 1, records: [{ age: 31, town: "NaN" }] })).toBe(false);
  expect(hasMissingValues({ count: 2, records: [{ age: 31 }, { age: null }] })).toBe(true);
  expect(hasMissingValues({ count: 1, records: [{ age: Number.NaN }] })).toBe(true);
  const tensor = (data: Float32Array) => ({ name: "x", datatype: "FP32" as const, shape: [1, 2], data });
  expect(hasMissingValues({ count: 1, tensors: [tensor(new Float32Array([1, 2]))] })).toBe(false);
  expect(hasMissingValues({ count: 1, tensors: [tensor(new Float32Array([1, Number.NaN]))] })).toBe(true);
  expect(hasMissingValues({ count: 1, tensors: [tensor(new Float32Array([1, -Infinity]))] })).toBe(true);
});
