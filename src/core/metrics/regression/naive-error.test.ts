import { expect, it } from "vitest";
import { naiveError } from "./naive-error.ts";

it("is the mean absolute step over one period", () => {
  expect(naiveError([1, 2, 4, 8], 1)).toBe((1 + 2 + 4) / 3);
  expect(naiveError([1, 2, 4, 8], 2)).toBe((3 + 6) / 2);
});

it("pools the pairs of several series and never pairs two of them", () => {
  expect(naiveError([1, 2, 100, 104, 101], 1, [0, 2])).toBe((1 + 4 + 3) / 3);
});

it("has no value where no series is longer than the period", () => {
  expect(naiveError([1, 2, 3], 3)).toBeNaN();
  expect(naiveError([], 1)).toBeNaN();
});
