import { binomialLow } from "./binomial-sequence.ts";
import { checkAnswers } from "./check-answers.ts";
import { figure, type GuardrailCheck, judged, nothing, spanText } from "./guardrail-check.ts";
import { ASYMPTOTIC, type CheckLevels, clearLevel, harmBounds, isRate, rareBounds } from "./harm-bounds.ts";
import { labelsMissing, missingAllowance } from "./label-balance.ts";
import { addSums, noSums, type RatioSums, ratioOf } from "./ratio-sums.ts";
import { AROUND_MILLISECONDS, type Guardrail } from "./release-policy.ts";
import type { ArmEvidence, StepEvidence } from "./stage-evidence.ts";

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
  const missing = labelsMissing(guardrail, present, steps, levels);
  if (missing !== null) return missing;
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
  const clear = clearLevel(guardrail, levels);
  const clearing = harmBounds(guardrail, pairs(own), clear, levels.expectedN);
  const shared = { step: levels.step, clear };
  const rare = isRate(guardrail) ? rareBounds(guardrail, of(present.control), of(present.treatment), shared) : null;
  const lows = [now.low, whole.low, rare?.low ?? Number.NEGATIVE_INFINITY];
  const missing = missingAllowance(guardrail, present);
  const low = Math.max(...lows) - missing;
  const high = Math.min(clearing.high, rare?.high ?? Number.POSITIVE_INFINITY) + missing;
  const wait = present.treatment.labels[guardrail.name]?.wait ?? 0;
  const aged = wait > 0 ? `; of answers ${spanText(wait)} old, with the labels that came within it` : "";
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
    method: `${exact ? BINOMIAL : ASYMPTOTIC}${aged}`,
    notReady: clearing.notReady === null ? null : `${clearing.notReady}${aged}`,
  });
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
