import { describe, expect, it } from "vitest";
import { joinPeriods } from "./join-periods.ts";
import { qualitySignals } from "./quality-signals.ts";
import { type QualityPeriod, type QualityPoint, type QualityRule, watchQuality } from "./watch-quality.ts";

const DAY = 86_400_000;
const rule: QualityRule = { metric: "roc_auc", below: null, worseThan: null, falseAlarmEvery: 365 };
const point: QualityPoint = {
  value: 0.8,
  standardError: 0.005,
  degrees: 500,
  skew: 0,
  rows: 5000,
  units: 5000,
  reason: null,
};
const day = (i: number, value: number | null, change: Partial<QualityPeriod> = {}): QualityPeriod => ({
  ...point,
  value,
  standardError: 0.01,
  from: i * DAY,
  until: (i + 1) * DAY,
  labelled: 1000,
  completeness: 1,
  ...change,
});
const slice = { name: "young", blocking: true };
const watch = (periods: readonly QualityPeriod[], given = rule, reference: QualityPoint | null = point) =>
  watchQuality(slice, reference, periods, given, "binary", 3);

describe("the quality of a slice", () => {
  it("holds while it is near the reference, and is below once that is sure", () => {
    expect(watch([day(0, 0.8), day(1, 0.79)])).toMatchObject({ outcome: "holds", since: null });
    const fallen = watch([day(0, 0.8), day(1, 0.72), day(2, 0.71), day(3, 0.7)]);
    expect(fallen).toMatchObject({ outcome: "below", since: DAY, threshold: 1095 });
    expect(fallen.reason).toMatch(/roc_auc 0\.7 .*below.*reference 0\.8, limit 0\.7742/);
    expect(fallen.periods[3]!.interval![1]).toBeCloseTo(0.7196, 3);
  });

  it("turns round where less is better", () => {
    const loss = { ...rule, metric: "log_loss" };
    expect(watch([day(0, 0.7), day(1, 0.6)], loss)).toMatchObject({ outcome: "holds" });
    expect(watch([day(0, 0.9), day(1, 0.9)], loss)).toMatchObject({ outcome: "below" });
  });

  it("can be held against a fixed value, without a reference", () => {
    const fixed = { ...rule, worseThan: 0.75 };
    expect(watch([day(0, 0.7), day(1, 0.69)], fixed, null)).toMatchObject({ outcome: "below", limit: 0.75 });
    expect(watch([day(0, 0.76)], fixed, null).outcome).toBe("holds");
  });

  it("says why it says nothing", () => {
    expect(watch([], rule, null)).toMatchObject({ outcome: "not-evaluated", reason: "there is no reference" });
    expect(watch([])).toMatchObject({ outcome: "not-enough-data", reason: "no period has ended yet" });
    const young = watch([day(0, 0.2, { completeness: 0.3 })]);
    expect(young).toMatchObject({ outcome: "not-enough-data", reason: expect.stringMatching(/^30% of the labels/) });
    const none = watch([day(0, null, { reason: "no label has come" })]);
    expect(none).toMatchObject({ outcome: "not-enough-data", reason: "no label has come" });
    const bias = watchQuality(slice, point, [day(0, 1)], { ...rule, metric: "bias" }, "regression", 1);
    expect(bias.outcome).toBe("not-evaluated");
  });

  it("is below where every answer is wrong, although nothing varies", () => {
    const wrong = day(0, 0, { standardError: null, units: 200 });
    expect(watch([wrong, wrong], { ...rule, metric: "accuracy" }).outcome).toBe("below");
  });
});

it("one alarm a slice, an error where it blocks and labels say so; no data neither raises nor ends one", () => {
  const below = watch([day(0, 0.6), day(1, 0.6)]);
  const holds = { ...watch([day(0, 0.8)]), slice: "old" };
  const unknown = { ...watch([]), slice: "new" };
  const measured = qualitySignals("m", "ann", "measured", [below, holds, unknown]);
  expect(measured.signals).toMatchObject([{ key: "quality:m/young", severity: "error", owner: "ann" }]);
  expect(measured.signals[0]!.message).toMatch(/^young: roc_auc 0\.6 .* since 1 Jan 1970$/);
  expect(measured.quiet).toEqual(["quality:m/old"]);
  const estimated = qualitySignals("m", null, "estimated", [below]);
  expect(estimated.signals).toMatchObject([{ key: "estimated-quality:m/young", severity: "warning" }]);
});

it("little traffic is judged over several periods together", () => {
  const of = (units: number, hits: number | null = null, misses: number | null = null) => ({ units, hits, misses });
  expect(joinPeriods([of(40), of(10), of(10), of(10), of(5)], 30)).toEqual([
    [0, 1],
    [1, 4],
    [4, 5],
  ]);
  expect(joinPeriods([of(40, 3, 37), of(40, 8, 32)], 30)).toEqual([[0, 2]]);
  expect(joinPeriods([], 30)).toEqual([]);
});
