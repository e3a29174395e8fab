import type { RankMetric } from "../metrics/metric.ts";

type RankEvaluated = ReturnType<RankMetric["evaluate"]>;

/**
 * Widens the influence of a rank metric for the few rows of a class: deviations from the class's mean times
 * sqrt(n / (n - 1)), n its rows. The sum over rows of the squares then is the variance of DeLong et al. (1988), which
 * divides by n - 1 in each class; without it four positives would understate their spread by an eighth, and a score
 * over many such slices with them. The sum of the influence, and so the value, stays. A class of one row has no spread
 * of its own and is left as it is.
 * @param positives rows per group of tied scores; as given to `evaluate`
 */
export function widenForFewRows(
  evaluated: RankEvaluated,
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): RankEvaluated {
  const { value, positive, negative } = evaluated;
  if (positive === null || negative === null) return evaluated;
  return { value, positive: widen(positive, positives), negative: widen(negative, negatives) };
}

function widen(influence: Float64Array, counts: ArrayLike<number>): Float64Array {
  let rows = 0;
  let sum = 0;
  for (let group = 0; group < influence.length; group++) {
    rows += counts[group]!;
    sum += counts[group]! * influence[group]!;
  }
  if (rows < 2) return influence;
  const mean = sum / rows;
  const factor = Math.sqrt(rows / (rows - 1));
  return influence.map((each) => mean + factor * (each - mean));
}
