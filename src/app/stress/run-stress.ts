import type { LoadRequest, LoadTarget } from "../ports/load-target.ts";
import { runStage, type StageResult } from "./run-stage.ts";
import { decideStress, type StressDecision, type StressLimits, withinLimits } from "./stress-decision.ts";

export interface StressOptions {
  /** Requests a second that are expected. */
  readonly expected: number;
  /** How many times the expected volume is put on. */
  readonly times: number;
  readonly limits: StressLimits;
  readonly seconds: number;
  /** Requests in all. */
  readonly most: number;
  /** Seconds in all; stages that would end later are not begun. */
  readonly mostSeconds: number;
  /** False: the knee is not looked for. */
  readonly knee: boolean;
  readonly signal: AbortSignal;
  readonly onStage: (what: string, result: StageResult) => void;
}

export interface StressReport extends StressDecision {
  /** At `times` the expected volume. */
  readonly peak: StageResult;
  /** Each stage of the search for the knee, in the order in which it ran. */
  readonly stages: readonly StageResult[];
  /** The highest rate that stayed within the limits, requests a second; null where none did or it was not looked for. */
  readonly knee: number | null;
  /** True where the knee lies higher, but requests or time were used up, or the generator could do no more. */
  readonly kneeIsBound: boolean;
}

/** Requests under way at a time: more than any server answers well, and few enough for the sockets of one machine. */
const mostInFlight = 4096;

/**
 * Stress test: warm-up, the peak, then the knee by growing or halving the rate and two steps of bisection.
 * @param next the requests, one after the other
 */
export async function runStress(
  target: LoadTarget,
  next: () => LoadRequest,
  options: StressOptions,
): Promise<StressReport> {
  const { limits, signal } = options;
  const peakRate = options.expected * options.times;
  const started = performance.now();
  let left = options.most;
  const stage = async (what: string, rate: number, seconds: number): Promise<StageResult> => {
    const able = Math.min(seconds, left / rate);
    const result = await runStage(target, next, { rate, seconds: able, mostInFlight, grace: limits.p99, signal });
    left -= result.sent;
    options.onStage(what, result);
    return result;
  };
  const canGoOn = (rate: number): boolean =>
    !signal.aborted &&
    left >= rate * Math.min(1, options.seconds) &&
    (performance.now() - started) / 1000 + options.seconds <= options.mostSeconds;

  await stage("warm-up", Math.max(1, peakRate / 10), Math.min(2, options.seconds / 2));
  const peak = await stage(`${options.times} times the expected volume`, peakRate, options.seconds);
  const stages: StageResult[] = [];
  let good: number | null = withinLimits(peak, limits) ? peakRate : null;
  let bad: number | null = good === null ? peakRate : null;
  let bisections = 0;
  while (options.knee) {
    const rate = nextRate(good, bad);
    if (good !== null && bad !== null && bisections++ >= 3) break;
    if (rate < 1 || !canGoOn(rate)) break;
    const result = await stage(`${rate.toFixed(0)} a second`, rate, options.seconds);
    stages.push(result);
    if (withinLimits(result, limits)) good = rate;
    else bad = rate;
  }
  const knee = options.knee ? good : null;
  return {
    ...decideStress({ peak, knee, expected: options.expected, times: options.times, limits }),
    peak,
    stages,
    knee,
    kneeIsBound: knee !== null && bad === null,
  };
}

function nextRate(good: number | null, bad: number | null): number {
  if (good === null) return bad! / 2;
  return bad === null ? good * 2 : (good + bad) / 2;
}
