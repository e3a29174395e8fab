import { expect, test } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { edgeCase } from "./edge-cases.ts";

const record = { age: 31, city: "Bern", income: 1200 };

test("every kind of edge case comes, each from a record that is otherwise as it was", () => {
  const random = createRandom(5);
  const kinds = new Set<string>();
  for (let i = 0; i < 400; i++) {
    const { what, record: changed } = edgeCase(record, random)!;
    kinds.add(what);
    expect(changed).not.toEqual(record);
    if (what !== "95% null") {
      const same = Object.keys(record).filter((key) => Object.is(changed[key], record[key as keyof typeof record]));
      expect(same.length).toBeGreaterThanOrEqual(2);
    }
  }
  expect(kinds.size).toBe(13);
  expect(record).toEqual({ age: 31, city: "Bern", income: 1200 });
});

test("the same seed gives the same cases", () => {
  const cases = (seed: number): unknown[] => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => edgeCase(record, random));
  };
  expect(cases(9)).toEqual(cases(9));
  expect(cases(9)).not.toEqual(cases(10));
});

test("a record without columns can still have one too many", () => {
  expect(edgeCase({}, createRandom(1))!.record).not.toEqual({});
});
