import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import { erf, erfc } from "./error-function.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import { logGamma } from "./log-gamma.ts";
import fixture from "./special-functions.fixture.json" with { type: "json" };

function worst(errors: readonly number[]): number {
  return errors.reduce((a, b) => Math.max(a, b), 0);
}

describe("special functions against mpmath", () => {
  it("give log-gamma within 1e-14, also beside its roots at 1 and 2", () => {
    for (const [x, value] of fixture.logGamma as [number, number][]) {
      expect(relativeError(logGamma(x), value), `x=${x}`).toBeLessThan(1e-14);
    }
  });

  it("give both tails of the incomplete gamma function within 1e-12", () => {
    for (const [a, x, lower, upper] of fixture.incompleteGamma as [number, number, number, number][]) {
      const tails = incompleteGamma(a, x);
      const error = worst([relativeError(tails.lower, lower), relativeError(tails.upper, upper)]);
      expect(error, `a=${a} x=${x}`).toBeLessThan(1e-12);
    }
  });

  it("give both tails of the incomplete beta function within 1e-12", () => {
    for (const [a, b, x, lower, upper] of fixture.incompleteBeta as [number, number, number, number, number][]) {
      const tails = incompleteBeta(a, b, x);
      const error = worst([relativeError(tails.lower, lower), relativeError(tails.upper, upper)]);
      expect(error, `a=${a} b=${b} x=${x}`).toBeLessThan(1e-12);
    }
  });

  it("give erf and erfc within 1e-14 up to the end of the doubles", () => {
    for (const [x, value, complement] of fixture.erf as [number, number, number][]) {
      expect(relativeError(erf(x), value), `erf ${x}`).toBeLessThan(1e-14);
      expect(relativeError(erfc(x), complement), `erfc ${x}`).toBeLessThan(1e-13);
    }
  });

  it("answer NaN outside their domain and the limit at its edge", () => {
    expect(logGamma(-1)).toBeNaN();
    expect(logGamma(0)).toBe(Number.POSITIVE_INFINITY);
    expect(incompleteGamma(0, 1).lower).toBeNaN();
    expect(incompleteGamma(2, -1).upper).toBeNaN();
    expect(incompleteGamma(2, 0)).toEqual({ lower: 0, upper: 1 });
    expect(incompleteGamma(2, Number.POSITIVE_INFINITY)).toEqual({ lower: 1, upper: 0 });
    expect(incompleteBeta(1, 1, 1.5).lower).toBeNaN();
    expect(incompleteBeta(2, 3, 0)).toEqual({ lower: 0, upper: 1 });
    expect(incompleteBeta(2, 3, 1)).toEqual({ lower: 1, upper: 0 });
    expect(erf(Number.NaN)).toBeNaN();
    expect(erfc(40)).toBe(0);
  });
});
