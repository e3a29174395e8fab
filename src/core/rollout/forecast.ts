import { daysToDecision, sequentialSampleSize } from "../statistics/planning.ts";
import { checkLevels } from "./analyse-step.ts";
import { binomialHigh } from "./binomial-sequence.ts";
import type { Guardrail } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";

/** What is known of the traffic before a stage opens; null where nothing is. */
export interface KnownTraffic {
  /** Units that come in a day to a cohort, by name; `everyone` is all of them. */
  readonly unitsPerDay: Readonly<Record<string, number>>;
  /** By guardrail, of the version that answers now: rate or mean, and standard deviation of a unit. */
  readonly measures: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
}

export interface StepForecast {
  readonly stage: number;
  readonly step: number;
  readonly cohort: string;
  readonly share: number;
  /** Units in both arms until the slowest guardrail is expected to be clear, were the two equal; null: not known. */
  readonly units: number | null;
  readonly days: number | null;
  /** The guardrail that takes longest, or the rule (`least units`, `least time`) that does. */
  readonly because: string;
  /** False where the most time of the step is not expected to be enough: it will ask. */
  readonly fits: boolean;
  readonly reason: string | null;
}

const DAY = 86_400_000;

/** Units and days that each step is expected to take, before it opens, were the challenger equal to the champion. */
export function forecastRollout(plan: RolloutPlan, traffic: KnownTraffic): StepForecast[] {
  return plan.stages.flatMap((stage, s) =>
    stage.shares.map((share, step) => forecastStep(plan, traffic, { stage: s, step }, share)),
  );
}

function forecastStep(
  plan: RolloutPlan,
  traffic: KnownTraffic,
  position: { readonly stage: number; readonly step: number },
  share: number,
): StepForecast {
  const stage = plan.stages[position.stage]!;
  const base = { ...position, cohort: stage.cohort, share };
  const smaller = share >= 1 ? 1 : Math.min(share, 1 - share);
  let units = Math.ceil(stage.leastUnits / smaller);
  let because = "least units";
  let wait = 0;
  const unknown: string[] = [];
  if (share < 1) {
    for (const guardrail of plan.guardrails) {
      const needed = guardrailUnits(plan, position, guardrail, share, traffic);
      if (needed === null) unknown.push(guardrail.name);
      else if (needed > units) [units, because] = [needed, guardrail.name];
      wait = Math.max(wait, guardrail.within ?? 0);
    }
  }
  const perDay = traffic.unitsPerDay[stage.cohort];
  const reason = unknown.length > 0 ? `nothing is known yet of ${unknown.join(", ")}` : null;
  if (perDay === undefined) {
    return { ...base, units, days: null, because, fits: true, reason: "nothing is known of the cohort's traffic yet" };
  }
  // The newest of them must be as old as labels are waited for.
  let days = daysToDecision(units, 0, perDay) + wait / DAY;
  if (days * DAY < stage.leastMilliseconds) [days, because] = [stage.leastMilliseconds / DAY, "least time"];
  const fits = days * DAY <= stage.mostMilliseconds;
  return { ...base, units, days: Number.isFinite(days) ? days : null, because, fits, reason };
}

/** Units of both arms with which the upper bound of the harm would be at the margin, at no harm. */
function guardrailUnits(
  plan: RolloutPlan,
  position: { readonly stage: number; readonly step: number },
  guardrail: Guardrail,
  share: number,
  traffic: KnownTraffic,
): number | null {
  const levels = checkLevels(plan, position);
  const known = traffic.measures[guardrail.name];
  if (guardrail.measure === "answers") {
    // At the middle of the distribution, of ten cuts, both sides.
    const confidence = 1 - levels.clear / 10;
    return sequentialSampleSize(
      { ...half, effect: guardrail.margin, confidence, treatmentShare: share },
      levels.expectedN,
    ).total;
  }
  if (known === undefined || !(guardrail.margin > 0)) return guardrail.margin > 0 ? null : Number.POSITIVE_INFINITY;
  const rate = guardrail.measure === "errors" || guardrail.measure === "fallback";
  const effect = guardrail.measure === "latency" ? Math.log1p(guardrail.margin) : guardrail.margin;
  const wanted = {
    standardDeviation: known.deviation,
    effect,
    power: 0.8,
    confidence: 1 - 2 * levels.clear,
    treatmentShare: share,
  };
  const usual = known.deviation > 0 ? sequentialSampleSize(wanted, levels.expectedN).total : null;
  if (!rate) return usual;
  const ready = 5 / (Math.max(known.mean, 1e-12) * Math.min(share, 1 - share));
  const normal = usual === null ? Number.POSITIVE_INFINITY : Math.max(usual, ready);
  return Math.ceil(Math.min(normal, exactUnits(known.mean, effect, share, levels.clear / 2)));
}

const half = { standardDeviation: 0.5, power: 0.8 };

/** Units with which the challenger's own exact bound comes below the margin, where the rate is small. */
function exactUnits(rate: number, margin: number, share: number, level: number): number {
  if (rate >= margin) return Number.POSITIVE_INFINITY;
  let units = 50;
  while (units < 1e9 && binomialHigh(Math.round(rate * units * share), Math.round(units * share), 1 - level) > margin) {
    units = Math.ceil(units * 1.05);
  }
  return units;
}
