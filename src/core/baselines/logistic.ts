import type { LinearModel } from "./ridge.ts";
import { linearValues } from "./ridge.ts";
import type { FeatureRows } from "./scaling.ts";
import { learnScaling, scaled } from "./scaling.ts";
import { solveSymmetric } from "./solve-symmetric.ts";

const maximalSteps = 100;

/**
 * Logistic regression by Newton's method: minimises the sum of log losses + half of `penalty` x the sum of squared
 * weights, on features of mean 0 and deviation 1; the intercept is not penalised. The same as scikit-learn's
 * `StandardScaler` + `LogisticRegression(C=1/penalty)`. Steps are halved while they do not lower the objective.
 *
 * @param target 1 for a positive row, else 0
 */
export function fitLogistic(rows: FeatureRows, target: Uint8Array, penalty = 1): LinearModel {
  const { width, values } = rows;
  const scaling = learnScaling(rows);
  const features = Float64Array.from(values, (value, at) => scaled(value, at % width, scaling));
  let coefficients = new Float64Array(width + 1);
  let best = objective(features, width, target, coefficients, penalty);
  for (let step = 0; step < maximalSteps; step++) {
    const move = newtonStep(features, width, target, coefficients, penalty);
    if (move === null) break;
    let factor = 1;
    let next = coefficients;
    let value = best;
    for (; factor > 1e-6; factor /= 2) {
      next = coefficients.map((coefficient, j) => coefficient - factor * move[j]!);
      value = objective(features, width, target, next, penalty);
      if (value <= best) break;
    }
    const gain = best - value;
    if (!(gain >= 0)) break;
    coefficients = next;
    best = value;
    if (gain <= 1e-13 * Math.abs(best)) break;
  }
  return { scaling, intercept: coefficients[width]!, weights: coefficients.subarray(0, width) };
}

/** Probability of a positive row, per row. */
export function logisticProbabilities(model: LinearModel, rows: FeatureRows): Float64Array {
  return linearValues(model, rows).map(sigmoid);
}

function sigmoid(value: number): number {
  return value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value));
}

function linear(features: Float64Array, at: number, width: number, coefficients: Float64Array): number {
  let sum = coefficients[width]!;
  for (let j = 0; j < width; j++) sum += coefficients[j]! * features[at + j]!;
  return sum;
}

function objective(
  features: Float64Array,
  width: number,
  target: Uint8Array,
  coefficients: Float64Array,
  penalty: number,
): number {
  let loss = 0;
  for (let i = 0; i < target.length; i++) {
    const z = linear(features, i * width, width, coefficients);
    // log(1 + e^z) - y z, without overflow.
    loss += (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z))) - target[i]! * z;
  }
  let squares = 0;
  for (let j = 0; j < width; j++) squares += coefficients[j]! ** 2;
  return loss + (penalty / 2) * squares;
}

/** Inverse Hessian times gradient; null where the Hessian has no inverse (one class only and no penalty on it). */
function newtonStep(
  features: Float64Array,
  width: number,
  target: Uint8Array,
  coefficients: Float64Array,
  penalty: number,
): Float64Array | null {
  const size = width + 1;
  const hessian = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const row = new Float64Array(size).fill(1);
  for (let i = 0; i < target.length; i++) {
    for (let j = 0; j < width; j++) row[j] = features[i * width + j]!;
    const p = sigmoid(linear(features, i * width, width, coefficients));
    const weight = p * (1 - p);
    for (let j = 0; j < size; j++) {
      gradient[j]! += (p - target[i]!) * row[j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += weight * row[j]! * row[k]!;
    }
  }
  for (let j = 0; j < width; j++) {
    gradient[j]! += penalty * coefficients[j]!;
    hessian[j * size + j]! += penalty;
  }
  return solveSymmetric(hessian, gradient);
}
