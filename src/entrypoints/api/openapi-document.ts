import { GatewayDesk } from "../../app/control/gateway-desk.ts";
import { MemoryControlStore } from "../../app/control/memory-control-store.ts";
import { KeyBook } from "../../app/keys/access-keys.ts";
import { memoryArtifacts } from "../../app/registry/memory-artifacts.ts";
import { Scheduler } from "../../app/schedules/scheduler.ts";
import { RolloutControl } from "../../app/rollout/rollout-control.ts";
import { usualApiLimits } from "./api-parts.ts";
import { buildApi } from "./build-api.ts";
import { EventStreams } from "./event-streams.ts";

/** The OpenAPI description of the server, as `GET /openapi.json` gives it. */
export async function openApiDocument(version: string): Promise<string> {
  const clock = { now: () => 0, monotonic: () => 0 };
  const store = new MemoryControlStore(clock);
  const plane = { store, artifacts: memoryArtifacts(), clock };
  const app = await buildApi({
    plane,
    keys: await KeyBook.open(store, clock),
    desk: new GatewayDesk(store, clock),
    scheduler: new Scheduler({
      store,
      clock,
      timetable: { next: () => null },
      jobs: new Map(),
      onBug: () => undefined,
    }),
    streams: new EventStreams(store, 0),
    rollouts: new RolloutControl({ plane, evidence: null, tell: () => undefined }),
    open: false,
    version,
    limits: usualApiLimits,
    log: null,
    onBug: () => undefined,
  });
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
