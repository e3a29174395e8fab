import { describe, expect, it } from "vitest";
import { createRandom } from "../../statistics/random.ts";
import { times } from "../metric-samples.ts";
import { coverageByFold } from "./coverage.ts";

describe("coverage by fold", () => {
  it("counts an item once, however often and in however many folds it is shown", () => {
    const { value } = coverageByFold([[0, 1, 1], [1, 2], []], [2, 1, 1], 10);
    expect(value).toBe(0.3);
  });

  it("gives a fold the influence of the items that only it shows, and adds up to 0", () => {
    const { value, influence } = coverageByFold([[0, 1, 1, 4], [1, 2], [1]], [1, 1, 1], 10);
    expect(value).toBe(0.4);
    // Lost without the fold: 2, 1 and 0 items of 10; times the weight that is left (2); centred by 0.2.
    expect([...influence]).toEqual([0.4 - 0.2, 0.2 - 0.2, 0 - 0.2].map((each) => expect.closeTo(each, 12)));
  });

  it("is the same value however the lists are split into folds", () => {
    const random = createRandom(1);
    const lists = times(30, () => times(5, () => random.nextBelow(50)));
    const whole = coverageByFold([lists.flat()], [30], 50).value;
    const halves = [lists.slice(0, 11).flat(), lists.slice(11).flat()];
    expect(coverageByFold(halves, [11, 19], 50).value).toBe(whole);
    expect(
      coverageByFold(
        lists,
        lists.map(() => 1),
        50,
      ).value,
    ).toBe(whole);
  });

  it("has a standard error that is at least the spread over fresh samples, and at most 1.5 times that", () => {
    const random = createRandom(2);
    const items = 400;
    // Popular items are shown most: squares of uniform numbers.
    const draw = () => times(150, () => times(3, () => Math.floor(items * random.next() ** 2)));
    const estimates = times(200, () => {
      const lists = draw();
      const weight = lists.map(() => 1);
      const { value, influence } = coverageByFold(lists, weight, items);
      return { value, error: Math.sqrt(influence.reduce((sum, each) => sum + each * each, 0)) / lists.length };
    });
    const mean = estimates.reduce((sum, { value }) => sum + value, 0) / estimates.length;
    const spread = Math.sqrt(estimates.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / estimates.length);
    const stated = estimates.reduce((sum, { error }) => sum + error, 0) / estimates.length;
    expect(stated / spread).toBeGreaterThan(0.95);
    expect(stated / spread).toBeLessThan(1.5);
  });

  it("has no value where there are no items", () => {
    expect(coverageByFold([[]], [1], 0).value).toBeNaN();
  });
});
