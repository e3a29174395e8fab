import { describe, expect, it } from "vitest";
import { relativeError } from "../../../test/close-to.ts";
import fixture from "./anytime.fixture.json" with { type: "json" };
import { median } from "./quantile.ts";
import { createRandom } from "./random.ts";
import { sampleRatioChiSquared, sampleRatioStep, sequentialSampleRatio } from "./sample-ratio.ts";

describe("sample ratio mismatch", () => {
  it("has the Bayes factor of the published formula and scipy's chi-squared", () => {
    for (const { counts, shares, logBayesFactor, chi2, p } of fixture.srm) {
      expect(sequentialSampleRatio([{ counts, shares }]).logBayesFactor).toBeCloseTo(logBayesFactor, 7);
      const fixed = sampleRatioChiSquared({ counts, shares });
      expect(fixed.statistic).toBeCloseTo(chi2, 9);
      expect(relativeError(fixed.pValue as number, p)).toBeLessThan(1e-10);
    }
  });

  it("grows by single units to the closed form, and multiplies over periods of allocation", () => {
    const random = createRandom(6);
    const counts = [0, 0, 0];
    const shares = [0.5, 0.3, 0.2];
    let log = 0;
    for (let i = 0; i < 500; i++) {
      const arm = random.nextBelow(3);
      log += sampleRatioStep({ counts, shares }, arm);
      counts[arm] = (counts[arm] as number) + 1;
    }
    const first = { counts, shares };
    const second = { counts: [90, 10, 0], shares: [0.9, 0.1, 0] };
    expect(sequentialSampleRatio([first]).logBayesFactor).toBeCloseTo(log, 9);
    const both = sequentialSampleRatio([first, second]);
    expect(both.logBayesFactor).toBeCloseTo(log + sequentialSampleRatio([second]).logBayesFactor, 9);
    expect(both.n).toEqual([90 + (counts[0] as number), 10 + (counts[1] as number), counts[2]]);
  });

  it("takes a unit in an arm without traffic for a mismatch, and says what cannot be tested", () => {
    expect(sequentialSampleRatio([{ counts: [10, 1], shares: [1, 0] }])).toMatchObject({ pValue: 0, mismatch: true });
    expect(sampleRatioChiSquared({ counts: [10, 1], shares: [1, 0] }).pValue).toBe(0);
    expect(sequentialSampleRatio([])).toMatchObject({ pValue: 1, mismatch: false });
    expect(sampleRatioChiSquared({ counts: [0, 0], shares: [1, 1] }).reason).toBe("there are no units");
    expect(sampleRatioChiSquared({ counts: [5, 0], shares: [1, 0] }).reason).toBe("only one arm has traffic");
    expect(sequentialSampleRatio([{ counts: [1.5, 2], shares: [1, 1] }]).reason).toContain("whole number");
    expect(sequentialSampleRatio([{ counts: [1], shares: [1, 1] }]).pValue).toBeNull();
    expect(sequentialSampleRatio([{ counts: [1, 1], shares: [0, 0] }]).reason).toBe("no arm has a share");
  });

  it("alarms falsely in under 1 of 100 streams read after every unit, and finds 52 to 48", () => {
    const random = createRandom(52);
    const alarmAt = (share: number, units: number): number | null => {
      let a = 0;
      let log = 0;
      for (let n = 0; n < units; n++) {
        const first = random.next() < share;
        log += Math.log((50 + (first ? a : n - a)) / (100 + n)) + Math.LN2;
        if (first) a++;
        if (log >= Math.log(100)) return n + 1;
      }
      return null;
    };
    let falseAlarms = 0;
    for (let t = 0; t < 1500; t++) if (alarmAt(0.5, 5000) !== null) falseAlarms++;
    expect(falseAlarms / 1500).toBeLessThan(0.01);
    const delays = Array.from({ length: 300 }, () => alarmAt(0.52, 20_000)).filter((n) => n !== null);
    expect(delays.length / 300).toBeGreaterThan(0.93);
    expect(Math.abs(median(delays) - 6700)).toBeLessThan(1200);
  });
});
