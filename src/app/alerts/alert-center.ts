import { createHash } from "node:crypto";
import {
  type Alert,
  type AlertRules,
  type Notice,
  raise,
  recover,
  resolve,
  type Signal,
  snooze,
} from "../../core/alerts/alert.ts";
import { type AlertRoute, channelsFor } from "../../core/alerts/route.ts";
import { Failure } from "../../core/failures.ts";
import type { AlertChannel } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Actor, ControlStore, StateWriter } from "../ports/control-store.ts";

export interface AlertSettings {
  readonly rules: AlertRules;
  readonly routes: readonly AlertRoute[];
  /** Channels that hear of what no route takes. */
  readonly otherwise: readonly string[];
}

export interface AlertTools {
  readonly store: ControlStore;
  readonly clock: Clock;
  readonly channels: ReadonlyMap<string, AlertChannel>;
}

/** A notice on its way: kept until every channel has it, also over a restart. */
interface PendingNotice {
  readonly notice: Notice;
  readonly waiting: readonly string[];
  readonly attempts: number;
  readonly nextAttempt: number;
  readonly lastProblem: string | null;
}

export interface AlertCenter {
  /** Takes what a monitor found; the same alarm is told once. */
  signal(by: Actor, signals: readonly Signal[]): Promise<void>;
  /** Ends alarms that have gone quiet, and delivers what waits; called every few seconds. @returns notices delivered */
  sweep(signal: AbortSignal): Promise<number>;
  /** The cause is known to be gone. @throws Failure NOT_FOUND */
  resolve(by: Actor, key: string): Promise<void>;
  /** @throws Failure NOT_FOUND */
  snooze(by: Actor, key: string, milliseconds: number): Promise<void>;
  list(): Promise<readonly Alert[]>;
  /** Notices that a channel has not taken yet, with the last problem. */
  waiting(): Promise<readonly PendingNotice[]>;
}

const ALERT = "alert";
const NOTICE = "notice";
const SWEEPER: Actor = { name: "alerts", role: "system" };
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 3_600_000;

/** Alarms of the server: kept in its state, told through channels, each delivered at least once. */
export function createAlertCenter(settings: AlertSettings, { store, clock, channels }: AlertTools): AlertCenter {
  const idOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);

  const keep = async (state: StateWriter, alert: Alert, notice: Notice | null, action: string): Promise<void> => {
    const id = idOf(alert.key);
    await state.put({ kind: ALERT, id, parent: alert.model, body: alert, action, detail: { key: alert.key } });
    if (notice === null) return;
    const waiting = channelsFor(alert, settings.routes, settings.otherwise).filter((name) => channels.has(name));
    if (waiting.length === 0) return;
    const pending: PendingNotice = { notice, waiting, attempts: 0, nextAttempt: 0, lastProblem: null };
    const noticeId = `${id}-${alert.since}-${alert.count}-${notice.kind}`;
    await state.put({ kind: NOTICE, id: noticeId, parent: alert.model, body: pending, action: "notice.queue" });
  };

  const find = async (state: StateWriter, key: string): Promise<Alert> => {
    const found = await state.get<Alert>(ALERT, idOf(key));
    if (found !== null) return found.body;
    const known = (await state.list<Alert>(ALERT)).map(({ body }) => body.key);
    throw new Failure("NOT_FOUND", { message: `there is no alarm "${key}"`, mend: known.slice(0, 5) });
  };

  // Nobody has listened while the server was down, and no silence has passed because its clock jumped.
  const began = clock.monotonic();
  const heard = new Map<string, number>();
  const ended = (alert: Alert) =>
    recover(alert, clock.monotonic() - (heard.get(alert.key) ?? began), clock.now(), settings.rules);

  const endQuiet = async (): Promise<void> => {
    const firing = (await store.read((state) => state.list<Alert>(ALERT))).filter(({ body }) => ended(body) !== null);
    for (const { id } of firing) {
      await store.change(SWEEPER, async (state) => {
        const present = await state.get<Alert>(ALERT, id);
        const over = present === null ? null : ended(present.body);
        if (over !== null) await keep(state, over.alert, over.notice, "alert.recover");
      });
    }
  };

  const deliver = async (signal: AbortSignal): Promise<number> => {
    const now = clock.now();
    const due = (await store.read((state) => state.list<PendingNotice>(NOTICE))).filter(
      // A clock that stepped back must not hold a notice for ever.
      ({ body }) => now >= body.nextAttempt || body.nextAttempt - now > LONGEST_PAUSE,
    );
    let delivered = 0;
    for (const { id, body } of due) {
      const failed: string[] = [];
      let problem: string | null = null;
      for (const name of body.waiting) {
        try {
          await channels.get(name)?.send(`${id}-${name}`, body.notice, signal);
          delivered++;
        } catch (error) {
          failed.push(name);
          problem = error instanceof Error ? error.message : String(error);
        }
      }
      await store.change(SWEEPER, async (state) => {
        if (failed.length === 0) return state.delete(NOTICE, id, { action: "notice.deliver" });
        const attempts = body.attempts + 1;
        const nextAttempt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
        const left: PendingNotice = { ...body, waiting: failed, attempts, nextAttempt, lastProblem: problem };
        await state.put({ kind: NOTICE, id, parent: body.notice.alert.model, body: left, action: "notice.retry" });
      });
    }
    return delivered;
  };

  return {
    async signal(by, signals) {
      for (const signal of signals) {
        heard.set(signal.key, clock.monotonic());
        await store.change(by, async (state) => {
          const known = await state.get<Alert>(ALERT, idOf(signal.key));
          const { alert, notice } = raise(known?.body ?? null, signal, clock.now(), settings.rules);
          await keep(state, alert, notice, notice?.kind === "raised" ? "alert.raise" : "alert.see");
        });
      }
    },
    async sweep(signal) {
      await endQuiet();
      return deliver(signal);
    },
    resolve: (by, key) =>
      store.change(by, async (state) => {
        const { alert, notice } = resolve(await find(state, key), clock.now());
        await keep(state, alert, notice, "alert.resolve");
      }),
    snooze: (by, key, milliseconds) =>
      store.change(by, async (state) => {
        const alert = snooze(await find(state, key), clock.now(), milliseconds, by.name);
        await keep(state, alert, null, "alert.snooze");
      }),
    list: async () => (await store.read((state) => state.list<Alert>(ALERT))).map(({ body }) => body),
    waiting: async () => (await store.read((state) => state.list<PendingNotice>(NOTICE))).map(({ body }) => body),
  };
}
