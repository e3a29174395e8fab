import { expect, it } from "vitest";
import { betweenVariance } from "./between-variance.ts";
import fixture from "./between-variance.fixture.json" with { type: "json" };

it("is statsmodels', for two estimates and for many, with and without a difference", () => {
  for (const { values, errors, variance } of fixture.cases) {
    const found = betweenVariance(values, errors)!;
    expect(found.variance).toBeCloseTo(variance, 12);
    expect(found.degrees).toBe(values.length - 1);
  }
});

it("has nothing to say of one estimate", () => {
  expect(betweenVariance([0.7], [0.1])).toBeNull();
});
