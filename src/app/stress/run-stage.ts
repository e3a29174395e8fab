import { LatencyRecord } from "../../core/serving/latency-record.ts";
import type { LoadOutcome, LoadRequest, LoadTarget } from "../ports/load-target.ts";

export interface StageOptions {
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Requests that may be under way; what comes due beyond them is counted as an error, not waited for. */
  readonly mostInFlight: number;
  /** Milliseconds after its end in which an answer still counts for the stage: the limit of the latency. */
  readonly grace: number;
  readonly signal: AbortSignal;
}

export interface StageResult {
  /** Requests a second that were due, and that were answered (`ok` and `refused`) while the stage ran or soon after. */
  readonly offered: number;
  readonly throughput: number;
  readonly seconds: number;
  readonly sent: number;
  readonly outcomes: Readonly<Record<LoadOutcome, number>>;
  /** Requests that were due and not sent, since too many were under way: part of `error`. */
  readonly unsent: number;
  /** Milliseconds from when a request was due to when it was answered; null where too few were. */
  readonly latency: LatencySummary;
  /** p99 of how late requests were sent, milliseconds: the generator's own fault. */
  readonly lag: number | null;
  /** Resident bytes of the server, the highest seen; null where it does not say. */
  readonly memory: number | null;
}

export interface LatencySummary {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number;
}

/**
 * Puts a fixed rate on a target, open loop: request i is due at i / rate, whatever became of those before it, and its
 * latency counts from then. A server that stalls is thus charged for all that had to wait (no coordinated omission).
 */
export async function runStage(
  target: LoadTarget,
  next: () => LoadRequest,
  { rate, seconds, mostInFlight, grace, signal }: StageOptions,
): Promise<StageResult> {
  const total = Math.max(1, Math.round(rate * seconds));
  const latency = new LatencyRecord();
  const lag = new LatencyRecord();
  const outcomes: Record<LoadOutcome, number> = { ok: 0, refused: 0, shed: 0, error: 0, timeout: 0 };
  const pending: Promise<void>[] = [];
  let under = 0;
  let unsent = 0;
  let inTime = 0;
  let memory = await target.memory();
  const started = performance.now();
  const watch = setInterval(() => {
    void target.memory().then((bytes) => {
      if (bytes !== null && bytes > (memory ?? 0)) memory = bytes;
    });
  }, 500);
  const end = started + seconds * 1000;
  const answered = async (due: number): Promise<void> => {
    const outcome = await target.send(next());
    const now = performance.now();
    outcomes[outcome]++;
    under--;
    if (outcome !== "ok" && outcome !== "refused") return;
    latency.add(now - due);
    if (now <= end + grace) inTime++;
  };
  const send = (due: number): void => {
    lag.add(performance.now() - due);
    under++;
    pending.push(answered(due));
  };
  let sent = 0;
  for (let i = 0; i < total && !signal.aborted; ) {
    const due = (at: number): number => started + (at / rate) * 1000;
    for (; i < total && due(i) <= performance.now(); i++) {
      if (under >= mostInFlight) unsent++;
      else {
        send(due(i));
        sent++;
      }
    }
    if (i < total) await pause(due(i) - performance.now());
  }
  await Promise.all(pending);
  clearInterval(watch);
  outcomes.error += unsent;
  return {
    offered: rate,
    throughput: inTime / seconds,
    seconds,
    sent,
    outcomes,
    unsent,
    latency: {
      p50: latency.quantile(0.5),
      p99: latency.quantile(0.99),
      p999: latency.quantile(0.999),
      max: latency.max,
    },
    lag: lag.quantile(0.99),
    memory,
  };
}

/** Timers are a millisecond coarse: below that, a turn of the event loop is waited for. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds > 1.5) setTimeout(resolve, milliseconds - 1);
    else setImmediate(resolve);
  });
}
