import type { StageResult } from "./run-stage.ts";

export interface StressLimits {
  /** Milliseconds. */
  readonly p99: number;
  /** Shares of the requests that were due. */
  readonly errors: number;
  readonly shed: number;
}

export interface StressDecision {
  readonly decision: "pass" | "fail" | "not-enough-data" | "not-evaluated";
  readonly reason: string;
  /** Gateways that the expected volume needs, and its peak; null where no rate was within the limits. */
  readonly replicas: { readonly expected: number; readonly peak: number; readonly load: number } | null;
}

/** Share of its knee at which a replica is run: the rest is for bursts and for the loss of a neighbour. */
const usualLoad = 0.7;
/** A rate counts as answered where so much of it was answered while the stage ran. */
const keptUp = 0.95;

/** True where a stage stayed within the limits and kept up with its rate. */
export function withinLimits(stage: StageResult, limits: StressLimits): boolean {
  return problemsOf(stage, limits).length === 0 && stage.latency.p99 !== null;
}

export function problemsOf(stage: StageResult, limits: StressLimits): string[] {
  const due = Math.max(1, stage.offered * stage.seconds);
  const { outcomes, latency, throughput } = stage;
  const errors = (outcomes.error + outcomes.timeout) / due;
  const shed = outcomes.shed / due;
  const problems: string[] = [];
  if (errors > limits.errors) problems.push(`${share(errors)} errors, limit ${share(limits.errors)}`);
  if (shed > limits.shed) problems.push(`${share(shed)} shed, limit ${share(limits.shed)}`);
  if (latency.p99 !== null && latency.p99 > limits.p99) {
    problems.push(`p99 ${latency.p99.toFixed(1)} ms, limit ${limits.p99} ms`);
  }
  const answered = (throughput * stage.seconds + outcomes.shed) / due;
  if (answered < keptUp && stage.seconds >= 1 && problems.length === 0) {
    problems.push(`${share(answered)} of the volume answered in time, limit ${share(keptUp)}`);
  }
  return problems;
}

export function decideStress({
  peak,
  knee,
  expected,
  times,
  limits,
}: {
  readonly peak: StageResult;
  readonly knee: number | null;
  readonly expected: number;
  readonly times: number;
  readonly limits: StressLimits;
}): StressDecision {
  const replicas =
    knee === null
      ? null
      : {
          expected: Math.max(1, Math.ceil(expected / (knee * usualLoad))),
          peak: Math.max(1, Math.ceil((expected * times) / (knee * usualLoad))),
          load: usualLoad,
        };
  const problems = problemsOf(peak, limits);
  const answered = peak.outcomes.ok + peak.outcomes.refused;
  if (problems.length > 0 && peak.lag !== null && peak.lag > limits.p99 / 2) {
    const reason = `requests were sent ${peak.lag.toFixed(1)} ms late (p99): this machine cannot put on that load`;
    return { decision: "not-evaluated", reason, replicas };
  }
  if (problems.length > 0) return { decision: "fail", reason: problems.join("; "), replicas };
  if (peak.latency.p99 === null) {
    const reason = `${answered} answers are too few for a p99; 1,000 are enough: a longer --duration`;
    return { decision: "not-enough-data", reason, replicas };
  }
  if (peak.outcomes.ok === 0) {
    return { decision: "fail", reason: "no request was answered with a prediction", replicas };
  }
  const reason = `p99 ${peak.latency.p99.toFixed(1)} ms at ${peak.offered.toFixed(0)} requests a second`;
  return { decision: "pass", reason, replicas };
}

function share(value: number): string {
  return `${(value * 100).toFixed(value < 0.01 ? 2 : 1)}%`;
}
