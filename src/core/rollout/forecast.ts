import { normalUpperQuantile } from "../statistics/normal-distribution.ts";
import { sequentialSampleSize } from "../statistics/planning.ts";
import { checkLevels } from "./analyse-step.ts";
import { binomialHigh } from "./binomial-sequence.ts";
import { clearLevel, isRate } from "./harm-bounds.ts";
import type { Guardrail } from "./release-policy.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { FORECAST_CHANCE, timeForUnits, type UnitGrowth } from "./unit-growth.ts";

/** What is known of the traffic before a stage opens; null where nothing is. */
export interface KnownTraffic {
  /** Of everyone. */
  readonly growth: UnitGrowth | null;
  /** Share of the units that belong to a cohort, by name. */
  readonly shares: Readonly<Record<string, number>>;
  /** By guardrail, of the version that answers now: rate or mean, and standard deviation of a unit. */
  readonly measures: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
  /** By guardrail with labels: milliseconds that they are waited for, learnt from those that came; null: not known yet. */
  readonly waits: Readonly<Record<string, number | null>>;
}

export interface StepForecast {
  readonly stage: number;
  readonly step: number;
  readonly cohort: string;
  readonly share: number;
  /** Units in both arms until the slowest guardrail is expected to be clear, were the two equal; null: not known. */
  readonly units: number | null;
  readonly days: number | null;
  /** The time to decision lies between these with a chance of 80%; null: not known, or for `daysHigh` perhaps never. */
  readonly daysLow: number | null;
  readonly daysHigh: number | null;
  /** The guardrail that takes longest, or the rule (`least units`, `least time`) that does. */
  readonly because: string;
  /** False where the most time of the step is not expected to be enough: it will ask. */
  readonly fits: boolean;
  readonly reason: string | null;
}

interface Needed {
  readonly name: string;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** Milliseconds that the newest of them must be old; null: not known. */
  readonly wait: number | null;
}

type Place = { readonly stage: number; readonly step: number };

const DAY = 86_400_000;

/** Units and days that each step is expected to take, before it opens, were the challenger equal to the champion. */
export function forecastRollout(plan: RolloutPlan, traffic: KnownTraffic): StepForecast[] {
  return plan.stages.flatMap((stage, s) =>
    stage.shares.map((share, step) => forecastStep(plan, traffic, { stage: s, step }, share)),
  );
}

function forecastStep(plan: RolloutPlan, traffic: KnownTraffic, position: Place, share: number): StepForecast {
  const stage = plan.stages[position.stage]!;
  const base = { ...position, cohort: stage.cohort, share };
  const { needed, unknown } = neededUnits(plan, traffic, position, share);
  const most = needed.reduce((one, other) => (other.middle > one.middle ? other : one));
  const units = most.middle;
  const open = { ...base, units, days: null, daysLow: null, daysHigh: null, because: most.name, fits: true };
  if (!Number.isFinite(units)) {
    const reason = `${most.name} can never be clear: the version that answers now is at its margin already, or that is 0`;
    return { ...open, units: null, fits: false, reason };
  }
  const { growth } = traffic;
  const reasons = unknown.length > 0 ? [`nothing is known yet of ${unknown.join(", ")}`] : [];
  const ofCohort = stage.where === null ? 1 : traffic.shares[stage.cohort];
  if (growth === null || ofCohort === undefined) {
    return { ...open, reason: "nothing is known of the cohort's traffic yet" };
  }
  const times = needed.map(({ name, wait, ...wanted }) => {
    const time = timeForUnits(growth, ofCohort, wanted);
    const late = wait ?? 0;
    const after = (when: number | null): number | null => (when === null ? null : when + late);
    return {
      name,
      wait,
      middle: after(time.middle),
      low: after(time.low),
      high: after(time.high),
      reason: time.reason,
    };
  });
  const unsaid = times.find(({ middle }) => middle === null);
  if (unsaid !== undefined) return { ...open, because: unsaid.name, reason: [...reasons, unsaid.reason].join("; ") };
  const slowest = times.reduce((one, other) => (other.middle! > one.middle! ? other : one));
  if (slowest.reason !== null) reasons.push(slowest.reason);
  const waiting = times.filter(({ wait }) => wait === null).map(({ name }) => name);
  if (waiting.length > 0)
    reasons.push(`how long the labels of ${waiting.join(", ")} take is not known yet, and comes on top`);
  const unending = waiting.length > 0 || times.some(({ high }) => high === null);
  let days = slowest.middle! / DAY;
  let low = Math.max(...times.map((time) => time.low ?? 0)) / DAY;
  let high = unending ? null : Math.max(...times.map((time) => time.high!)) / DAY;
  let because = slowest.name;
  const least = stage.leastMilliseconds / DAY;
  if (days < least) [days, because] = [least, "least time"];
  low = Math.min(days, Math.max(low, least));
  if (high !== null) high = Math.max(days, high, least);
  const fits = days * DAY <= stage.mostMilliseconds;
  const reason = reasons.length === 0 ? null : reasons.join("; ");
  return { ...base, units, days, daysLow: low, daysHigh: high, because, fits, reason };
}

/** What has to come for each rule and guardrail, and the guardrails of which nothing is known. */
function neededUnits(plan: RolloutPlan, traffic: KnownTraffic, position: Place, share: number) {
  const { leastUnits } = plan.stages[position.stage]!;
  const smaller = share >= 1 ? 1 : Math.min(share, 1 - share);
  const least = Math.ceil(leastUnits / smaller);
  // The smaller arm gets its share only by chance.
  const chance = share >= 1 ? 0 : normalUpperQuantile(TAIL) * Math.sqrt((least * (1 - smaller)) / smaller);
  const needed: Needed[] = [
    { name: "least units", low: Math.max(leastUnits, least - chance), middle: least, high: least + chance, wait: 0 },
  ];
  const unknown: string[] = [];
  if (share >= 1) return { needed, unknown };
  // It is looked at all the time and clear the first time that it is: sooner than by its value at one time. That makes up
  // for several having to be clear together; the simulation beside holds the interval against both.
  const lead = normalUpperQuantile(TAIL);
  for (const guardrail of plan.guardrails) {
    const of = (off: number): number | null => guardrailUnits(plan, position, guardrail, share, traffic, off);
    const middle = of(0);
    if (middle === null) {
      unknown.push(guardrail.name);
      continue;
    }
    const low = Math.min(middle, of(-lead) ?? middle);
    const learnt = traffic.waits[guardrail.name];
    const wait = guardrail.label === null ? 0 : (guardrail.within ?? learnt ?? null);
    needed.push({ name: guardrail.name, low, middle, high: Math.max(middle, of(lead) ?? middle), wait });
  }
  return { needed, unknown };
}

const TAIL = (1 - FORECAST_CHANCE) / 2;
/**
 * Units of both arms with which the upper bound of the harm would be at the margin, at no harm.
 * @param lead standard errors that the estimate is above it then
 */
function guardrailUnits(
  plan: RolloutPlan,
  position: Place,
  guardrail: Guardrail,
  share: number,
  traffic: KnownTraffic,
  lead: number,
): number | null {
  const levels = checkLevels(plan, position);
  const known = traffic.measures[guardrail.name];
  if (guardrail.measure === "answers") {
    // At the middle of the distribution, of ten cuts, both sides.
    const confidence = 1 - levels.clear / 10;
    return sequentialSampleSize(
      { ...half, effect: guardrail.margin, confidence, treatmentShare: share },
      levels.expectedN,
      lead,
    ).total;
  }
  if (known === undefined || !(guardrail.margin > 0)) return guardrail.margin > 0 ? null : Number.POSITIVE_INFINITY;
  const clear = clearLevel(guardrail, levels);
  const effect = guardrail.measure === "latency" ? Math.log1p(guardrail.margin) : guardrail.margin;
  const wanted = {
    standardDeviation: known.deviation,
    effect,
    power: 0.8,
    confidence: 1 - 2 * clear,
    treatmentShare: share,
  };
  const usual = known.deviation > 0 ? sequentialSampleSize(wanted, levels.expectedN, lead).total : null;
  if (!isRate(guardrail)) return usual;
  const ready = 5 / (Math.max(known.mean, 1e-12) * Math.min(share, 1 - share));
  const normal = usual === null ? Number.POSITIVE_INFINITY : Math.max(usual, ready);
  return Math.ceil(Math.min(normal, exactUnits(known.mean, effect, share, clear / 2, lead)));
}

const half = { standardDeviation: 0.5, power: 0.8 };

/** Units with which the challenger's own exact bound comes below the margin, where the rate is small. */
function exactUnits(rate: number, margin: number, share: number, level: number, lead: number): number {
  if (rate >= margin) return Number.POSITIVE_INFINITY;
  const hits = (units: number): number => {
    const expected = rate * units * share;
    return Math.max(0, Math.round(expected + lead * Math.sqrt(expected)));
  };
  let units = 50;
  while (units < 1e9 && binomialHigh(hits(units), Math.round(units * share), 1 - level) > margin) {
    units = Math.ceil(units * 1.05);
  }
  return units;
}
