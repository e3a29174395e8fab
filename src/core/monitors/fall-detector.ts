import { normalQuantile, normalUpperQuantile } from "../statistics/normal-distribution.ts";
import { studentCdf, studentSurvival } from "../statistics/student-distribution.ts";

/** How far a period lies on the wrong side of its limit, in standard errors; negative: on the right side. */
export interface FallEvidence {
  readonly t: number;
  /** Degrees of freedom of the standard error. */
  readonly degrees: number;
  /** Skewness of the mean behind t, same orientation: sum e^3 / (sum e^2)^1.5 over units. */
  readonly skew: number;
}

export interface FallState {
  readonly alarm: boolean;
  /** e-SR statistic, and the threshold that it has to reach. */
  readonly statistic: number;
  readonly threshold: number;
  /** Index of the first period of the fall, where there is an alarm. */
  readonly since: number | null;
}

/** Strengths of a fall, in standard errors of a period, among which the bet is spread. */
const BETS = [0.5, 1, 2, 4];
/** Beyond this the normal approximation carries no more evidence. */
const MOST_ERRORS = 8;

/**
 * Has the quality fallen below its limit for sure, looked at after every period? Shiryaev-Roberts e-detector
 * (Shin, Ramdas, Rinaldo 2203.03532; METHODS 6): e = exp(bet z - bet^2 / 2) for each period, R = (R + 1) e, averaged over
 * the bets; alarm when it reaches the threshold. While quality holds its limit, the mean run until a false alarm is at least
 * the threshold, in periods, asymptotically in the units of a period; a threshold of K times that holds for K slices
 * together, whatever their overlap. t is freed of its skewness by Hall's transformation (1992), then brought to the normal
 * scale by its degrees of freedom.
 */
export function watchFall(periods: readonly FallEvidence[], threshold: number): FallState {
  const running = BETS.map(() => 0);
  let statistic = 0;
  let logOfOne = 0;
  let least = 0;
  let since = 0;
  periods.forEach((period, i) => {
    const z = normalScale(period);
    BETS.forEach((bet, b) => {
      running[b] = (running[b]! + 1) * Math.exp(bet * z - (bet * bet) / 2);
    });
    statistic = running.reduce((sum, one) => sum + one, 0) / BETS.length;
    logOfOne += z - 0.5;
    if (logOfOne < least) {
      least = logOfOne;
      since = i + 1;
    }
  });
  const alarm = statistic >= threshold;
  return { alarm, statistic, threshold, since: alarm ? Math.min(since, periods.length - 1) : null };
}

function normalScale({ t: raw, degrees, skew }: FallEvidence): number {
  if (Number.isNaN(raw)) return 0;
  const t = raw + (skew * raw * raw) / 3 + (skew * skew * raw ** 3) / 27 + skew / 6;
  const z = t > 0 ? normalUpperQuantile(studentSurvival(t, degrees)) : normalQuantile(studentCdf(t, degrees));
  return Math.max(-MOST_ERRORS, Math.min(MOST_ERRORS, z));
}
