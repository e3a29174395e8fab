import { describe, expect, it } from "vitest";
import { HandClock } from "../../../test/contracts/control-store.contract.ts";
import { emptyConfiguration } from "../../schemas/api/registry-schemas.ts";
import { memoryArtifacts } from "../registry/memory-artifacts.ts";
import { changeRouting } from "../registry/routing.ts";
import { registerVersion } from "../registry/versions.ts";
import { plainRouting } from "../../core/serving/routing-state.ts";
import { GatewayDesk } from "./gateway-desk.ts";
import { MemoryControlStore } from "./memory-control-store.ts";

const ada = { name: "ada", role: "operator" };
const never = new AbortController().signal;

async function setUp() {
  const clock = new HandClock();
  const store = new MemoryControlStore(clock);
  const plane = { store, artifacts: memoryArtifacts(), clock };
  for (const value of [1, 2]) {
    const artifact = { kind: "constant", value } as const;
    await registerVersion(plane, { model: "m", version: null, artifact, configuration: emptyConfiguration }, ada);
  }
  const route = (champion: string) =>
    store.change(ada, (state) =>
      changeRouting(state, { model: "m", routing: plainRouting(champion), reason: "r", by: "ada", rollout: null }),
    );
  return { desk: new GatewayDesk(store, clock), route, store };
}

describe("the desk of the gateways", () => {
  it("gives orders at once to whoever has others, and waits for a change where they are had", async () => {
    const { desk, route } = await setUp();
    await route("1");
    const first = await desk.next(null, 0, never);
    expect(first?.orders).toMatchObject({ revision: 1, models: { m: { routing: { champion: "1" } } } });
    expect(Object.keys(first?.orders.models["m"]?.versions ?? {})).toEqual(["1", "2"]);
    expect(await desk.next(first?.tag ?? null, 0, never)).toBeNull();
    const waiting = desk.next(first?.tag ?? null, 60_000, never);
    await route("2");
    expect((await waiting)?.orders.revision).toBe(2);
  });

  it("never keeps orders that were read while they were changed", async () => {
    const { desk, route } = await setUp();
    for (let i = 0; i < 20; i++) {
      await Promise.all([desk.next(null, 0, never), route(i % 2 === 0 ? "1" : "2"), desk.next(null, 0, never)]);
      expect((await desk.next(null, 0, never))?.orders.revision).toBe(i + 1);
    }
  });

  it("lets go of who waits when it closes, and when the caller is gone", async () => {
    const { desk, route } = await setUp();
    await route("1");
    const tag = (await desk.next(null, 0, never))?.tag ?? null;
    const gone = new AbortController();
    const aborted = desk.next(tag, 60_000, gone.signal);
    gone.abort();
    expect(await aborted).toBeNull();
    const closed = desk.next(tag, 60_000, never);
    await new Promise((settle) => setTimeout(settle, 10));
    desk.close();
    expect(await closed).toBeNull();
  });
});
