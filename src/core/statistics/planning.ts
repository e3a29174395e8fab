import { asymptoticMultiplier } from "./asymptotic-confidence-sequence.ts";
import { normalCdf, normalUpperQuantile } from "./normal-distribution.ts";

/** What is to be found out, in units of the metric. */
export interface PlannedComparison {
  /** Standard deviation of one observation (after CUPED, if it is used). */
  readonly standardDeviation: number;
  /** Smallest difference of means worth finding; its size counts. */
  readonly effect: number;
  /** Two-sided confidence of the interval, for instance 0.95. */
  readonly confidence: number;
  /** Chance to find the effect when it is there. */
  readonly power: number;
  /** Share of units that the treatment gets; default one half. */
  readonly treatmentShare?: number;
  /** Observations per unit and their intra-class correlation: multiplies by 1 + (size - 1) icc. */
  readonly cluster?: { readonly size: number; readonly icc: number };
}

/** Observations needed; null with the reason where no number is enough. */
export interface SampleSize {
  readonly total: number | null;
  readonly control: number | null;
  readonly treatment: number | null;
  readonly method: string;
  readonly reason: string | null;
}

/** Observations for one look at the end: s^2 (z_{1-alpha/2} + z_power)^2 / d^2 (1/share + 1/(1-share)), rounded up per arm. */
export function sampleSize(plan: PlannedComparison): SampleSize {
  const method = "two-sample normal, one look";
  const problem = problemOf(plan);
  if (problem !== null) return none(method, problem);
  const z = normalUpperQuantile((1 - plan.confidence) / 2) + normalUpperQuantile(1 - plan.power);
  return split((varianceFactor(plan) * z * z) / (plan.effect * plan.effect), plan, method);
}

/**
 * Observations until the asymptotic confidence sequence is as narrow as the effect (half width = effect), so that an
 * effect of that size is about to be seen whenever one looks. `expectedN` is the tuning of the sequence (both arms);
 * left out, the sequence is tuned to the answer. `power` is not used.
 * @param lead standard errors that the estimate may be off on top: with the quantile of a chance it is narrow enough by
 * then with that chance, whatever the estimate
 */
export function sequentialSampleSize(plan: PlannedComparison, expectedN?: number, lead = 0): SampleSize {
  const method = "asymptotic confidence sequence, half width = effect";
  const problem = problemOf(plan);
  if (problem !== null) return none(method, problem);
  const factor = varianceFactor(plan) / (plan.effect * plan.effect);
  const { confidence } = plan;
  if (expectedN === undefined) {
    // Tuned to its own size the multiplier does not depend on it.
    return split(factor * (asymptoticMultiplier(1, { confidence, expectedN: 1 }) + lead) ** 2, plan, method);
  }
  const ratio = (n: number): number =>
    (factor / n) * Math.max(0, asymptoticMultiplier(n, { confidence, expectedN }) + lead) ** 2;
  let low = 1;
  let high = 2;
  while (ratio(high) > 1) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (ratio(middle) > 1) low = middle;
    else high = middle;
  }
  return split(high, plan, method);
}

/** Chance that the two-sided interval of a difference leaves 0 out on the right side, for a true `effect`. */
export function powerAt(effect: number, standardError: number, confidence: number): number {
  if (!(standardError > 0)) return Number.NaN;
  return normalCdf(Math.abs(effect) / standardError - normalUpperQuantile((1 - confidence) / 2));
}

/** What stands now about one slice or score, oriented so that more is better. */
export interface UndecidedGate {
  readonly units: number;
  readonly standardError: number;
  /** The difference that is expected (or was observed). */
  readonly effect: number;
  /** The bound that the lower limit must clear: m for `better`, -m for `not-worse`. */
  readonly bound: number;
  /** Two-sided confidence. */
  readonly confidence: number;
  readonly power: number;
}

/**
 * Units in all with which the lower bound would clear `bound` with chance `power`:
 * units ((z_{1-alpha/2} + z_power) se / (effect - bound))^2; null where the effect does not clear the bound.
 */
export function unitsToPass(gate: UndecidedGate): { readonly units: number | null; readonly reason: string | null } {
  const distance = gate.effect - gate.bound;
  if (!(gate.standardError > 0) || !(gate.units > 0))
    return { units: null, reason: "there is no standard error to plan with" };
  if (!(distance > 0)) return { units: null, reason: "at this difference no number of units would pass" };
  const z = normalUpperQuantile((1 - gate.confidence) / 2) + normalUpperQuantile(1 - gate.power);
  return { units: Math.ceil(gate.units * ((z * gate.standardError) / distance) ** 2), reason: null };
}

/** Days until `needed` units have arrived beyond those `seen`; Infinity without arrivals, 0 when they are there. */
export function daysToDecision(needed: number, seen: number, arrivalsPerDay: number): number {
  if (needed <= seen) return 0;
  return arrivalsPerDay > 0 ? (needed - seen) / arrivalsPerDay : Number.POSITIVE_INFINITY;
}

function varianceFactor(plan: PlannedComparison): number {
  const share = plan.treatmentShare ?? 0.5;
  const design = plan.cluster === undefined ? 1 : 1 + (plan.cluster.size - 1) * plan.cluster.icc;
  return plan.standardDeviation ** 2 * design * (1 / share + 1 / (1 - share));
}

function split(total: number, plan: PlannedComparison, method: string): SampleSize {
  const share = plan.treatmentShare ?? 0.5;
  const control = Math.ceil(total * (1 - share));
  const treatment = Math.ceil(total * share);
  return { total: control + treatment, control, treatment, method, reason: null };
}

function problemOf(plan: PlannedComparison): string | null {
  const share = plan.treatmentShare ?? 0.5;
  if (!(Math.abs(plan.effect) > 0)) return "no number of observations finds an effect of 0";
  if (!(plan.standardDeviation >= 0 && Number.isFinite(plan.standardDeviation)))
    return "the standard deviation is not known";
  if (!(share > 0 && share < 1)) return "one arm gets no traffic";
  if (!(plan.confidence > 0 && plan.confidence < 1 && plan.power > 0 && plan.power < 1)) {
    return "confidence and power must lie between 0 and 1";
  }
  return null;
}

function none(method: string, reason: string): SampleSize {
  return { total: null, control: null, treatment: null, method, reason };
}
