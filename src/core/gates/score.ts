import { finite, type PairedDifference } from "../evaluation/studentised.ts";
import type { Prepared, Tested } from "./prepare.ts";
import type { Score } from "./verdict.ts";

const CHALLENGER = 1;

/**
 * The weighted mean and sum of slice performance of both models over the slices that have evidence, and the weight
 * that has none. Slices overlap; nothing is renormalised in silence: `weight.excluded` says what is left out.
 * @param against index of the model on the champion's side (0 champion, 2… a baseline)
 */
export function scoreOf(
  prepared: Prepared,
  weights: ArrayLike<number>,
  pairs: readonly (PairedDifference | null)[],
  test: Tested | null,
  against: number,
): Score {
  const { values, gate } = prepared.input;
  const sums = { champion: 0, challenger: 0 };
  const weight = { evaluated: 0, excluded: 0 };
  pairs.forEach((pair, s) => {
    if (pair === null) {
      weight.excluded += weights[s]!;
      return;
    }
    weight.evaluated += weights[s]!;
    if (weights[s]! === 0) return;
    sums.champion += weights[s]! * values.slices[s]!.values[against]!;
    sums.challenger += weights[s]! * values.slices[s]!.values[CHALLENGER]!;
  });
  const method = `studentised paired bootstrap over folds of units, ${prepared.draws.count} draws`;
  const shared = { confidence: gate.confidence, weight, method };
  if (test === null || !(weight.evaluated > 0)) {
    const none = { champion: null, challenger: null };
    const reason = "no slice with a weight has evidence for both models";
    return { ...none, difference: null, interval: null, ...shared, sums: none, reason };
  }
  return {
    champion: sums.champion / weight.evaluated,
    challenger: sums.challenger / weight.evaluated,
    difference: test.paired.difference,
    interval: finite(test.interval),
    ...shared,
    sums,
    reason: null,
  };
}
