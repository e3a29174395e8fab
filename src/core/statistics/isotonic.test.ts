import { expect, it } from "vitest";
import fixture from "./isotonic.fixture.json" with { type: "json" };
import { isotonicFit, isotonicValue } from "./isotonic.ts";

const x = Float64Array.from(fixture.x);

it("is scikit-learn's, plain and weighted, between its points and outside", () => {
  const plain = isotonicFit(x, fixture.y, null);
  const weighted = isotonicFit(x, fixture.y, Float64Array.from(fixture.weight));
  fixture.at.forEach((at, i) => {
    expect(isotonicValue(plain, at)).toBeCloseTo(fixture.plain[i]!, 9);
    expect(isotonicValue(weighted, at)).toBeCloseTo(fixture.weighted[i]!, 9);
  });
});

it("has no value without points, and one value with one", () => {
  expect(isotonicValue(isotonicFit(new Float64Array(0), [], null), 1)).toBeNaN();
  expect(isotonicValue(isotonicFit(Float64Array.of(2), [0.3], null), 9)).toBe(0.3);
});
