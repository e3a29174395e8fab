import { describe, expect, it } from "vitest";
import type { Notice, Signal } from "../../core/alerts/alert.ts";
import { MemoryControlStore } from "../control/memory-control-store.ts";
import type { AlertChannel } from "../ports/alert-channel.ts";
import type { AlertPolicies, AlertPolicy } from "./alert-routing.ts";
import { createAlertCenter } from "./alert-center.ts";

const by = { name: "monitor", role: "system" };
const signal: Signal = {
  key: "drift:films/age",
  severity: "warning",
  model: "films",
  owner: null,
  message: "age moved",
  actions: ["umpire drift"],
};
const rules = { repeatAfter: 100_000, quietAfter: 1000 };
const never = new AbortController().signal;

function setting(channel: AlertChannel) {
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const store = new MemoryControlStore(clock);
  const policy: AlertPolicy = {
    rules,
    owner: null,
    routes: [],
    otherwise: ["hook"],
    channels: new Map([["hook", channel]]),
  };
  const open = (policies: AlertPolicies = new Map([["films", policy]])) =>
    createAlertCenter(policies, { store, clock });
  return { time, store, open, policy };
}

function recorder() {
  const told: { id: string; notice: Notice }[] = [];
  const state = { down: false };
  const channel: AlertChannel = {
    send: async (id, notice) => {
      if (state.down) throw new Error("no route to host");
      told.push({ id, notice });
    },
  };
  return { told, state, channel };
}

describe("the alert center", () => {
  it("tells an alarm once however often it is signalled, and its end once", async () => {
    const { told, channel } = recorder();
    const { time, open } = setting(channel);
    const center = open();
    await center.signal(by, [signal, signal, signal]);
    await center.sweep(never);
    await center.sweep(never);
    expect(told.map(({ notice }) => notice.kind)).toEqual(["raised"]);
    time.now += 5000;
    await center.sweep(never);
    expect(told.map(({ notice }) => notice.kind)).toEqual(["raised", "recovered"]);
    expect((await center.list())[0]).toMatchObject({ state: "recovered", count: 3 });
  });

  it("keeps what a channel does not take, over a restart, and tries again with growing pauses", async () => {
    const { told, state, channel } = recorder();
    const { time, open } = setting(channel);
    state.down = true;
    const first = open();
    await first.signal(by, [signal]);
    await first.sweep(never);
    expect((await first.waiting())[0]!.targets).toMatchObject([{ attempts: 1, problem: "no route to host" }]);
    const second = open();
    state.down = false;
    await second.sweep(never);
    expect(told).toHaveLength(0);
    time.now += 6000;
    await second.signal(by, [signal]);
    await second.sweep(never);
    expect(told.map(({ notice }) => notice.kind)).toContain("raised");
    expect(await second.waiting()).toHaveLength(0);
  });

  it("delivers although the clock stepped back a day", async () => {
    const { told, state, channel } = recorder();
    const { time, open } = setting(channel);
    const center = open();
    state.down = true;
    await center.signal(by, [signal]);
    await center.sweep(never);
    state.down = false;
    time.now -= 86_400_000;
    await center.sweep(never);
    expect(told).toHaveLength(1);
  });

  it("writes who snoozed an alarm into the trail, and refuses one that does not exist", async () => {
    const { channel } = recorder();
    const { store, open } = setting(channel);
    const center = open();
    await center.signal(by, [signal]);
    await center.snooze({ name: "ada", role: "operator" }, signal.key, 60_000);
    expect((await center.list())[0]!.snoozedBy).toBe("ada");
    const trail = await store.read((state) => state.audit({ newestFirst: true, limit: 1 }));
    expect(JSON.stringify(trail)).toContain("ada");
    await expect(center.snooze(by, "other", 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("silences nothing that is over, says so, and ends it once", async () => {
    const { told, channel } = recorder();
    const center = setting(channel).open();
    await center.signal(by, [signal]);
    await center.resolve(by, signal.key);
    await center.resolve(by, signal.key);
    await center.sweep(never);
    expect(told.map(({ notice }) => notice.kind)).toEqual(["raised", "recovered"]);
    await expect(center.snooze(by, signal.key, 1000)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("speaks up when a silence ends over a restart while the alarm still fires", async () => {
    const { told, channel } = recorder();
    const { time, open } = setting(channel);
    const first = open();
    await first.signal(by, [{ ...signal, lasts: true }]);
    await first.snooze(by, signal.key, 5000);
    await first.sweep(never);
    const second = open();
    time.now += 5000;
    await second.sweep(never);
    await second.sweep(never);
    expect(told.map(({ notice }) => notice.kind)).toEqual(["raised", "reminder"]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
    expect((await second.list())[0]).toMatchObject({ state: "firing", snoozedUntil: null });
  });

  it("raises an alarm once over restarts", async () => {
    const { told, channel } = recorder();
    const { open } = setting(channel);
    for (let start = 0; start < 3; start++) {
      const center = open();
      await center.signal(by, [signal]);
      await center.sweep(never);
    }
    expect(told.map(({ notice }) => notice.kind)).toEqual(["raised"]);
  });
});
