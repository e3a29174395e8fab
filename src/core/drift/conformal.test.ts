import { expect, test } from "vitest";
import { createRandom } from "../statistics/random.ts";
import { conformalSurprise } from "./conformal.ts";

test("the columns' own rates of alarms sum to what their family promises", () => {
  const random = createRandom(3);
  const draw = (): Float64Array => Float64Array.from({ length: 4 }, () => Math.abs(random.nextNormal()));
  for (const R of [20, 42, 200]) {
    const windows = Array.from({ length: R }, draw);
    const { rates } = conformalSurprise(windows, draw(), 0.05);
    const promised = Math.floor(0.05 * (R + 1) + 1e-9) / R;
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(promised, 9);
  }
});
