import type { Notice } from "../../core/alerts/alert.ts";
import type { AlertChannel } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Actor, ControlStore, StateReader, StateWriter } from "../ports/control-store.ts";
import { type AlertPolicies, channelOf, insteadOf, sameTarget } from "./alert-routing.ts";
import { type PendingNotice, type PendingTarget, pendingOf, untried } from "./pending-notice.ts";

const NOTICE = "notice";
const DELIVERY: Actor = { name: "alerts", role: "system" };
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 3_600_000;
/** After so many attempts a notice holds up those of other alarms no longer: the channel may refuse just this one. */
const PATIENCE = 3;
/** Channels that are called at the same time; each may be a program. */
const MOST_AT_ONCE = 16;

/** A notice for one channel. */
interface Errand {
  readonly id: string;
  readonly notice: Notice;
  readonly target: PendingTarget;
}

/**
 * Takes notices to their channels, each at least once. Channels are called beside each other, so that one that hangs
 * delays no other; each gets its notices one after the other, those of one alarm always in order.
 */
export class NoticeDelivery {
  readonly #policies: AlertPolicies;
  readonly #store: ControlStore;
  readonly #clock: Clock;
  readonly #busy = new Set<AlertChannel>();

  constructor(policies: AlertPolicies, store: ControlStore, clock: Clock) {
    this.#policies = policies;
    this.#store = store;
    this.#clock = clock;
  }

  waiting(): Promise<PendingNotice[]> {
    return this.#store.read(pendingNotices).then((found) => found.map(([, pending]) => pending));
  }

  /** Calls every channel that something is due for and that is not being called already. @returns notices delivered */
  async deliver(signal: AbortSignal): Promise<number> {
    await this.#reroute();
    const errands = new Map<AlertChannel, Errand[]>();
    for (const [id, { notice, targets }] of await this.#store.read(pendingNotices)) {
      for (const target of targets) {
        const channel = channelOf(target, this.#policies);
        if (channel === null) continue;
        const before = errands.get(channel);
        if (before === undefined) errands.set(channel, [{ id, notice, target }]);
        else before.push({ id, notice, target });
      }
    }
    const rounds: Promise<number>[] = [];
    for (const [channel, list] of errands) {
      if (this.#busy.has(channel) || this.#busy.size >= MOST_AT_ONCE) continue;
      this.#busy.add(channel);
      rounds.push(this.#serve(channel, list, signal).finally(() => this.#busy.delete(channel)));
    }
    return (await Promise.all(rounds)).reduce((sum, count) => sum + count, 0);
  }

  /** What waits for a channel that its policy names no longer goes to the policy's `otherwise`; nothing is dropped unheard. */
  async #reroute(): Promise<void> {
    for (const [id, { targets }] of await this.#store.read(pendingNotices)) {
      for (const gone of targets.filter((target) => channelOf(target, this.#policies) === null)) {
        await this.#replace(id, gone);
      }
    }
  }

  async #replace(id: string, gone: PendingTarget): Promise<void> {
    const instead = insteadOf(gone, this.#policies);
    const what = this.#policies.has(gone.policy)
      ? `the policy of "${gone.policy}" has no channel "${gone.channel}" any more`
      : `the server has no policy of "${gone.policy}" that would name the channel "${gone.channel}"`;
    if (instead.length === 0 && gone.problem === what) return;
    await this.#change(id, (pending) => {
      const others = pending.targets.filter((target) => !sameTarget(target, gone));
      const known = [...others, ...pending.reached];
      const fresh = instead.filter((target) => !known.some((one) => sameTarget(one, target)));
      const kept = instead.length === 0 ? [{ ...gone, problem: what }] : fresh.map(untried);
      const to = instead.map(({ channel }) => channel);
      return {
        next: { ...pending, targets: [...others, ...kept] },
        action: instead.length === 0 ? "notice.stuck" : "notice.reroute",
        detail: { key: pending.notice.alert.key, reason: what, to },
      };
    });
  }

  async #serve(channel: AlertChannel, list: readonly Errand[], signal: AbortSignal): Promise<number> {
    const first = await this.#round(channel, list, signal, false);
    // It takes notices again: what was to wait longer need not.
    const again = first.delivered > 0 && !signal.aborted ? first.left : [];
    return first.delivered + (await this.#round(channel, again, signal, true)).delivered;
  }

  async #round(
    channel: AlertChannel,
    list: readonly Errand[],
    signal: AbortSignal,
    atOnce: boolean,
  ): Promise<{ readonly delivered: number; readonly left: readonly Errand[] }> {
    // Of these alarms something waits longer, or was refused just now: what came later may not overtake it.
    const held = new Set<string>();
    const refused = new Set<string>();
    const left: Errand[] = [];
    let delivered = 0;
    for (const errand of list) {
      const { notice, target } = errand;
      if (held.has(notice.alert.key) || !(atOnce || delivered > 0 || this.#isDue(target))) {
        if (target.attempts < PATIENCE && !held.has(notice.alert.key)) break;
        held.add(notice.alert.key);
        left.push(errand);
        continue;
      }
      const problem = await problemOf(channel.send(`${errand.id}-${target.channel}`, notice, signal));
      // The server is ending; the channel is not to blame.
      if (problem !== null && signal.aborted) break;
      await this.#settle(errand, problem);
      if (problem === null) {
        delivered++;
        continue;
      }
      held.add(notice.alert.key);
      refused.add(notice.alert.key);
      if (target.attempts + 1 < PATIENCE) break;
    }
    return { delivered, left: left.filter(({ notice }) => !refused.has(notice.alert.key)) };
  }

  /** A clock that stepped back must not hold a notice for ever. */
  #isDue({ nextAttempt }: PendingTarget): boolean {
    const now = this.#clock.now();
    return now >= nextAttempt || nextAttempt - now > LONGEST_PAUSE;
  }

  #settle({ id, target }: Errand, problem: string | null): Promise<void> {
    const now = this.#clock.now();
    return this.#change(id, (pending) => {
      const others = pending.targets.filter((other) => !sameTarget(other, target));
      const { policy, channel } = target;
      // What the other side said stays out of the trail: it may repeat what it was sent.
      const detail = { key: pending.notice.alert.key, channel, policy };
      if (problem === null) {
        const next = { ...pending, targets: others, reached: [...pending.reached, { policy, channel }] };
        return { next, action: "notice.deliver", detail };
      }
      const attempts = target.attempts + 1;
      const nextAttempt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
      const again = { ...target, attempts, nextAttempt, problem };
      return { next: { ...pending, targets: [...others, again] }, action: "notice.retry", detail };
    });
  }

  #change(
    id: string,
    change: (pending: PendingNotice) => {
      readonly next: PendingNotice;
      readonly action: string;
      readonly detail: Readonly<Record<string, unknown>>;
    },
  ): Promise<void> {
    return this.#store.change(DELIVERY, async (state) => {
      const found = await state.get<PendingNotice>(NOTICE, id);
      if (found === null) return;
      const { next, action, detail } = change(pendingOf(found.body));
      if (next.targets.length === 0) await state.delete(NOTICE, id, { action, detail });
      else await state.put({ kind: NOTICE, id, parent: next.notice.alert.model, body: next, action, detail });
    });
  }
}

/** Lets a notice wait for its channels, behind those that wait already. */
export async function queueNotice(
  state: StateWriter,
  id: string,
  pending: Pick<PendingNotice, "notice" | "targets">,
): Promise<void> {
  const last = (await pendingNotices(state)).at(-1)?.[1].queued ?? 0;
  const body: PendingNotice = { ...pending, queued: last + 1, reached: [] };
  await state.put({ kind: NOTICE, id, parent: pending.notice.alert.model, body, action: "notice.queue" });
}

/** What waits, in the order in which it came. */
async function pendingNotices(state: StateReader): Promise<(readonly [string, PendingNotice])[]> {
  const found = await state.list<PendingNotice>(NOTICE);
  return found
    .map(({ id, body }) => [id, pendingOf(body)] as const)
    .toSorted(([, one], [, other]) => one.queued - other.queued);
}

async function problemOf(sending: Promise<void>): Promise<string | null> {
  try {
    await sending;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
