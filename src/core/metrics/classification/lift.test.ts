import { expect, it } from "vitest";
import { lift } from "./lift.ts";

it("reads lift@10 as the best 10%, the same as lift@0.1", () => {
  const positives = [3, 2, 1, 0, 0, 1];
  const negatives = [1, 4, 9, 20, 30, 40];
  const at = (parameter: number) => lift.evaluate(positives, negatives, { text: "lift", parameter }, false).value;
  expect(at(10)).toBe(at(0.1));
  expect(at(1)).toBe(1);
});
