import { expect, test } from "vitest";
import { usualPredictions } from "./response-path.ts";

test("predictions are found where servers put them; a row without one among others is no number", () => {
  expect(usualPredictions([0.5, null, 0.1], 3)).toEqual([0.5, Number.NaN, 0.1]);
  expect(usualPredictions({ predictions: [{ score: 1 }, null] }, 2)).toEqual([1, Number.NaN]);
  expect(usualPredictions({ result: { items: [{ label: "no" }] } }, 1)).toEqual(["no"]);
  expect(() => usualPredictions([null, null], 2)).toThrow("nothing in the answer");
  expect(() => usualPredictions([0.5, null], 3)).toThrow("nothing in the answer");
});
