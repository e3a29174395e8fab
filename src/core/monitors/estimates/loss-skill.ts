import { normalQuantile } from "../../statistics/normal-distribution.ts";
import { quantileGroups } from "./patch-means.ts";

/** Does a model of losses say anything, on rows that it has not seen? */
export interface LossSkill {
  /** Why it is not to be used; null: it may be. */
  readonly refusal: string | null;
  readonly words: string;
}

const LEVEL = 0.95;
const BINS = 10;
/** Of the mean loss. */
const MOST_OFF = 0.1;

/**
 * Two checks out of fold. It must beat the mean loss: squared errors saved per unit, one-sided 95% (a loss that nothing tells
 * apart cannot be seen to change). And in tenths of what it expects it must be right on average within 10% of the mean loss,
 * beyond chance.
 */
export function judgeLosses(observed: Float64Array, expected: Float64Array, units: ArrayLike<number>): LossSkill {
  const n = observed.length;
  const mean = observed.reduce((sum, one) => sum + one, 0) / n;
  const saved = new Map<number, number>();
  let all = 0;
  let plain = 0;
  for (let i = 0; i < n; i++) {
    const before = (observed[i]! - mean) ** 2;
    const gain = before - (observed[i]! - expected[i]!) ** 2;
    plain += before;
    all += gain;
    saved.set(units[i]!, (saved.get(units[i]!) ?? 0) + gain);
  }
  let squares = 0;
  for (const gain of saved.values()) squares += gain * gain;
  const share = plain > 0 ? all / plain : 0;
  const words = `R² of the losses ${Number(share.toPrecision(2))} out of fold, ${n.toLocaleString("en-US")} rows`;
  if (!(all > normalQuantile(LEVEL) * Math.sqrt(squares))) {
    return { words, refusal: `nothing that is asked or answered surely tells how large losses are (${words})` };
  }
  const { error, most } = lossCalibration(observed, expected);
  const percent = (one: number): string => `${Number((100 * one).toPrecision(2))}%`;
  const refusal =
    error - most > MOST_OFF
      ? `expected losses are off by ${percent(error)} of the mean loss on the reference itself, at most ${percent(most)} by chance`
      : null;
  return { words, refusal };
}

/**
 * As the expected calibration error of probabilities, by tenths of the expected loss and in mean losses; and what chance alone
 * hardly ever exceeds (mean and two standard deviations of a sum of folded normals).
 */
function lossCalibration(observed: Float64Array, expected: Float64Array): { error: number; most: number } {
  const size = observed.reduce((sum, one) => sum + Math.abs(one), 0);
  let error = 0;
  let chance = 0;
  let variance = 0;
  for (const { reference } of quantileGroups(expected, new Float64Array(0), BINS)) {
    let gap = 0;
    let squares = 0;
    for (const i of reference) {
      const e = observed[i]! - expected[i]!;
      gap += e;
      squares += e * e;
    }
    error += Math.abs(gap) / size;
    chance += Math.sqrt((2 / Math.PI) * squares) / size;
    variance += ((1 - 2 / Math.PI) * squares) / size ** 2;
  }
  return { error, most: chance + 2 * Math.sqrt(variance) };
}
