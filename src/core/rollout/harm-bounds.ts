import type { ArmDifference } from "../statistics/arm-difference.ts";
import { asymptoticConfidenceSequence, type SequenceTuning } from "../statistics/asymptotic-confidence-sequence.ts";
import { stratifiedDifference } from "../statistics/stratified-difference.ts";
import { binomialHigh, binomialLow } from "./binomial-sequence.ts";
import { armRatios, type RatioKind, type RatioSums } from "./ratio-sums.ts";
import type { Guardrail } from "./release-policy.ts";

/** Levels of one guardrail, each one-sided, fixed before the first look. */
export interface CheckLevels {
  /** Chance of a false breach in this step alone. */
  readonly step: number;
  /** Chance of a false breach over all steps together, stratified. */
  readonly whole: number;
  /** Chance of a false clear. */
  readonly clear: number;
  /** Units of both arms near which the bounds of a step, and of all steps, are best. */
  readonly expectedN: number;
  readonly wholeN: number;
}

/** Rates of rare events, which bounds of their own hold for at any size, beside those of all measures. */
export function isRate({ measure }: Pick<Guardrail, "measure">): boolean {
  return measure === "errors" || measure === "fallback";
}

/** Of one kind of bounds: a rate is clear by either of two, which share the chance of a false clear. */
export function clearLevel(guardrail: Pick<Guardrail, "measure">, { clear }: Pick<CheckLevels, "clear">): number {
  return isRate(guardrail) ? clear / 2 : clear;
}

export const ASYMPTOTIC = "asymptotic confidence sequence over units, stratified by step";

/** Of a guardrail's harm; infinite ends while there is nothing to say, with the reason. */
export interface HarmBounds {
  readonly harm: number | null;
  readonly low: number;
  readonly high: number;
  readonly notReady: string | null;
}

/** The two arms of each step. */
export type ArmPairs = readonly (readonly [control: RatioSums, treatment: RatioSums])[];

/** Bounds of the harm from the two arms' own sequences: they hold from the first unit on. */
export function rareBounds(
  guardrail: Guardrail,
  control: RatioSums,
  treatment: RatioSums,
  levels: Pick<CheckLevels, "step" | "clear">,
) {
  const { breach, clear } = rarerBounds(control, treatment, levels.step, levels.clear);
  return guardrail.direction < 0 ? { low: breach.low, high: clear.high } : { low: -breach.high, high: -clear.low };
}

/**
 * Treatment minus control in units that met the rarer outcome. Of hits and misses the rarer is counted, so that the
 * units that come back often, and meet everything in the end, do not hide a difference.
 */
export function rarerBounds(control: RatioSums, treatment: RatioSums, breachLevel: number, clearLevel: number) {
  const misses = (sums: RatioSums): number => sums.n - sums.full;
  const rarer = control.hit + treatment.hit <= misses(control) + misses(treatment);
  const counted = (sums: RatioSums): number => (rarer ? sums.hit : misses(sums));
  const bound = (of: typeof binomialLow, sums: RatioSums, level: number) => of(counted(sums), sums.n, 1 - level / 2);
  const least = (level: number, more: RatioSums, less: RatioSums): number =>
    bound(binomialLow, more, level) - bound(binomialHigh, less, level);
  const at = (level: number) =>
    rarer
      ? { low: least(level, treatment, control), high: -least(level, control, treatment) }
      : { low: least(level, control, treatment), high: -least(level, treatment, control) };
  return { breach: at(breachLevel), clear: at(clearLevel) };
}

/** Treatment against control over strata, oriented so that positive is worse. */
export function harmBounds(guardrail: Guardrail, pairs: ArmPairs, level: number, expectedN: number): HarmBounds {
  const kind = guardrail.measure === "latency" || guardrail.measure === "quality" ? "value" : "share";
  const { harm, low, high, notReady } = bounds(pairs, level, expectedN, kind);
  if (guardrail.direction < 0) return { harm, low, high, notReady };
  return { harm: harm === null ? null : -harm, low: -high, high: -low, notReady };
}

/** Treatment minus control over strata; each bound alone misses with at most `level`, at every look together. */
export function bounds(pairs: ArmPairs, level: number, expectedN: number, kind: RatioKind): HarmBounds {
  const strata: ArmDifference[] = pairs.map(([control, treatment]) => armRatios(control, treatment, kind));
  const together = stratifiedDifference(strata);
  const tuning: SequenceTuning = { confidence: 1 - 2 * level, expectedN };
  const estimate = asymptoticConfidenceSequence(together, tuning);
  const reason = strata.at(-1)?.notReady ?? estimate.reason;
  if (estimate.interval === null) {
    return { harm: null, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, notReady: reason };
  }
  const { low, high } = estimate.interval;
  return { harm: estimate.value, low, high, notReady: null };
}
