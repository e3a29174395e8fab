import type { FeatureRows, Scaling } from "./scaling.ts";
import { learnScaling, scaled } from "./scaling.ts";
import { solveSymmetric } from "./solve-symmetric.ts";

/** A softmax model on scaled features: one row of weights and one intercept per class. */
export interface MultinomialModel {
  readonly scaling: Scaling;
  readonly classes: number;
  /** Class-major, `width` + 1 per class; the last is the intercept. */
  readonly coefficients: Float64Array;
}

const maximalSteps = 50;

/**
 * Multinomial logistic regression by Newton's method with the same objective as `fitLogistic`, summed over classes:
 * scikit-learn's `LogisticRegression(C=1/penalty)` with more than two classes.
 *
 * @param target class code per row
 */
export function fitMultinomial(rows: FeatureRows, target: Int32Array, classes: number, penalty = 1): MultinomialModel {
  const { width, values } = rows;
  const scaling = learnScaling(rows);
  const features = Float64Array.from(values, (value, at) => scaled(value, at % width, scaling));
  const size = (width + 1) * classes;
  let coefficients = new Float64Array(size);
  let best = Number.POSITIVE_INFINITY;
  for (let step = 0; step < maximalSteps; step++) {
    const { loss, gradient, hessian } = derivatives(features, width, target, classes, coefficients, penalty);
    best = loss;
    const move = solveSymmetric(hessian, gradient);
    if (move === null) break;
    let next = coefficients;
    let value = Number.POSITIVE_INFINITY;
    for (let factor = 1; factor > 1e-6 && !(value <= best); factor /= 2) {
      next = coefficients.map((coefficient, j) => coefficient - factor * move[j]!);
      value = objective(features, width, target, classes, next, penalty);
    }
    if (!(value <= best)) break;
    coefficients = next;
    if (best - value <= 1e-13 * Math.abs(value)) break;
  }
  return { scaling, classes, coefficients };
}

/** Class probabilities, row-major. */
export function multinomialProbabilities(model: MultinomialModel, { width, values }: FeatureRows): Float64Array {
  const { scaling, classes, coefficients } = model;
  const rows = width === 0 ? 0 : values.length / width;
  const features = Float64Array.from(values, (value, at) => scaled(value, at % width, scaling));
  const out = new Float64Array(rows * classes);
  for (let i = 0; i < rows; i++) softmax(features, i * width, width, classes, coefficients, out, i * classes);
  return out;
}

/** Writes the probabilities of one row; gives the logarithm of the sum of exponentials and the linear values' offset. */
function softmax(
  features: Float64Array,
  at: number,
  width: number,
  classes: number,
  coefficients: Float64Array,
  out: Float64Array,
  outAt: number,
): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) {
    let sum = coefficients[c * (width + 1) + width]!;
    for (let j = 0; j < width; j++) sum += coefficients[c * (width + 1) + j]! * features[at + j]!;
    out[outAt + c] = sum;
    if (sum > largest) largest = sum;
  }
  let total = 0;
  for (let c = 0; c < classes; c++) total += out[outAt + c] = Math.exp(out[outAt + c]! - largest);
  for (let c = 0; c < classes; c++) out[outAt + c]! /= total;
}

function objective(
  features: Float64Array,
  width: number,
  target: Int32Array,
  classes: number,
  coefficients: Float64Array,
  penalty: number,
): number {
  const p = new Float64Array(classes);
  let loss = 0;
  for (let i = 0; i < target.length; i++) {
    softmax(features, i * width, width, classes, coefficients, p, 0);
    loss -= Math.log(Math.max(p[target[i]!]!, 1e-300));
  }
  return loss + (penalty / 2) * weightSquares(coefficients, width);
}

function weightSquares(coefficients: Float64Array, width: number): number {
  let sum = 0;
  for (let j = 0; j < coefficients.length; j++) if (j % (width + 1) !== width) sum += coefficients[j]! ** 2;
  return sum;
}

function derivatives(
  features: Float64Array,
  width: number,
  target: Int32Array,
  classes: number,
  coefficients: Float64Array,
  penalty: number,
): { loss: number; gradient: Float64Array; hessian: Float64Array } {
  const one = width + 1;
  const size = one * classes;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const p = new Float64Array(classes);
  const row = new Float64Array(one).fill(1);
  let loss = 0;
  for (let i = 0; i < target.length; i++) {
    for (let j = 0; j < width; j++) row[j] = features[i * width + j]!;
    softmax(features, i * width, width, classes, coefficients, p, 0);
    loss -= Math.log(Math.max(p[target[i]!]!, 1e-300));
    for (let c = 0; c < classes; c++) {
      const rest = p[c]! - (target[i] === c ? 1 : 0);
      for (let j = 0; j < one; j++) gradient[c * one + j]! += rest * row[j]!;
      for (let d = 0; d <= c; d++) {
        const weight = p[c]! * ((c === d ? 1 : 0) - p[d]!);
        for (let j = 0; j < one; j++) {
          const at = (c * one + j) * size + d * one;
          for (let k = 0; k < one; k++) hessian[at + k]! += weight * row[j]! * row[k]!;
        }
      }
    }
  }
  for (let j = 0; j < size; j++) {
    const isIntercept = j % one === width;
    // All intercepts may move together without any change; a little weight on them keeps the matrix invertible.
    hessian[j * size + j]! += isIntercept ? 1e-9 * Math.max(1, target.length) : penalty;
    if (!isIntercept) gradient[j]! += penalty * coefficients[j]!;
  }
  return { loss: loss + (penalty / 2) * weightSquares(coefficients, width), gradient, hessian };
}
