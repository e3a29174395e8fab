import type { FeatureRows, Scaling } from "./scaling.ts";
import { learnScaling, scaled } from "./scaling.ts";
import { solveSymmetric } from "./solve-symmetric.ts";

/** A linear model on scaled features. */
export interface LinearModel {
  readonly scaling: Scaling;
  readonly intercept: number;
  readonly weights: Float64Array;
}

/**
 * Ridge regression: minimises the sum of squared errors + `penalty` x the sum of squared weights, on features of mean 0
 * and deviation 1; the intercept is not penalised. The same as scikit-learn's `StandardScaler` + `Ridge(alpha)`.
 */
export function fitRidge(rows: FeatureRows, target: Float64Array, penalty = 1): LinearModel {
  const { width, values } = rows;
  const scaling = learnScaling(rows);
  const centre = target.reduce((sum, value) => sum + value, 0) / Math.max(1, target.length);
  const gram = new Float64Array(width * width);
  const right = new Float64Array(width);
  // With missing values filled by the mean, features still sum to 0, so that the intercept separates.
  const row = new Float64Array(width);
  for (let i = 0; i < target.length; i++) {
    for (let j = 0; j < width; j++) row[j] = scaled(values[i * width + j]!, j, scaling);
    const rest = target[i]! - centre;
    for (let j = 0; j < width; j++) {
      right[j]! += row[j]! * rest;
      for (let k = 0; k <= j; k++) gram[j * width + k]! += row[j]! * row[k]!;
    }
  }
  for (let j = 0; j < width; j++) gram[j * width + j]! += penalty;
  const weights = solveSymmetric(gram, right) ?? new Float64Array(width);
  return { scaling, intercept: centre, weights };
}

/** Intercept + weights . scaled features, per row. */
export function linearValues(
  { scaling, intercept, weights }: LinearModel,
  { width, values }: FeatureRows,
): Float64Array {
  const out = new Float64Array(width === 0 ? 0 : values.length / width);
  for (let i = 0; i < out.length; i++) {
    let sum = intercept;
    for (let j = 0; j < width; j++) sum += weights[j]! * scaled(values[i * width + j]!, j, scaling);
    out[i] = sum;
  }
  return out;
}
