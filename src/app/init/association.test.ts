import { expect, test } from "vitest";
import { association } from "./association.ts";

const of = (...values: number[]): Float64Array => Float64Array.from(values);

test("two values are told by the area under the ROC curve, ties counting half, either way round", () => {
  expect(association(of(0.1, 0.2, 0.8, 0.9), of(0, 0, 1, 1))).toBe(1);
  expect(association(of(0.9, 0.8, 0.2, 0.1), of(0, 0, 1, 1))).toBe(1);
  // Pairs (positive, negative): 0.5 against 0.5 is a tie, 0.5 against 0.1 is right.
  expect(association(of(0.1, 0.5, 0.5), of(0, 0, 1))).toBe(0.75);
});

test("a quantity is told by the share of its spread that the score explains as a prediction", () => {
  expect(association(of(10, 20, 30), of(10, 20, 30))).toBe(1);
  expect(association(of(20, 20, 20), of(10, 20, 30))).toBe(0);
  expect(association(of(1, 2, 3), of(10, 20, 30))).toBeLessThan(0);
});

test("rows without a value are passed over, and one value is nothing to tell", () => {
  expect(association(of(Number.NaN, 0.2, 0.9), of(1, 0, 1))).toBe(1);
  expect(association(of(0.1, 0.2), of(1, 1))).toBeNaN();
});
