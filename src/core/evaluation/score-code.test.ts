import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCORE_BINS, scoreCode, scoreEdges } from "./score-code.ts";

describe("the code of a score", () => {
  it("never puts a higher score below a lower one", () => {
    const ordered = (unit: boolean) => (a: number, b: number) =>
      scoreCode(Math.min(a, b), unit) <= scoreCode(Math.max(a, b), unit);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const raw = fc.double({ noNaN: true });
    fc.assert(fc.property(share, share, ordered(true)));
    fc.assert(fc.property(raw, raw, ordered(false)));
  });

  it("is a bin, for infinite scores too", () => {
    for (const score of [Number.NEGATIVE_INFINITY, -1e300, 0, 1e300, Number.POSITIVE_INFINITY]) {
      expect(scoreCode(score, false)).toBeGreaterThanOrEqual(0);
      expect(scoreCode(score, false)).toBeLessThan(SCORE_BINS);
    }
    expect([scoreCode(0, true), scoreCode(1, true)]).toEqual([0, SCORE_BINS - 1]);
  });

  it("tells the hours of a day apart, counts up to a million that differ by 4%, and margins that differ by 0.03", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => scoreCode(hour, false));
    expect(new Set(hours).size).toBe(24);
    for (let score = 30; score < 9e5; score *= 1.04) {
      expect(scoreCode(score * 1.04, false)).toBeGreaterThan(scoreCode(score, false));
    }
    for (let margin = -2; margin < 2; margin += 0.03) {
      expect(scoreCode(margin + 0.03, false)).toBeGreaterThan(scoreCode(margin, false));
    }
  });

  it("has edges that its bins start at", () => {
    for (const unit of [true, false]) {
      const edges = scoreEdges(unit);
      for (let bin = 1; bin < SCORE_BINS; bin += 7) expect(scoreCode(edges[bin]!, unit)).toBeGreaterThanOrEqual(bin);
    }
  });
});
