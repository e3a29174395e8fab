import { binomialSurvival } from "../statistics/beta-distribution.ts";
import { isExpected } from "./events.ts";
import type { WindowsAnswer } from "./judge-windows.ts";

/** What the decision on one column needs of the options. */
export interface DecisionLimits {
  readonly alpha: number;
  readonly floor: number;
  readonly by: string | null;
}

/** Fewest rows on a side for an answer. */
export const rowsNeeded = 30;

export interface Verdict {
  readonly drifted: boolean | null;
  readonly p: number | null;
  readonly adjusted: number | null;
  readonly alarms: number | null;
  readonly surprise: string;
}

export function alarmCount(windows: WindowsAnswer, name: string, position: number): number {
  return windows.judgements.filter(
    (judgement) => !isExpected(judgement.event, name) && judgement.alarms[position] === true,
  ).length;
}

/**
 * Over many periods a false alarm now and then is promised, not drift: a column has drifted when it alarmed more often
 * than chance allows (binomial at alpha), or once at twice the effect of the farthest reference window.
 */
export function conformalVerdict(
  windows: WindowsAnswer,
  name: string,
  position: number,
  options: DecisionLimits,
): Verdict {
  const counted = windows.judgements.filter((judgement) => !isExpected(judgement.event, name));
  const alarms = counted.filter((judgement) => judgement.alarms[position] === true);
  const limit = alarmsByChance(counted.length, options.alpha);
  const far = alarms.some((judgement) => judgement.beyond[position]! >= 2);
  const first = windows.judgements[0];
  const single = windows.judgements.length === 1 ? first : undefined;
  return {
    drifted: alarms.length >= limit || far,
    p: single?.pValues[position] ?? null,
    adjusted: single?.adjusted[position] ?? null,
    alarms: options.by === null ? null : alarms.length,
    surprise: `conformal against ${windows.windows} reference windows, largest over columns`,
  };
}

/** Fewest alarms in `periods` that chance gives with probability alpha or less. */
export function alarmsByChance(periods: number, alpha: number): number {
  if (periods <= 1) return 1;
  for (let k = 1; k <= periods; k++) if (binomialSurvival(k - 1, periods, alpha) <= alpha) return k;
  return periods + 1;
}

export function columnReason(
  verdict: Verdict,
  effect: number,
  options: DecisionLimits,
  skipped: string | null,
  enough: boolean,
): string {
  if (skipped !== null) return skipped;
  if (!enough) return `fewer than ${rowsNeeded} rows on a side`;
  const size = effect.toFixed(3);
  if (verdict.drifted === true) {
    const how =
      verdict.alarms === null || verdict.alarms === 0 ? `p ${formatP(verdict.adjusted)}` : `${verdict.alarms} alarms`;
    return `moved: effect ${size} (floor ${options.floor}), ${how}`;
  }
  if (effect < options.floor) return `effect ${size} is below the floor ${options.floor}`;
  if ((verdict.alarms ?? 0) > 0) return `${verdict.alarms} alarms, as many as chance gives over these periods`;
  return `effect ${size} is no surprise: p ${formatP(verdict.adjusted)}`;
}

function formatP(p: number | null): string {
  if (p === null) return "not computed";
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}
