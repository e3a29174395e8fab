import type { Severity } from "../findings.ts";

/** When a model is trained again, and what keeps that from running wild. Spans in milliseconds. */
export interface RetrainingRules {
  /** Retrain when the champion is older than this. */
  readonly staleAfter: number | null;
  /** Retrain when a drift alarm of this severity or above fires. */
  readonly drift: Severity | null;
  /** Retrain when the measured or estimated quality has surely fallen. */
  readonly performance: PerformanceTrigger | null;
  /** Retrain when so many rows with labels have come since the last training. */
  readonly rows: number | null;
  /** Never sooner than this after the last run, whatever asks; a person may. */
  readonly cooldown: number;
  /** Never more runs than this in seven days, a person's included. */
  readonly mostPerWeek: number;
}

/** When quality counts as fallen: under a fixed value, or so far under the reference (null: as the monitors say). */
export interface PerformanceTrigger {
  /** Null: that of the monitors. */
  readonly metric: string | null;
  readonly worseThan: number | null;
  readonly below: number | null;
  readonly source: "measured" | "estimated";
  /** Names; null: everything and the slices that block releases. */
  readonly slices: readonly string[] | null;
}

/** What is known now. Null: not known, which never triggers. */
export interface RetrainingFacts {
  readonly now: number;
  readonly championTrained: number | null;
  readonly driftAlarm: { readonly severity: Severity; readonly message: string } | null;
  /** What the watch over quality found; `fallen` at its stated rate of false alarms. */
  readonly performance: { readonly fallen: boolean; readonly message: string } | null;
  readonly rowsSinceTraining: number | null;
  /** The schedule is due. */
  readonly due: boolean;
  readonly askedBy: string | null;
  /** Starts of earlier runs. */
  readonly runs: readonly number[];
}

export interface RetrainingDecision {
  readonly retrain: boolean;
  /** What asks for it, the strongest first; empty where nothing does. */
  readonly causes: readonly string[];
  /** Why it does not run although something asks. */
  readonly held: string | null;
}

const WEEK = 7 * 86_400_000;
const DAY = 86_400_000;
const order: readonly Severity[] = ["info", "warning", "error"];

/** Decides whether to train again now: any trigger asks, cool-down and the weekly limit hold it back. */
export function decideRetraining(rules: RetrainingRules, facts: RetrainingFacts): RetrainingDecision {
  const causes = causesOf(rules, facts);
  if (causes.length === 0) return { retrain: false, causes, held: null };
  const held = heldBecause(rules, facts);
  return { retrain: held === null, causes, held };
}

function causesOf(rules: RetrainingRules, facts: RetrainingFacts): string[] {
  const { now, championTrained, driftAlarm, performance, rowsSinceTraining } = facts;
  const causes: string[] = [];
  if (facts.askedBy !== null) causes.push(`${facts.askedBy} asked for it`);
  if (rules.performance !== null && performance?.fallen === true) causes.push(performance.message);
  if (rules.drift !== null && driftAlarm !== null) {
    if (order.indexOf(driftAlarm.severity) >= order.indexOf(rules.drift)) causes.push(`drift: ${driftAlarm.message}`);
  }
  if (rules.rows !== null && rowsSinceTraining !== null && rowsSinceTraining >= rules.rows) {
    causes.push(`${rowsSinceTraining.toLocaleString("en-US")} new rows with labels`);
  }
  if (rules.staleAfter !== null && championTrained !== null && now - championTrained > rules.staleAfter) {
    causes.push(`the champion is ${Math.floor((now - championTrained) / DAY)} days old`);
  }
  if (facts.due) causes.push("the schedule is due");
  return causes;
}

function heldBecause(rules: RetrainingRules, { now, runs, askedBy }: RetrainingFacts): string | null {
  // Runs in the future, by a clock that stepped back, count as just now; further ahead than what they could hold back for,
  // the clock was wrong then, and they hold back nothing.
  const within = (span: number): number[] => runs.map((start) => now - start).filter((age) => Math.abs(age) < span);
  const inWeek = within(WEEK).length;
  if (inWeek >= rules.mostPerWeek) return `${inWeek} runs in seven days, at most ${rules.mostPerWeek} are allowed`;
  const cooling = within(rules.cooldown);
  if (askedBy === null && cooling.length > 0) {
    const left = Math.ceil((rules.cooldown - Math.max(0, Math.min(...cooling))) / 60_000);
    return `cooling down for ${left} more minutes after the last run`;
  }
  return null;
}
