import { describe, expect, it } from "vitest";
import fixture from "./classical.fixture.json" with { type: "json" };
import { mcNemarExact, newcombePairedDifference, tangoPairedDifference } from "./paired-proportions.ts";
import { clopperPearson, wilson } from "./proportion.ts";

describe("a proportion", () => {
  it("has the Wilson and Clopper-Pearson intervals of statsmodels", () => {
    for (const [hits, n, byWilson, exact] of fixture.proportions as [number, number, number[], number[]][]) {
      const score = wilson(hits, n).interval;
      expect(score?.low).toBeCloseTo(byWilson[0] as number, 12);
      expect(score?.high).toBeCloseTo(byWilson[1] as number, 12);
      const interval = clopperPearson(hits, n).interval;
      expect(interval?.low).toBeCloseTo(exact[0] as number, 12);
      expect(interval?.high).toBeCloseTo(exact[1] as number, 12);
    }
  });

  it("is null with a reason for no trials or impossible hits", () => {
    expect(wilson(0, 0)).toMatchObject({ value: null, n: 0, reason: "there are no trials" });
    expect(clopperPearson(5, 3).value).toBeNull();
    expect(clopperPearson(Number.NaN, 3).value).toBeNull();
  });
});

describe("paired proportions", () => {
  it("have the exact McNemar p of statsmodels", () => {
    for (const [onlyFirst, onlySecond, p] of fixture.mcnemar as [number, number, number][]) {
      expect(mcNemarExact({ both: 30, onlyFirst, onlySecond, neither: 9 }).pValue).toBeCloseTo(p, 13);
    }
    expect(mcNemarExact({ both: 3, onlyFirst: 0, onlySecond: 0, neither: 1 })).toMatchObject({
      pValue: null,
      reason: "the models never disagree",
    });
  });

  it("have Newcombe's interval by its definition and Tango's by a numerically maximised likelihood", () => {
    for (const { counts, newcombe, tango } of fixture.paired) {
      const hybrid = newcombePairedDifference(counts).interval;
      expect(hybrid?.low).toBeCloseTo(newcombe[0] as number, 12);
      expect(hybrid?.high).toBeCloseTo(newcombe[1] as number, 12);
      const score = tangoPairedDifference(counts).interval;
      expect(score?.low).toBeCloseTo(tango[0] as number, 6);
      expect(score?.high).toBeCloseTo(tango[1] as number, 6);
    }
  });

  it("change sign when the models are swapped and are null without pairs", () => {
    const counts = { both: 20, onlyFirst: 3, onlySecond: 9, neither: 14 };
    const swapped = { ...counts, onlyFirst: 9, onlySecond: 3 };
    for (const method of [newcombePairedDifference, tangoPairedDifference]) {
      expect(method(counts).value).toBeCloseTo(6 / 46, 14);
      expect(method(counts).interval?.low).toBeCloseTo(-(method(swapped).interval?.high ?? Number.NaN), 12);
      expect(method({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 }).reason).toBe("there are no pairs");
    }
  });
});
