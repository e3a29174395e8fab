import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import type { Interval } from "./result.ts";

/** One slice's difference, drawn towards what all slices say together. Always shown beside the raw one. */
export interface ShrunkEstimate {
  readonly value: number;
  readonly standardError: number;
  readonly interval: Interval;
  /** How far it was drawn: 0 not at all, 1 all the way to the common mean. */
  readonly shrinkage: number;
}

export interface EmpiricalBayes {
  /** Common mean of the true values; null with fewer than two usable slices. */
  readonly mean: number | null;
  readonly meanStandardError: number | null;
  /** Variance of the true values among slices. */
  readonly betweenVariance: number | null;
  /** Cochran's Q of equal true values. */
  readonly q: number | null;
  /** Usable slices (finite difference, positive finite standard error). */
  readonly n: number;
  /** In the order given; null for a slice that is not usable. */
  readonly slices: readonly (ShrunkEstimate | null)[];
  readonly method: "DerSimonian-Laird";
  readonly reason: string | null;
}

/**
 * Empirical Bayes over slices: D_s ~ N(theta_s, se_s^2), theta_s ~ N(mu, tau^2), tau^2 by DerSimonian and Laird (1986).
 * Posterior mean B mu + (1 - B) D with B = se^2/(se^2 + tau^2), variance (1 - B) se^2 + B^2 var(mu). A description of the
 * slices, never a gate: shrinkage must not turn a failed blocking slice into a pass. Slices are taken as independent.
 */
export function dersimonianLaird(
  differences: ArrayLike<number>,
  standardErrors: ArrayLike<number>,
  confidence = 0.95,
): EmpiricalBayes {
  const usable = usableSlices(differences, standardErrors);
  if (usable.length < 2) return unshrunk(differences.length, usable.length);
  const d = usable.map((s) => differences[s] as number);
  const variances = usable.map((s) => (standardErrors[s] as number) ** 2);
  const { q, between } = betweenVariance(d, variances);
  const common = weightedMean(
    d,
    variances.map((v) => 1 / (v + between)),
  );
  const slices: (ShrunkEstimate | null)[] = Array.from({ length: differences.length }, () => null);
  const prior = { mean: common.mean, variance: 1 / common.weight, between };
  usable.forEach((s, i) => {
    slices[s] = shrink(d[i] as number, variances[i] as number, prior, confidence);
  });
  return {
    mean: common.mean,
    meanStandardError: 1 / Math.sqrt(common.weight),
    betweenVariance: between,
    q,
    n: usable.length,
    slices,
    method: "DerSimonian-Laird",
    reason: null,
  };
}

/** What is believed of a slice before its own data: a mean, how surely it is known, and the spread around it. */
export interface SlicePrior {
  readonly mean: number;
  readonly variance: number;
  readonly between: number;
}

/** Posterior of one slice whose difference has the error variance `variance`. */
export function shrink(difference: number, variance: number, prior: SlicePrior, confidence: number): ShrunkEstimate {
  const z = normalQuantile(0.5 + confidence / 2);
  const shrinkage = variance / (variance + prior.between);
  const value = shrinkage * prior.mean + (1 - shrinkage) * difference;
  const standardError = Math.sqrt((1 - shrinkage) * variance + shrinkage * shrinkage * prior.variance);
  const interval = { low: value - z * standardError, high: value + z * standardError, confidence };
  return { value, standardError, interval, shrinkage };
}

/** Indices of slices with a finite difference and a positive finite standard error. */
export function usableSlices(differences: ArrayLike<number>, standardErrors: ArrayLike<number>): number[] {
  const usable: number[] = [];
  for (let s = 0; s < differences.length; s++) {
    const se = standardErrors[s] as number;
    if (Number.isFinite(differences[s]) && se > 0 && Number.isFinite(se)) usable.push(s);
  }
  return usable;
}

/** P(true value < -margin) under the posterior of a shrunk slice. */
export function probabilityOfLoss(slice: ShrunkEstimate, margin: number): number {
  return normalCdf((-margin - slice.value) / slice.standardError);
}

function betweenVariance(d: readonly number[], variances: readonly number[]): { q: number; between: number } {
  const weights = variances.map((v) => 1 / v);
  const fixed = weightedMean(d, weights);
  let q = 0;
  let squares = 0;
  weights.forEach((w, i) => {
    q += w * ((d[i] as number) - fixed.mean) ** 2;
    squares += w * w;
  });
  const c = fixed.weight - squares / fixed.weight;
  return { q, between: Math.max(0, (q - (d.length - 1)) / c) };
}

function weightedMean(values: readonly number[], weights: readonly number[]): { mean: number; weight: number } {
  let weight = 0;
  let sum = 0;
  weights.forEach((w, i) => {
    weight += w;
    sum += w * (values[i] as number);
  });
  return { mean: sum / weight, weight };
}

function unshrunk(length: number, n: number): EmpiricalBayes {
  return {
    mean: null,
    meanStandardError: null,
    betweenVariance: null,
    q: null,
    n,
    slices: Array.from({ length }, () => null),
    method: "DerSimonian-Laird",
    reason: "fewer than two slices have a difference with a standard error",
  };
}
