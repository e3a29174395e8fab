import { expect, it } from "vitest";
import { binOfProbability } from "./calibration-bins.ts";

it("puts a probability into the bin that ends at it, and 0 into the first", () => {
  expect([0, 1e-300, 0.1, 0.2, 0.2 + 1e-16, 0.200001, 0.6, 0.7, 1].map((p) => binOfProbability(p, 10))).toEqual([
    0, 0, 0, 1, 2, 2, 5, 6, 9,
  ]);
});

it("puts every edge k / bins into the bin below it, for any number of bins", () => {
  for (let bins = 1; bins <= 100; bins++) {
    for (let k = 1; k <= bins; k++) {
      expect(binOfProbability(k / bins, bins)).toBe(k - 1);
    }
  }
});

it("keeps what is not a probability in the outer bins", () => {
  expect(binOfProbability(-0.5, 15)).toBe(0);
  expect(binOfProbability(1.5, 15)).toBe(14);
});
