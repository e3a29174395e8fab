import type { ArmDifference } from "../statistics/arm-difference.ts";
import { asymptoticConfidenceSequence, type SequenceTuning } from "../statistics/asymptotic-confidence-sequence.ts";
import { stratifiedDifference } from "../statistics/stratified-difference.ts";
import { binomialHigh, binomialLow } from "./binomial-sequence.ts";
import { addSums, armRatios, noSums, type RatioSums, ratioOf } from "./ratio-sums.ts";
import { AROUND_MILLISECONDS, type Guardrail } from "./release-policy.ts";
import type { ArmEvidence, StepEvidence } from "./stage-evidence.ts";

/** What one guardrail says of a step. Harm: positive means that the challenger is worse. */
export interface GuardrailCheck {
  readonly name: string;
  /** clear: harm is shown to be within the margin. breach: shown to be beyond it. unsure: neither. none: not compared. */
  readonly outcome: "clear" | "breach" | "unsure" | "waiting" | "none";
  readonly control: number | null;
  readonly treatment: number | null;
  readonly harm: number | null;
  /** Bounds of the harm that hold at every look: the upper one decides on clear, the lower one on breach. */
  readonly low: number | null;
  readonly high: number | null;
  readonly margin: number;
  readonly units: number;
  readonly method: string;
  readonly reason: string;
}

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

interface HarmBounds {
  readonly harm: number | null;
  readonly low: number;
  readonly high: number;
  readonly notReady: string | null;
}

const ASYMPTOTIC = "asymptotic confidence sequence over units, stratified by step";
/** With so many answers and nothing to cut them by, there will never be anything. */
const MANY_ANSWERS = 5000;
const BINOMIAL = "binomial mixture sequences of both arms, units";

/**
 * One guardrail on the steps of a rollout; the last is the present one. Steps are strata: shares that differ are never
 * pooled. A breach is called by the present step or by all steps together; clear by the steps of the present cohort.
 */
export function checkGuardrail(
  guardrail: Guardrail,
  steps: readonly StepEvidence[],
  levels: CheckLevels,
): GuardrailCheck {
  const present = steps.at(-1);
  if (present === undefined) return nothing(guardrail, "there is no traffic yet");
  const beyond = beyondLimit(guardrail, present, levels);
  if (beyond !== null) return beyond;
  if (present.share !== null && present.share >= 1) {
    return { ...nothing(guardrail, "the whole cohort has the challenger: nothing to compare with"), outcome: "none" };
  }
  const unlike = labelsUnlike(guardrail, present);
  if (unlike !== null) return unlike;
  return guardrail.measure === "answers"
    ? checkAnswers(guardrail, steps, levels)
    : checkMeasure(guardrail, steps, levels);
}

function checkMeasure(guardrail: Guardrail, steps: readonly StepEvidence[], levels: CheckLevels): GuardrailCheck {
  const present = steps.at(-1)!;
  const own = steps.filter((step) => step.position.stage === present.position.stage);
  const of = (arm: ArmEvidence): RatioSums => arm.measures[guardrail.name] ?? noSums;
  const pairs = (list: readonly StepEvidence[]) => list.map((step) => [of(step.control), of(step.treatment)] as const);
  const now = harmBounds(guardrail, pairs([present]), levels.step, levels.expectedN);
  const whole = harmBounds(guardrail, pairs(steps), levels.whole, levels.wholeN);
  const clearing = harmBounds(guardrail, pairs(own), levels.clear, levels.expectedN);
  const rare = isRate(guardrail) ? rareBounds(guardrail, of(present.control), of(present.treatment), levels) : null;
  const lows = [now.low, whole.low, rare?.low ?? Number.NEGATIVE_INFINITY];
  const low = Math.max(...lows);
  const high = Math.min(clearing.high, rare?.high ?? Number.POSITIVE_INFINITY);
  const exact = rare !== null && (low === rare.low || high === rare.high);
  const rates = ratesOf(
    guardrail,
    own.map((step) => of(step.control)),
    own.map((step) => of(step.treatment)),
  );
  return judged(guardrail, {
    ...rates,
    low,
    high,
    harm: clearing.harm ?? (rates.control === null || rates.treatment === null ? null : harmOf(guardrail, rates)),
    units: of(present.treatment).n,
    method: exact ? BINOMIAL : ASYMPTOTIC,
    notReady: clearing.notReady,
  });
}

/** The largest distance between the two distributions of answers, over fixed cuts. */
function checkAnswers(guardrail: Guardrail, steps: readonly StepEvidence[], levels: CheckLevels): GuardrailCheck {
  const present = steps.at(-1)!;
  const cuts = Math.min(present.control.answers.length, present.treatment.answers.length);
  if (cuts === 0) {
    const seen = Math.min(present.control.requests, present.treatment.requests);
    if (seen < MANY_ANSWERS) return nothing(guardrail, "no answers to compare yet");
    return { ...nothing(guardrail, "the answers are neither numbers nor classes"), outcome: "none" };
  }
  // Either way is harm: two sides for each cut.
  const share = (level: number): number => level / (2 * cuts);
  const own = steps.filter(
    (step) => step.position.stage === present.position.stage && step.control.answers.length === cuts,
  );
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let harm: number | null = null;
  let notReady: string | null = null;
  for (let cut = 0; cut < cuts; cut++) {
    const pair = (step: StepEvidence) =>
      [step.control.answers[cut] ?? noSums, step.treatment.answers[cut] ?? noSums] as const;
    const now = bounds([pair(present)], share(levels.step), levels.expectedN, "share");
    const clearing = bounds(own.map(pair), levels.clear / 2, levels.expectedN, "share");
    // Where almost all answers are on one side of a cut, only exact bounds hold.
    const exact = rarerBounds(...pair(present), share(levels.step), levels.clear / 2);
    low = Math.max(low, now.low, -now.high, exact.breach.low, -exact.breach.high);
    const widest = Math.max(Math.abs(clearing.high), Math.abs(clearing.low));
    high = Math.max(high, Math.min(widest, Math.max(Math.abs(exact.clear.low), Math.abs(exact.clear.high))));
    if (clearing.harm !== null) harm = Math.max(harm ?? 0, Math.abs(clearing.harm));
    notReady ??= clearing.notReady;
  }
  return judged(guardrail, {
    control: null,
    treatment: null,
    harm,
    low,
    high,
    units: present.treatment.units,
    method: `${ASYMPTOTIC}; largest of ${cuts} cuts`,
    notReady,
  });
}

interface Measured {
  readonly control: number | null;
  readonly treatment: number | null;
  readonly harm: number | null;
  readonly low: number;
  readonly high: number;
  readonly units: number;
  readonly method: string;
  readonly notReady: string | null;
}

function judged(guardrail: Guardrail, measured: Measured): GuardrailCheck {
  const { low, high, notReady } = measured;
  const margin = marginOf(guardrail);
  const outcome = low > margin ? "breach" : high <= margin ? "clear" : Number.isFinite(high) ? "unsure" : "waiting";
  // The log scale is for computing; people read percent.
  const words = guardrail.measure === "latency" ? percentOfLog : figure;
  const reasons = {
    breach: `${guardrail.name}: worse by at least ${words(low)}, ${words(margin)} is tolerated`,
    clear: `${guardrail.name}: worse by at most ${words(high)}, ${words(margin)} is tolerated`,
    unsure: `${guardrail.name}: worse by ${words(low)} to ${words(high)}, ${words(margin)} is tolerated`,
    waiting: `${guardrail.name}: ${notReady ?? "too little to say anything"}`,
  };
  const { notReady: _, ...rest } = measured;
  return {
    ...rest,
    name: guardrail.name,
    outcome,
    low: Number.isFinite(low) ? low : null,
    high: Number.isFinite(high) ? high : null,
    margin,
    reason: reasons[outcome],
  };
}

/** The challenger's rate is above what is allowed whatever the champion does. Holds at any size. */
function beyondLimit(guardrail: Guardrail, step: StepEvidence, levels: CheckLevels): GuardrailCheck | null {
  if (guardrail.most === null) return null;
  const sums = step.treatment.measures[guardrail.name] ?? noSums;
  const low = binomialLow(sums.hit, sums.n, 1 - levels.step);
  if (low <= guardrail.most) return null;
  return {
    name: guardrail.name,
    outcome: "breach",
    control: null,
    treatment: sums.hit / sums.n,
    harm: null,
    low,
    high: null,
    margin: guardrail.most,
    units: sums.n,
    method: "binomial mixture sequence of the challenger, units",
    reason: `${guardrail.name}: at least ${figure(low)} of the units met one; the limit is ${figure(guardrail.most)}`,
  };
}

/** Labels that come sooner in one arm than in the other make a difference where there is none. */
function labelsUnlike(guardrail: Guardrail, step: StepEvidence): GuardrailCheck | null {
  if (guardrail.measure !== "quality" || guardrail.label === null) return null;
  const [a, b] = [step.control, step.treatment].map((arm) => arm.labels[guardrail.label!] ?? { given: 0, come: 0 });
  if (a === undefined || b === undefined || Math.min(a.given, b.given) < 100) return null;
  const [left, right] = [a.come / a.given, b.come / b.given];
  if (Math.abs(left - right) <= 0.1) return null;
  return nothing(
    guardrail,
    `labels have come for ${figure(left)} of the champion's answers and ${figure(right)} of the challenger's: not comparable`,
  );
}

function isRate(guardrail: Guardrail): boolean {
  return guardrail.measure === "errors" || guardrail.measure === "fallback";
}

/** Bounds of the harm from the two arms' own sequences: they hold from the first unit on. */
function rareBounds(guardrail: Guardrail, control: RatioSums, treatment: RatioSums, levels: CheckLevels) {
  const { breach, clear } = rarerBounds(control, treatment, levels.step, levels.clear);
  return guardrail.direction < 0 ? { low: breach.low, high: clear.high } : { low: -breach.high, high: -clear.low };
}

/**
 * Treatment minus control in units that met the rarer outcome. Of hits and misses the rarer is counted, so that the
 * units that come back often, and meet everything in the end, do not hide a difference.
 */
function rarerBounds(control: RatioSums, treatment: RatioSums, breachLevel: number, clearLevel: number) {
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

function harmBounds(
  guardrail: Guardrail,
  pairs: readonly (readonly [RatioSums, RatioSums])[],
  level: number,
  expectedN: number,
): HarmBounds {
  const kind = guardrail.measure === "latency" || guardrail.measure === "quality" ? "value" : "share";
  const { harm, low, high, notReady } = bounds(pairs, level, expectedN, kind);
  if (guardrail.direction < 0) return { harm, low, high, notReady };
  return { harm: harm === null ? null : -harm, low: -high, high: -low, notReady };
}

/** Treatment minus control over strata; each bound alone misses with at most `level`, at every look together. */
function bounds(
  pairs: readonly (readonly [RatioSums, RatioSums])[],
  level: number,
  expectedN: number,
  kind: "share" | "value",
): HarmBounds {
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

function ratesOf(guardrail: Guardrail, control: readonly RatioSums[], treatment: readonly RatioSums[]) {
  const rate = (list: readonly RatioSums[]): number | null => {
    const sums = list.reduce(addSums, noSums);
    if (!(sums.x > 0)) return null;
    // For people: milliseconds again.
    return guardrail.measure === "latency" ? Math.exp(ratioOf(sums)) - AROUND_MILLISECONDS : ratioOf(sums);
  };
  return { control: rate(control), treatment: rate(treatment) };
}

function harmOf(guardrail: Guardrail, rates: { control: number | null; treatment: number | null }): number {
  const { control, treatment } = rates as { control: number; treatment: number };
  const raw =
    guardrail.measure === "latency"
      ? Math.log((treatment + AROUND_MILLISECONDS) / (control + AROUND_MILLISECONDS))
      : treatment - control;
  return -guardrail.direction * raw;
}

/** Latency is compared on the log scale, where a relative difference is a difference. */
function marginOf(guardrail: Guardrail): number {
  return guardrail.measure === "latency" ? Math.log1p(guardrail.margin) : guardrail.margin;
}

function nothing(guardrail: Guardrail, reason: string): GuardrailCheck {
  return {
    name: guardrail.name,
    outcome: "waiting",
    control: null,
    treatment: null,
    harm: null,
    low: null,
    high: null,
    margin: marginOf(guardrail),
    units: 0,
    method: "",
    reason: `${guardrail.name}: ${reason}`,
  };
}

function percentOfLog(value: number): string {
  return Number.isFinite(value) ? `${Number((100 * Math.expm1(value)).toPrecision(3))}%` : "anything";
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "anything";
}
