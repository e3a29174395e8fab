import { createHash } from "node:crypto";
import {
  type Alert,
  type Notice,
  raise,
  recover,
  remind,
  resolve,
  type Signal,
  snooze,
} from "../../core/alerts/alert.ts";
import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Actor, ControlStore, StateWriter } from "../ports/control-store.ts";
import { type AlertPolicies, rulesOf, sameTarget, targetsOf } from "./alert-routing.ts";
import { NoticeDelivery, queueNotice } from "./notice-delivery.ts";
import { type PendingNotice, untried } from "./pending-notice.ts";

export interface AlertTools {
  readonly store: ControlStore;
  readonly clock: Clock;
}

export interface AlertCenter {
  /** Takes what a monitor found; the same alarm is told once. */
  signal(by: Actor, signals: readonly Signal[]): Promise<void>;
  /**
   * Ends alarms that have gone quiet, tells again what is due, and delivers what waits; called every few seconds, also while
   * an earlier call waits for a slow channel. @returns notices delivered
   */
  sweep(signal: AbortSignal): Promise<number>;
  /** The cause is known to be gone; nothing happens where the alarm is over. @throws Failure NOT_FOUND */
  resolve(by: Actor, key: string): Promise<void>;
  /** @throws Failure NOT_FOUND, CONFLICT where it is over */
  snooze(by: Actor, key: string, milliseconds: number): Promise<void>;
  list(): Promise<readonly Alert[]>;
  /** Notices that a channel has not taken yet, in the order in which they came. */
  waiting(): Promise<readonly PendingNotice[]>;
}

const ALERT = "alert";
const SWEEPER: Actor = { name: "alerts", role: "system" };

/** Alarms of the server: kept in its state, told through the channels of the policies, each delivered at least once. */
export function createAlertCenter(policies: AlertPolicies, { store, clock }: AlertTools): AlertCenter {
  const idOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);
  const delivery = new NoticeDelivery(policies, store, clock);

  const keep = async (state: StateWriter, alert: Alert, notice: Notice | null, action: string): Promise<void> => {
    const id = idOf(alert.key);
    const told = alert.toldTo ?? [];
    // Whoever heard of it hears of its end, though it has grown less severe since, or its routes are others now.
    const targets =
      notice === null ? [] : notice.kind === "recovered" && told.length > 0 ? told : targetsOf(alert, policies);
    const toldTo = [...told, ...targets.filter((target) => !told.some((one) => sameTarget(one, target)))];
    const detail = { key: alert.key };
    await state.put({ kind: ALERT, id, parent: alert.model, body: { ...alert, toldTo }, action, detail });
    if (notice === null || targets.length === 0) return;
    const noticeId = `${id}-${alert.since}-${alert.count}-${alert.lastTold}-${notice.kind}`;
    await queueNotice(state, noticeId, { notice, targets: targets.map(untried) });
  };

  const find = async (state: StateWriter, key: string): Promise<Alert> => {
    const found = await state.get<Alert>(ALERT, idOf(key));
    if (found !== null) return found.body;
    const known = (await state.list<Alert>(ALERT)).map(({ body }) => body.key);
    const near = nearest(key, known);
    const mend = near.length > 0 ? `nearest: ${near.join(", ")}` : "umpire alerts --all lists the keys";
    throw new Failure("NOT_FOUND", { message: `there is no alarm "${key}"`, mend: [mend] });
  };

  // Nobody has listened while the server was down, and no silence has passed because its clock jumped.
  const began = clock.monotonic();
  const heard = new Map<string, number>();
  const changed = (alert: Alert) => {
    const rules = rulesOf(alert.model, policies);
    const silent = clock.monotonic() - (heard.get(alert.key) ?? began);
    return recover(alert, silent, clock.now(), rules) ?? remind(alert, clock.now(), rules);
  };

  const endOrRemind = async (): Promise<void> => {
    const due = (await store.read((state) => state.list<Alert>(ALERT))).filter(({ body }) => changed(body) !== null);
    for (const { id } of due) {
      await store.change(SWEEPER, async (state) => {
        const present = await state.get<Alert>(ALERT, id);
        const next = present === null ? null : changed(present.body);
        if (next === null) return;
        const action = next.notice.kind === "recovered" ? "alert.recover" : "alert.remind";
        await keep(state, next.alert, next.notice, action);
      });
    }
  };

  return {
    async signal(by, signals) {
      for (const signal of signals) {
        heard.set(signal.key, clock.monotonic());
        const { rules, owner } = policies.get(signal.model) ?? { rules: rulesOf(signal.model, policies), owner: null };
        await store.change(by, async (state) => {
          const known = await state.get<Alert>(ALERT, idOf(signal.key));
          const owned = { ...signal, owner: signal.owner ?? owner };
          const { alert, notice } = raise(known?.body ?? null, owned, clock.now(), rules);
          await keep(state, alert, notice, notice?.kind === "raised" ? "alert.raise" : "alert.see");
        });
      }
    },
    async sweep(signal) {
      await endOrRemind();
      return delivery.deliver(signal);
    },
    resolve: (by, key) =>
      store.change(by, async (state) => {
        const ended = resolve(await find(state, key), clock.now());
        if (ended !== null) await keep(state, ended.alert, ended.notice, "alert.resolve");
      }),
    snooze: (by, key, milliseconds) =>
      store.change(by, async (state) => {
        const found = await find(state, key);
        if (found.state === "recovered") {
          const mend = ["umpire alerts lists those that fire; it is told when it fires again"];
          throw new Failure("CONFLICT", { message: `the alarm "${key}" is over: there is nothing to silence`, mend });
        }
        await keep(state, snooze(found, clock.now(), milliseconds, by.name), null, "alert.snooze");
      }),
    list: async () => (await store.read((state) => state.list<Alert>(ALERT))).map(({ body }) => body),
    waiting: () => delivery.waiting(),
  };
}
