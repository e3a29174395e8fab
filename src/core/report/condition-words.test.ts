import { expect, it } from "vitest";
import { conditionInWords } from "./condition-words.ts";

it.each([
  [null, "everything"],
  [{}, "everything"],
  [{ gender: "F", user_age: { from: 18, below: 30 } }, "gender is F and 18 ≤ user_age < 30"],
  [{ region: ["west", "south"] }, "region is west or south"],
  [{ x: { above: 2 } }, "2 < x"],
  [{ x: { null: true } }, "x is missing"],
  [{ x: { not: ["a", "b"] } }, "not (x is a or b)"],
  [{ any: [{ a: 1, b: 2 }, { c: true }] }, "((a is 1 and b is 2) or c is true)"],
  [{ not: { a: 1 } }, "not (a is 1)"],
  [{ all: [{ any: [{ a: 1 }, { b: 2 }] }, { c: 3 }] }, "((a is 1 or b is 2)) and c is 3"],
])("says %j in words", (where, words) => {
  expect(conditionInWords(where)).toBe(words);
});
