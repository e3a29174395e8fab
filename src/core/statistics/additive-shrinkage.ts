import { Matrix, pseudoInverse } from "ml-matrix";
import { type ShrunkEstimate, shrink, usableSlices } from "./empirical-bayes.ts";

/** Shrinkage of crossed slices towards the sum of what their marginal values say. */
export interface AdditiveShrinkage {
  /** In the order given; null for a slice that is not usable, or all null with a `reason`. */
  readonly slices: readonly (ShrunkEstimate | null)[];
  /** Prior mean per slice: the additive fit; NaN where there is none. */
  readonly priorMeans: Float64Array;
  /** Variance of the true values around the additive fit. */
  readonly betweenVariance: number | null;
  readonly n: number;
  readonly method: "DerSimonian-Laird around an additive fit";
  readonly reason: string | null;
}

/**
 * Empirical Bayes for the cells of a cross: the prior mean of a cell is intercept + effect of each of its values, fitted
 * by weighted least squares; the variance around the fit by the method of moments, tau^2 = max(0, (Q - (S - p)) / tr P)
 * with P = W - W X (X'WX)^- X'W (DerSimonian and Laird 1986, Raudenbush 2009 for covariates). `factors[s]` holds the
 * value code of cell s in each crossed column. Without columns it is {@link dersimonianLaird}.
 */
export function additiveShrinkage(
  differences: ArrayLike<number>,
  standardErrors: ArrayLike<number>,
  factors: readonly (readonly number[])[],
  confidence = 0.95,
): AdditiveShrinkage {
  const usable = usableSlices(differences, standardErrors);
  const priorMeans = new Float64Array(differences.length).fill(Number.NaN);
  const slices: (ShrunkEstimate | null)[] = Array.from({ length: differences.length }, () => null);
  const method = "DerSimonian-Laird around an additive fit";
  const n = usable.length;
  const design = designMatrix(usable.map((s) => factors[s] ?? []));
  const d = usable.map((s) => differences[s] as number);
  const variances = usable.map((s) => (standardErrors[s] as number) ** 2);
  if (n < 2 || n <= design.rank) {
    const reason = "there are not more usable cells than values to fit";
    return { slices, priorMeans, betweenVariance: null, n, method, reason };
  }
  const between = momentVariance(design, d, variances);
  const fit = weightedFit(
    design.matrix,
    d,
    variances.map((v) => 1 / (v + between)),
  );
  usable.forEach((s, i) => {
    const row = design.matrix.getRowVector(i);
    const mean = row.mmul(fit.coefficients).get(0, 0);
    const variance = Math.max(0, row.mmul(fit.covariance).mmul(row.transpose()).get(0, 0));
    priorMeans[s] = mean;
    slices[s] = shrink(d[i] as number, variances[i] as number, { mean, variance, between }, confidence);
  });
  return { slices, priorMeans, betweenVariance: between, n, method, reason: null };
}

interface Design {
  readonly matrix: Matrix;
  readonly rank: number;
}

/** Intercept and one column per value but the first of each factor. */
function designMatrix(codes: readonly (readonly number[])[]): Design {
  const columns: number[][] = [codes.map(() => 1)];
  const factorCount = codes[0]?.length ?? 0;
  for (let f = 0; f < factorCount; f++) {
    const values = [...new Set(codes.map((code) => code[f] as number))].sort((a, b) => a - b);
    for (const value of values.slice(1)) columns.push(codes.map((code) => (code[f] === value ? 1 : 0)));
  }
  if (codes.length === 0) return { matrix: Matrix.zeros(0, 1), rank: 0 };
  const matrix = new Matrix(columns).transpose();
  // Disconnected crosses make columns depend on each other; the trace of the projection is the rank.
  const projection = matrix.mmul(pseudoInverse(matrix));
  return { matrix, rank: Math.round(projection.trace()) };
}

interface Fit {
  readonly coefficients: Matrix;
  readonly covariance: Matrix;
}

function weightedFit(x: Matrix, d: readonly number[], weights: readonly number[]): Fit {
  const weighted = x.transpose().mulRowVector([...weights]);
  const covariance = pseudoInverse(weighted.mmul(x));
  return { coefficients: covariance.mmul(weighted).mmul(Matrix.columnVector([...d])), covariance };
}

function momentVariance(design: Design, d: readonly number[], variances: readonly number[]): number {
  const weights = variances.map((v) => 1 / v);
  const fit = weightedFit(design.matrix, d, weights);
  const fitted = design.matrix.mmul(fit.coefficients);
  let q = 0;
  let total = 0;
  weights.forEach((w, i) => {
    q += w * ((d[i] as number) - fitted.get(i, 0)) ** 2;
    total += w;
  });
  const squares = design.matrix
    .transpose()
    .mulRowVector(weights.map((w) => w * w))
    .mmul(design.matrix);
  const trace = total - fit.covariance.mmul(squares).trace();
  return Math.max(0, (q - (d.length - design.rank)) / trace);
}
