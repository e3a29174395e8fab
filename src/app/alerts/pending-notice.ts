import type { AlertTarget, Notice } from "../../core/alerts/alert.ts";

/** A notice on its way: kept until every channel has it, also over a restart. */
export interface PendingNotice {
  readonly notice: Notice;
  /** Notices go to a channel in the order of these. */
  readonly queued: number;
  readonly targets: readonly PendingTarget[];
  readonly reached: readonly AlertTarget[];
}

/** A channel that has not taken a notice yet. */
export interface PendingTarget extends AlertTarget {
  readonly attempts: number;
  readonly nextAttempt: number;
  readonly problem: string | null;
}

/** As earlier releases kept it: channels by name alone, of whatever policy. */
interface EarlierNotice {
  readonly notice: Notice;
  readonly waiting: readonly string[];
  readonly attempts: number;
  readonly nextAttempt: number;
  readonly lastProblem: string | null;
}

export function pendingOf(body: PendingNotice | EarlierNotice): PendingNotice {
  if (!("waiting" in body)) return body;
  const { notice, waiting, attempts, nextAttempt, lastProblem } = body;
  const policy = notice.alert.model;
  const targets = waiting.map((channel) => ({ policy, channel, attempts, nextAttempt, problem: lastProblem }));
  return { notice, queued: 0, targets, reached: [] };
}

/** One that nobody has tried to deliver. */
export const untried = ({ policy, channel }: AlertTarget): PendingTarget => ({
  policy,
  channel,
  attempts: 0,
  nextAttempt: 0,
  problem: null,
});
