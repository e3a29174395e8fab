import { describe, expect, it } from "vitest";
import type { Notice, Signal } from "../../src/core/alerts/alert.ts";
import { createAlertCenter } from "../../src/app/alerts/alert-center.ts";
import { MemoryControlStore } from "../../src/app/control/memory-control-store.ts";
import { createKey, KeyBook } from "../../src/app/keys/access-keys.ts";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { memoryArtifacts } from "../../src/app/registry/memory-artifacts.ts";
import { putModel, usualModel } from "../../src/app/registry/models.ts";
import { changeRouting, liveAt } from "../../src/app/registry/routing.ts";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { ClockWatch } from "../../src/app/watch/clock-watch.ts";
import { plainRouting } from "../../src/core/serving/routing-state.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";
import { apiInMemory } from "./api-in-memory.ts";
import { ada } from "../contracts/control-store.contract.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const jumps = [HOUR, DAY, 365 * DAY, -HOUR, -DAY, -365 * DAY];
const never = new AbortController().signal;

/** A wall clock that can be set, beside one that cannot. */
class TwoClocks {
  #wall = Date.UTC(2026, 10, 27, 12);
  #monotonic = 5000;
  now = (): number => this.#wall;
  monotonic = (): number => this.#monotonic;

  pass(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
  }

  jump(milliseconds: number): void {
    this.#wall += milliseconds;
  }
}

const alarm: Signal = {
  key: "drift:m/age",
  severity: "warning",
  model: "m",
  owner: null,
  message: "age moved",
  actions: [],
};
const rules = { repeatAfter: DAY, quietAfter: 2 * HOUR };

function alarms() {
  const clock = new TwoClocks();
  const store = new MemoryControlStore(clock);
  const told: Notice[] = [];
  const hook = { send: async (_id: string, notice: Notice) => void told.push(notice) };
  const policy = { rules, owner: null, routes: [], otherwise: ["hook"], channels: new Map([["hook", hook]]) };
  const open = () => createAlertCenter(new Map([["m", policy]]), { store, clock });
  return { clock, store, open, kinds: () => told.map(({ kind }) => kind) };
}

describe.each(jumps)("a clock that jumps by %d ms", (jump) => {
  it("ends no alarm, and does not keep one from ending", async () => {
    const { clock, open, kinds } = alarms();
    const center = open();
    await center.signal(ada, [alarm]);
    clock.jump(jump);
    await center.sweep(never);
    expect(kinds()).toEqual(["raised"]);
    clock.pass(HOUR);
    await center.signal(ada, [alarm]);
    clock.jump(-jump);
    clock.pass(2 * HOUR);
    await center.sweep(never);
    expect(kinds().at(-1)).toBe("recovered");
  });

  it("makes no alarm silent for longer than was asked, nor keeps a reminder back", async () => {
    const { clock, open, kinds } = alarms();
    const center = open();
    clock.jump(jump);
    await center.signal(ada, [alarm]);
    await center.snooze(ada, alarm.key, HOUR);
    clock.jump(-jump);
    let silent = 0;
    for (; !kinds().includes("reminder") && silent < 60; silent++) {
      clock.pass(HOUR);
      await center.signal(ada, [alarm]);
      await center.sweep(never);
    }
    expect(silent).toBeLessThanOrEqual(48);
  });

  it("does not change what is live now, and leaves the trail sound", async () => {
    const clock = new TwoClocks();
    const store = new MemoryControlStore(clock);
    const plane = { store, clock, artifacts: memoryArtifacts() };
    await store.change(ada, (state) => putModel(state, usualModel("m"), ada, clock.now()));
    for (const value of [1, 2]) {
      const artifact = { kind: "constant", value } as const;
      await registerVersion(plane, { model: "m", version: null, artifact, configuration: emptyConfiguration }, ada);
    }
    const route = (version: string) =>
      store.change(ada, (state) =>
        changeRouting(state, { model: "m", routing: plainRouting(version), reason: version, by: "ada", rollout: null }),
      );
    await route("1");
    clock.jump(jump);
    clock.pass(1000);
    await route("2");
    clock.jump(-jump);
    const live = await store.read((state) => liveAt(state, "m", "all", clock.now(), clock.now()));
    expect(live?.arms).toMatchObject([{ version: "2" }]);
    expect(await verifyTrail(store, plane.artifacts, null)).toMatchObject({ sound: true });
  });

  it("brings no key back to life that has ended, and takes none for good", async () => {
    const clock = new TwoClocks();
    const store = new MemoryControlStore(clock);
    await createKey(store, clock, { name: "root", role: "admin", expires: null }, ada);
    const short = { name: "short", role: "operator", expires: clock.now() + HOUR } as const;
    const { key } = await createKey(store, clock, short, ada);
    const book = await KeyBook.open(store, clock);
    clock.jump(jump);
    expect(book.find(key) === null).toBe(jump >= HOUR);
    clock.jump(-jump);
    expect(book.find(key)).not.toBeNull();
    clock.pass(2 * HOUR);
    clock.jump(jump);
    expect(book.find(key)).toBeNull();
    book.close();
  });

  it("is told, once, and so is a clock that is behind the trail when the server starts", async () => {
    const clock = new TwoClocks();
    const store = new MemoryControlStore(clock);
    const watch = new ClockWatch(store, clock);
    expect(await watch.look()).toEqual([]);
    clock.pass(HOUR);
    expect(await watch.look()).toEqual([]);
    clock.jump(jump);
    expect(await watch.look()).toMatchObject([
      { key: "server:clock", message: expect.stringMatching(jump > 0 ? /jumped ahead by/ : /went back by/) },
    ]);
    expect(await watch.look()).toEqual([]);
    await store.change(ada, (state) => state.put({ kind: "thing", id: "a", body: 1, action: "put" }));
    clock.jump(-jump);
    expect(await new ClockWatch(store, clock).look()).toHaveLength(jump > 0 ? 1 : 0);
  });
});

it("a version is kept as long as was promised, whatever the clock says, and while a release that waits names it", async () => {
  const api = await apiInMemory();
  const add = (value: number) =>
    api.call("operator", "POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
  for (let value = 1; value <= 10; value++) expect(await add(value)).toMatchObject({ status: 201 });
  await api.call("approver", "PUT", "/v1/models/m/aliases/champion", { version: "10" });
  const release = { challenger: "1", release: { shadow: false } };
  expect(await api.call("operator", "POST", "/v1/models/m/release", release)).toMatchObject({ status: 201 });
  const remove = (version: string) => api.call("admin", "DELETE", `/v1/models/m/versions/${version}`);
  const kept = (why: string) => ({ status: 409, body: { detail: expect.stringContaining(why) } });
  api.clock.set = 365 * DAY;
  expect(await remove("2")).toMatchObject(kept("it is 0 days old"));
  api.clock.set = 0;
  api.clock.time += 31 * DAY;
  expect(await remove("1")).toMatchObject(kept("a rollout is under way with it"));
  expect(await remove("2")).toMatchObject({ status: 200 });
});

it("a server that was down for longer than alarms stay quiet has not heard that they are over", async () => {
  const { clock, open, kinds } = alarms();
  await open().signal(ada, [alarm]);
  clock.pass(5 * HOUR);
  const again = open();
  await again.sweep(never);
  expect(kinds()).toEqual(["raised"]);
  clock.pass(2 * HOUR);
  await again.sweep(never);
  expect(kinds()).toEqual(["raised", "recovered"]);
});
