import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.ts";
import fixture from "./binomial-sequence.fixture.json" with { type: "json" };
import { binomialHigh, binomialLow } from "./binomial-sequence.ts";

describe("bounds of a rate that hold at every look", () => {
  it("equal those that scipy finds", () => {
    for (const { hits, n, confidence, low, high } of fixture) {
      expect(binomialLow(hits, n, confidence)).toBeCloseTo(low, 9);
      expect(binomialHigh(hits, n, confidence)).toBeCloseTo(high, 9);
    }
  });

  it("miss a true rate less often than is stated, looked at after every unit", () => {
    let missed = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const random = createRandom(run);
      let hits = 0;
      for (let n = 1; n <= 300; n++) {
        if (random.next() < 0.05) hits++;
        if (binomialLow(hits, n, 0.9) > 0.05) {
          missed++;
          break;
        }
      }
    }
    expect(missed / runs).toBeLessThan(0.1);
    expect(missed).toBeGreaterThan(0);
  });
});
