import { sha256Hex } from "../hash/sha256.ts";
import { sequentialSampleRatio } from "../statistics/sample-ratio.ts";
import { checkGuardrail } from "./check-guardrail.ts";
import type { GuardrailCheck } from "./guardrail-check.ts";
import type { CheckLevels } from "./harm-bounds.ts";
import type { Guardrail } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import type { Analysis, Position } from "./rollout-state.ts";
import type { StepEvidence } from "./stage-evidence.ts";

/** The analysis with its parts, for people and for the record. */
export interface StepAnalysis extends Analysis {
  readonly checks: readonly GuardrailCheck[];
  readonly sampleRatio: {
    readonly pValue: number | null;
    readonly mismatch: boolean;
    readonly counts: readonly number[];
  };
}

/**
 * What the evidence says of the present step, at any moment, with statistics made for looking at any moment.
 *
 * @param steps in order; the last is the present step. Steps of other rollouts do not belong here
 */
export function analyseStep(plan: RolloutPlan, position: Position, steps: readonly StepEvidence[]): StepAnalysis {
  const read = readStep(plan, position, steps);
  const evidence = sha256Hex(JSON.stringify([plan.id, position, steps]));
  const rough = Math.floor(Math.log(read.units + 1) / Math.log(4));
  const states = read.checks.map((check) => `${check.name}:${check.outcome}`);
  const material = sha256Hex(JSON.stringify([plan.verdict, position, read.outcome, states, rough]));
  return { ...read, evidence, material };
}

/** The analysis without the hashes that bind a sign-off to it. */
export function readStep(
  plan: RolloutPlan,
  position: Position,
  steps: readonly StepEvidence[],
): Omit<StepAnalysis, "evidence" | "material"> {
  const present = steps.at(-1);
  const levels = checkLevels(plan, position);
  const measured = steps.filter((step) => position.stage < 0 || step.position.stage >= 0);
  const checks = guardrailsAt(plan, position).map((guardrail) => checkGuardrail(guardrail, measured, levels));
  const sampleRatio = mismatchOf(plan, measured);
  const units = present === undefined ? 0 : smallerArm(present);
  const leastUnits =
    position.stage < 0 ? (plan.shadow?.leastUnits ?? 0) : (plan.stages[position.stage]?.leastUnits ?? 0);
  // Labels may come long after: a shadow, which harms nobody, does not wait for them.
  const quality = plan.guardrails.filter((guardrail) => position.stage < 0 && guardrail.measure === "quality");
  const later = new Set(quality.map((guardrail) => guardrail.name));
  const verdict = outcomeOf(plan, checks, sampleRatio.mismatch, units, leastUnits, later);
  const numbers = numbersOf(checks, units, sampleRatio.pValue);
  const cohort = plan.stages[position.stage]?.cohort ?? null;
  return { position, ...verdict, units, cohort, numbers, checks, sampleRatio };
}

/**
 * What can be asked at a position: nobody sees a shadow's answers, so nobody clicks on them, and they stand nowhere; and copies gather and run
 * together, out of the way of requests, so their time says nothing of the time of a request.
 */
function guardrailsAt({ guardrails }: RolloutPlan, position: Position): readonly Guardrail[] {
  return position.stage < 0
    ? guardrails.filter(({ measure, loss }) => measure !== "label" && measure !== "latency" && loss !== "place")
    : guardrails;
}

/** Shares of the false-alarm rate: half for the steps one by one, half for all of them together. */
export function checkLevels(plan: RolloutPlan, position: Position): CheckLevels {
  const guardrails = Math.max(1, plan.guardrails.length);
  const steps = plan.stages.reduce((sum, stage) => sum + stage.shares.length, plan.shadow === null ? 1 : 2);
  const each = plan.alarm / guardrails;
  const stage = plan.stages[position.stage];
  const share = stage?.shares[position.step] ?? 0.5;
  const smaller = Math.min(share, 1 - share) || 0.5;
  const leastUnits = stage?.leastUnits ?? plan.shadow?.leastUnits ?? 100;
  return {
    // A limit of its own and two kinds of bounds share what a step has.
    step: each / (2 * steps) / 3,
    whole: each / 2,
    clear: plan.alarm,
    expectedN: Math.max(200, leastUnits / smaller),
    wholeN: Math.max(200, wholeUnits(plan)),
  };
}

/** Units that all steps with two arms ask for together. */
function wholeUnits(plan: RolloutPlan): number {
  return plan.stages.reduce((sum, { shares, leastUnits }) => {
    const smaller = shares.map((share) => Math.min(share, 1 - share)).filter((share) => share > 0);
    return sum + smaller.reduce((units, share) => units + leastUnits / share, 0);
  }, 0);
}

interface OutcomeOfStep {
  readonly outcome: Analysis["outcome"];
  readonly reason: string;
}

function outcomeOf(
  plan: RolloutPlan,
  checks: readonly GuardrailCheck[],
  mismatch: boolean,
  units: number,
  leastUnits: number,
  mayComeLater: ReadonlySet<string>,
): OutcomeOfStep {
  const breached = checks.filter((check) => check.outcome === "breach");
  // Units lost from one arm cannot explain that what is left of it meets errors: the brake works on.
  const operational = breached.filter((check) => {
    const measure = plan.guardrails.find((guardrail) => guardrail.name === check.name)?.measure;
    return measure === "errors" || measure === "fallback";
  });
  const decisive = mismatch ? operational : breached;
  if (decisive.length > 0) return { outcome: "breach", reason: decisive.map((check) => check.reason).join("; ") };
  if (mismatch) {
    const reason = "units are not split between the arms as planned, so the numbers of the arms cannot be compared";
    return { outcome: "void", reason };
  }
  const waiting = checks.filter((check) => check.outcome === "waiting" && !mayComeLater.has(check.name));
  const unsure = checks.filter((check) => check.outcome === "unsure");
  if (units < leastUnits) {
    return { outcome: "thin", reason: `${units} units in the smaller arm, ${leastUnits} are asked for` };
  }
  if (waiting.length > 0) return { outcome: "thin", reason: waiting.map((check) => check.reason).join("; ") };
  if (unsure.length > 0) return { outcome: "unsure", reason: unsure.map((check) => check.reason).join("; ") };
  const clear = checks.filter((check) => check.outcome === "clear").map(({ name }) => name);
  if (clear.length === 0) return { outcome: "clear", reason: `${units} units, and nothing fired` };
  // Its bounds stand beside each guardrail and in the numbers of the decision.
  return { outcome: "clear", reason: `${listed(clear)} within what is tolerated, ${units} units in the smaller arm` };
}

/**
 * Units per arm against the allocation, each step by itself at its part of the level: units that come back are in several
 * steps, so evidence of one is no news to the next and must not be multiplied with it. A mismatch stands for good.
 */
function mismatchOf(plan: RolloutPlan, steps: readonly StepEvidence[]): StepAnalysis["sampleRatio"] {
  const periods = steps.flatMap((step) =>
    step.share === null || step.share <= 0 || step.share >= 1
      ? []
      : [{ counts: [step.control.units, step.treatment.units], shares: [1 - step.share, step.share] }],
  );
  const present = periods.at(-1);
  if (present === undefined) return { pValue: null, mismatch: false, counts: [] };
  const planned = plan.stages.reduce((sum, { shares }) => sum + shares.filter((share) => share < 1).length, 0);
  const looked = Math.max(planned, periods.length);
  const least = Math.min(...periods.map((period) => sequentialSampleRatio([period]).pValue ?? 1));
  const pValue = Math.min(1, looked * least);
  return { pValue, mismatch: pValue <= plan.mismatch, counts: present.counts };
}

function smallerArm(step: StepEvidence): number {
  if (step.share !== null && step.share >= 1) return step.treatment.units;
  return Math.min(step.control.units, step.treatment.units);
}

function numbersOf(checks: readonly GuardrailCheck[], units: number, pValue: number | null) {
  const numbers: Record<string, number | string | null> = { units, sample_ratio_p: pValue };
  for (const check of checks) {
    numbers[`${check.name}`] = check.outcome;
    numbers[`${check.name}_harm`] = check.harm;
    numbers[`${check.name}_low`] = check.low;
    numbers[`${check.name}_high`] = check.high;
  }
  return numbers;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
