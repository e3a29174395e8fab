import { expect, test } from "vitest";
import { decodeRecords } from "./decode-records.ts";
import type { InputColumns } from "./record-encoder.ts";
import type { Tensor } from "./tensor.ts";

const numbers = (name: string, shape: readonly number[], values: readonly number[]): Tensor => ({
  name,
  datatype: "FP64",
  shape,
  data: Float64Array.from(values),
});
const input = (name: string, columns: readonly string[]): InputColumns => ({
  input: name,
  datatype: "FP64",
  tail: [columns.length],
  columns,
});

test("a wide tensor becomes records by column, each an object of its own, NaN a null", () => {
  const columns = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const values = Array.from({ length: 80 }, (_, i) => (i === 41 ? Number.NaN : i));
  const records = decodeRecords([input("x", columns)], [numbers("x", [2, 40], values)]);
  expect(records).toEqual(
    [0, 40].map((from) => Object.fromEntries(columns.map((c, i) => [c, from + i === 41 ? null : from + i]))),
  );
});

test("a column whose tensor did not come is missing, not null", () => {
  const inputs = [input("a", ["a"]), input("b", ["b"])];
  expect(decodeRecords(inputs, [numbers("a", [1, 1], [1])])).toEqual([{ a: 1 }]);
  const [whole] = decodeRecords(inputs, [numbers("a", [1, 1], [1]), numbers("b", [1, 1], [2])])!;
  expect(Object.keys(whole!)).toEqual(["a", "b"]);
});

test("a column may be called as what every object has", () => {
  const columns = ["__proto__", "constructor", "a"];
  const [record] = decodeRecords([input("x", columns)], [numbers("x", [1, 3], [1, 2, 3])])!;
  expect(columns.map((column) => Object.getOwnPropertyDescriptor(record, column)?.value as unknown)).toEqual([1, 2, 3]);
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
});

test("tensors that hold no columns have no records", () => {
  expect(decodeRecords([input("x", ["a", "b"])], [numbers("x", [1, 3], [1, 2, 3])])).toBeNull();
  expect(decodeRecords([], [numbers("image", [1, 2, 2], [1, 2, 3, 4])])).toBeNull();
});

test("a 32-bit float is the decimal that it was made of, as JSON would hold it", () => {
  const data = Float32Array.from([20.38, 0.1, Number.NaN, 1 / 3]);
  const tensor: Tensor = { name: "x", datatype: "FP32", shape: [1, 4], data };
  const columns = ["a", "b", "c", "d"];
  const [record] = decodeRecords([{ input: "x", datatype: "FP32", tail: [4], columns }], [tensor])!;
  expect(record).toEqual({ a: 20.38, b: 0.1, c: null, d: 0.33333334 });
});
