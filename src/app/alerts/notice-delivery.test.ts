import { describe, expect, it } from "vitest";
import type { Signal } from "../../core/alerts/alert.ts";
import type { Severity } from "../../core/findings.ts";
import { MemoryControlStore } from "../control/memory-control-store.ts";
import type { AlertChannel } from "../ports/alert-channel.ts";
import { createAlertCenter } from "./alert-center.ts";
import type { AlertPolicy } from "./alert-routing.ts";

const by = { name: "monitor", role: "system" };
const never = new AbortController().signal;
const time = { now: 1_000_000 };
const clock = { now: () => time.now, monotonic: () => time.now };

/** Channels by name that note what they take, may be down, and may hang. */
function setting() {
  const told: string[] = [];
  const down = new Set<string>();
  const hanging = new Map<string, () => void>();
  const channel = (name: string): AlertChannel => ({
    send: async (_, { kind, alert }) => {
      if (hanging.has(name)) await new Promise<void>((resolve) => hanging.set(name, resolve));
      if (down.has(name)) throw new Error(`${name} is down`);
      told.push(`${name}: ${kind} ${alert.key}`);
    },
  });
  const store = new MemoryControlStore(clock);
  const policy = (prefix: string, names: readonly string[], more: Partial<AlertPolicy> = {}): AlertPolicy => ({
    rules: { repeatAfter: 1e9, quietAfter: 1e9 },
    owner: null,
    routes: [],
    otherwise: names,
    channels: new Map(names.map((name) => [name, channel(`${prefix}${name}`)])),
    ...more,
  });
  const open = (policies: Record<string, AlertPolicy>) =>
    createAlertCenter(new Map(Object.entries(policies)), { store, clock });
  const actions = async (): Promise<string[]> =>
    (await store.read((state) => state.audit({ kind: "notice" }))).map(({ action, detail }) => `${action} ${detail}`);
  return { told, down, hanging, policy, open, actions };
}

const signal = (key: string, model = "films", severity: Severity = "warning"): Signal => ({
  key,
  severity,
  model,
  owner: null,
  message: "moved",
  actions: [],
});

describe("a notice for a channel that is gone", () => {
  it("goes to the policy's other channels, and the trail says so", async () => {
    const { told, down, policy, open, actions } = setting();
    down.add("pager");
    const routes = [{ from: "warning", to: ["pager"] }] as const;
    const before = open({ films: policy("", ["pager"], { routes }) });
    await before.signal(by, [signal("a")]);
    await before.sweep(never);
    const after = open({ films: policy("", ["phone", "chat"], { otherwise: ["phone"] }) });
    await after.sweep(never);
    expect(told).toEqual(["phone: raised a"]);
    expect(await after.waiting()).toEqual([]);
    expect(await actions()).toContainEqual(
      expect.stringMatching(/^notice.reroute .*no channel \\"pager\\" any more.*"phone"/),
    );
    await after.resolve(by, "a");
    await after.sweep(never);
    expect(told).toEqual(["phone: raised a", "phone: recovered a"]);
  });

  it("is not sent twice to a channel that has it", async () => {
    const { told, down, policy, open } = setting();
    down.add("pager");
    const before = open({ films: policy("", ["pager", "chat"]) });
    await before.signal(by, [signal("a")]);
    await before.sweep(never);
    const after = open({ films: policy("", ["chat"]) });
    await after.sweep(never);
    await after.sweep(never);
    expect(told).toEqual(["chat: raised a"]);
    expect(await after.waiting()).toEqual([]);
  });

  it("waits, and says for what, where its policy has no channel or is gone; it goes when the channel is back", async () => {
    const { told, down, policy, open } = setting();
    down.add("pager");
    const before = open({ films: policy("", ["pager"]) });
    await before.signal(by, [signal("a")]);
    await before.sweep(never);
    for (const [policies, problem] of [
      [{ films: policy("", []) }, /policy of "films" has no channel "pager"/],
      [{ songs: policy("", ["pager"]) }, /no policy of "films"/],
    ] as const) {
      const center = open(policies);
      await center.sweep(never);
      await center.sweep(never);
      expect((await center.waiting())[0]!.targets[0]!.problem).toMatch(problem);
    }
    expect(told).toEqual([]);
    down.clear();
    time.now += 10_000;
    await open({ films: policy("", ["pager"]) }).sweep(never);
    expect(told).toEqual(["pager: raised a"]);
  });
});

describe("channels", () => {
  it("of one name in two policies hear of their own model alone", async () => {
    const { told, policy, open } = setting();
    const center = open({ films: policy("films-", ["pager"]), songs: policy("songs-", ["pager"]) });
    await center.signal(by, [signal("a", "films"), signal("b", "songs")]);
    await center.sweep(never);
    expect(told.toSorted()).toEqual(["films-pager: raised a", "songs-pager: raised b"]);
  });

  it("hear of the server, and of models without a policy here, by every policy's routes, each once", async () => {
    const { told, policy, open } = setting();
    const films = policy("films-", ["pager", "chat"], { routes: [{ from: "error", to: ["pager"] }] });
    const shared = films.channels.get("chat")!;
    const songs = { ...policy("", []), otherwise: ["room"], channels: new Map([["room", shared]]) };
    const center = open({ films: { ...films, otherwise: ["chat"] }, songs, quiet: policy("", []) });
    await center.signal(by, [signal("server:clock", ""), signal("rollback:x.r1", "x", "error"), signal("q", "quiet")]);
    await center.sweep(never);
    expect(told.toSorted()).toEqual([
      "films-chat: raised rollback:x.r1",
      "films-chat: raised server:clock",
      "films-pager: raised rollback:x.r1",
    ]);
  });

  it("hear of the policy's owner where an alarm names nobody", async () => {
    const { told, policy, open } = setting();
    const routes = [{ owner: "ann", to: ["chat"] }];
    const center = open({ films: policy("", ["pager", "chat"], { routes, owner: "ann" }) });
    await center.signal(by, [signal("a")]);
    await center.sweep(never);
    expect(told).toEqual(["chat: raised a"]);
  });

  it("that were told of an error hear of its end, though it has become a warning since", async () => {
    const { told, policy, open } = setting();
    const routes = [{ from: "error", to: ["pager"] }] as const;
    const center = open({ films: policy("", ["pager", "chat"], { routes, otherwise: ["chat"] }) });
    await center.signal(by, [signal("a", "films", "error"), signal("a", "films", "warning")]);
    await center.resolve(by, "a");
    await center.sweep(never);
    expect(told).toEqual(["pager: raised a", "pager: recovered a"]);
  });

  it("that hang hold up no other, are not called again meanwhile, and keep their order", async () => {
    const { told, hanging, policy, open } = setting();
    hanging.set("slow", () => undefined);
    const center = open({ films: policy("", ["slow", "chat"]) });
    await center.signal(by, [signal("a")]);
    const first = center.sweep(never);
    await center.signal(by, [signal("b")]);
    await center.resolve(by, "a");
    await center.sweep(never);
    const chat = ["chat: raised a", "chat: raised b", "chat: recovered a"];
    expect(told).toEqual(chat);
    const go = hanging.get("slow")!;
    hanging.clear();
    go();
    await first;
    await center.sweep(never);
    expect(told.slice(3)).toEqual(chat.map((line) => line.replace("chat", "slow")));
  });

  it("that come back get what waited in its order, also what was to be tried later", async () => {
    const { told, down, policy, open } = setting();
    const center = open({ films: policy("", ["hook"]) });
    down.add("hook");
    await center.signal(by, [signal("a")]);
    for (let i = 0; i < 8; i++) {
      await center.sweep(never);
      time.now += 120_000;
    }
    await center.sweep(never);
    down.clear();
    await center.resolve(by, "a");
    await center.signal(by, [signal("b")]);
    await center.sweep(never);
    expect(told).toEqual(["hook: raised b", "hook: raised a", "hook: recovered a"]);
  });

  it("that refuse one notice take those of other alarms, and never the end of an alarm before its beginning", async () => {
    const { told, policy, open } = setting();
    const taken: AlertChannel = {
      send: async (_, { kind, alert }) => {
        if (alert.key === "bad") throw new Error("invalid_payload");
        told.push(`${kind} ${alert.key}`);
      },
    };
    const center = open({ films: { ...policy("", ["hook"]), channels: new Map([["hook", taken]]) } });
    await center.signal(by, [signal("bad"), signal("good")]);
    await center.resolve(by, "bad");
    for (let i = 0; i < 5; i++) {
      await center.sweep(never);
      time.now += 60_000;
    }
    expect(told).toEqual(["raised good"]);
    expect((await center.waiting()).map(({ notice }) => `${notice.kind} ${notice.alert.key}`)).toEqual([
      "raised bad",
      "recovered bad",
    ]);
  });
});
