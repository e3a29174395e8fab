import { binomialSurvival } from "../statistics/beta-distribution.ts";
import { median } from "../statistics/quantile.ts";
import { isExpected } from "./events.ts";
import type { WindowsAnswer } from "./judge-windows.ts";
import { sustainedPValue } from "./sustained.ts";

/** What the decision on one column needs of the options. */
export interface DecisionLimits {
  readonly alpha: number;
  readonly floor: number;
  readonly by: string | null;
}

/** Why windows are shown and not judged. */
export const thinReason = "fewer than half of the rows of a usual reference window, which differ more by chance alone";

/** Fewest rows on a side for an answer. */
export const rowsNeeded = 30;

export interface Verdict {
  readonly drifted: boolean | null;
  readonly p: number | null;
  readonly adjusted: number | null;
  readonly alarms: number | null;
  /** p-value over all periods together; null where there are too few. */
  readonly sustained: number | null;
  readonly surprise: string;
}

export function alarmCount(windows: WindowsAnswer, name: string, position: number): number {
  return windows.judgements.filter(
    (judgement) => !isExpected(judgement.event, name) && judgement.alarms[position] === true,
  ).length;
}

/**
 * Over many periods a false alarm now and then is promised, not drift. A column has drifted when it alarmed more often than
 * chance allows (binomial, with the column's own rate of alarms on reference windows), or once at twice the effect of the
 * farthest reference window, or when its periods lie farther from the reference all together (see `sustainedPValue`) at a
 * usual effect above the floor. The first and the last each at alpha / 2 over all columns.
 */
export function conformalVerdict(
  windows: WindowsAnswer,
  name: string,
  position: number,
  options: DecisionLimits,
): Verdict {
  const counted = windows.judgements.filter((judgement) => !judgement.thin && !isExpected(judgement.event, name));
  const alarms = counted.filter((judgement) => judgement.alarms[position] === true);
  const surprise = `conformal against ${windows.windows} reference windows, largest over columns`;
  // Every period was announced or has too few rows: no answer, which is not the answer no.
  if (counted.length === 0) {
    return {
      drifted: null,
      p: null,
      adjusted: null,
      alarms: options.by === null ? null : 0,
      sustained: null,
      surprise,
    };
  }
  if (windows.judgements.length === 1) {
    const only = windows.judgements[0]!;
    const count = options.by === null ? null : alarms.length;
    return {
      drifted: alarms.length > 0,
      p: only.pValues[position]!,
      adjusted: only.adjusted[position]!,
      alarms: count,
      sustained: null,
      surprise,
    };
  }
  const level = options.alpha / (2 * Math.max(1, counted[0]?.effects.length ?? 1));
  const own = counted.reduce((sum, judgement) => sum + judgement.rates[position]!, 0) / Math.max(1, counted.length);
  const rate = Math.min(options.alpha, own + 1 / Math.max(1, windows.referenceWindows));
  const often = alarms.length >= alarmsByChance(counted.length, rate, level);
  const far = alarms.some((judgement) => judgement.beyond[position]! >= 2);
  const sustained = sustainedPValue(
    counted.map((judgement) => judgement.pValues[position]!),
    windows.referenceWindows,
  );
  const usual = counted.length === 0 ? 0 : median(counted.map((judgement) => judgement.effects[position]!));
  const long = sustained !== null && sustained <= level && usual >= options.floor;
  return { drifted: often || far || long, p: null, adjusted: null, alarms: alarms.length, sustained, surprise };
}

/** Fewest alarms in `periods` that chance gives with probability `level` or less when each comes with probability `rate`. */
export function alarmsByChance(periods: number, rate: number, level: number): number {
  for (let k = 1; k <= periods; k++) if (binomialSurvival(k - 1, periods, rate) <= level) return k;
  return periods + 1;
}

export function columnReason(
  verdict: Verdict,
  effect: number,
  options: DecisionLimits,
  skipped: string | null,
  enough: boolean,
  announced: string | null = null,
): string {
  if (skipped !== null) return skipped;
  if (!enough) return `fewer than ${rowsNeeded} rows on a side`;
  const size = effect.toFixed(3);
  if (announced !== null) return `announced: "${announced}"; effect ${size} does not count`;
  if (verdict.drifted === null) return `effect ${size}, not judged: ${thinReason}`;
  if (verdict.drifted === true) {
    const periods = [
      ...(verdict.alarms !== null && verdict.alarms > 0 ? [`${verdict.alarms} alarms`] : []),
      ...(verdict.sustained !== null ? [`all periods together p ${formatP(verdict.sustained)}`] : []),
    ];
    const how = periods.length > 0 ? periods.join(", ") : `p ${formatP(verdict.adjusted)}`;
    return `moved: effect ${size} (floor ${options.floor}), ${how}`;
  }
  if (verdict.alarms !== null) return `${verdict.alarms} alarms, no more than chance gives over these periods`;
  if (effect < options.floor) return `effect ${size} is below the floor ${options.floor}`;
  return `effect ${size} is no surprise: p ${formatP(verdict.adjusted)}`;
}

function formatP(p: number | null): string {
  if (p === null) return "not computed";
  if (p < 1e-300) return "below 1e-300";
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}
