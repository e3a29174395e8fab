import type { LoadRequest, LoadTarget } from "../ports/load-target.ts";
import { runStage, type StageResult } from "./run-stage.ts";
import { decideStress, problemsOf, type StressDecision, type StressLimits, withinLimits } from "./stress-decision.ts";

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
  /** What the gateway said to the first request that it did not answer, up to the end of the peak; null where there was none. */
  readonly problem: string | null;
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

const warmUp = "warm-up";
/** So many answers have a 99th percentile. */
const fewestForP99 = 1050;

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
    // Long enough for a p99, as far as requests and time allow.
    const wanted =
      what === warmUp ? seconds : Math.max(seconds, Math.min(fewestForP99 / rate, options.mostSeconds / 4));
    const able = Math.min(wanted, left / rate);
    const result = await runStage(target, next, { rate, seconds: able, mostInFlight, grace: limits.p99, signal });
    left -= result.sent;
    options.onStage(what, result);
    return result;
  };
  const canGoOn = (rate: number): boolean =>
    !signal.aborted &&
    left >= rate * Math.min(1, options.seconds) &&
    (performance.now() - started) / 1000 + options.seconds <= options.mostSeconds;

  await stage(warmUp, Math.max(1, peakRate / 10), Math.min(2, options.seconds / 2));
  const peak = await stage(`${options.times} times the expected volume`, peakRate, options.seconds);
  const peakProblem = target.problem();
  const stages: StageResult[] = [];
  const isKnown = peak.latency.p99 !== null || problemsOf(peak, limits).length > 0;
  let good: number | null = withinLimits(peak, limits) ? peakRate : null;
  let bad: number | null = good === null ? peakRate : null;
  let bisections = 0;
  while (options.knee && isKnown) {
    const rate = nextRate(good, bad);
    if (good !== null && bad !== null && bisections++ >= 3) break;
    if (rate < 1 || !canGoOn(rate)) break;
    const result = await stage(`${rate.toFixed(0)} a second`, rate, options.seconds);
    stages.push(result);
    // A volume so small that nothing can be said of it is no sign of a knee.
    if (result.latency.p99 === null && problemsOf(result, limits).length === 0) break;
    if (withinLimits(result, limits)) good = rate;
    else bad = rate;
  }
  const knee = options.knee ? good : null;
  return {
    ...decideStress({ peak, knee, expected: options.expected, times: options.times, limits }),
    problem: peakProblem,
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
