import { DatabaseSync } from "node:sqlite";
import { createKeptAnswers } from "../../src/adapters/sqlite/kept-answers.ts";
import type { KeptAnswers } from "../../src/app/ports/kept-answers.ts";
import { GatewayDesk } from "../../src/app/control/gateway-desk.ts";
import { MemoryControlStore } from "../../src/app/control/memory-control-store.ts";
import { createKey, KeyBook } from "../../src/app/keys/access-keys.ts";
import type { ArtifactStore } from "../../src/app/ports/artifact-store.ts";
import type { RunLogs } from "../../src/app/ports/run-logs.ts";
import type { ControlPlane } from "../../src/app/registry/control-plane.ts";
import { cronTimetable } from "../../src/adapters/cron/cron-timetable.ts";
import { Scheduler } from "../../src/app/schedules/scheduler.ts";
import { EventStreams } from "../../src/entrypoints/api/event-streams.ts";
import { type Role, roles } from "../../src/core/access/roles.ts";
import { type ApiApp, type ApiLimits, type ApiLog, usualApiLimits } from "../../src/entrypoints/api/api-parts.ts";
import { buildApi } from "../../src/entrypoints/api/build-api.ts";
import { HandClock } from "../contracts/control-store.contract.ts";
import { RolloutControl } from "../../src/app/rollout/rollout-control.ts";
import { memoryArtifacts } from "../../src/app/registry/memory-artifacts.ts";

export interface ApiInMemory {
  readonly app: ApiApp;
  readonly plane: ControlPlane;
  readonly clock: HandClock;
  /** A key of each role. */
  readonly keys: Readonly<Record<Role, string>>;
  readonly bugs: unknown[];
  /** Calls as a role and gives the parsed answer. */
  call(role: Role, method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: unknown): Promise<Answer>;
  upload(bytes: Uint8Array): Promise<string>;
}

export interface Answer {
  readonly status: number;
  // Tests look into documents of many forms.
  readonly body: Readonly<Record<string, unknown>>;
}

/** The whole HTTP interface over a state in memory, with a key of every role. */
export async function apiInMemory(
  options: {
    log?: ApiLog;
    limits?: Partial<ApiLimits>;
    artifacts?: ArtifactStore;
    runLogs?: RunLogs;
    answers?: KeptAnswers;
  } = {},
): Promise<ApiInMemory> {
  const clock = new HandClock();
  clock.time = Date.parse("2026-11-23T10:00:00Z");
  const store = new MemoryControlStore(clock);
  const plane: ControlPlane = { store, artifacts: options.artifacts ?? memoryArtifacts(), clock };
  const made: [Role, string][] = [];
  for (const role of roles.toReversed()) {
    const { key } = await createKey(store, clock, { name: role, role, expires: null }, { name: "test", role: "admin" });
    made.push([role, key]);
  }
  const keys = Object.fromEntries(made) as Record<Role, string>;
  const bugs: unknown[] = [];
  const jobs = new Map([["count", () => Promise.resolve("counted")]]);
  const onBug = (error: unknown): void => void bugs.push(error);
  const scheduler = new Scheduler({ store, clock, timetable: cronTimetable, jobs, onBug });
  const app = await buildApi({
    plane,
    keys: await KeyBook.open(store, clock),
    desk: new GatewayDesk(store, clock),
    scheduler,
    streams: new EventStreams(store, 3),
    answers: options.answers ?? createKeptAnswers(new DatabaseSync(":memory:"), ":memory:"),
    rollouts: new RolloutControl({ plane, evidence: null, tell: () => undefined }),
    open: false,
    ...(options.runLogs === undefined ? {} : { runLogs: options.runLogs }),
    version: "0.0.0",
    limits: { ...usualApiLimits, jsonBytes: 100_000, artifactBytes: 1_000_000, streams: 3, ...options.limits },
    log: options.log ?? null,
    onBug,
  });
  const call: ApiInMemory["call"] = async (role, method, url, body) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${keys[role]}` },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const upload = async (bytes: Uint8Array): Promise<string> => {
    const answer = await app.inject({
      method: "POST",
      url: "/v1/artifacts",
      headers: { authorization: `Bearer ${keys.operator}`, "content-type": "application/octet-stream" },
      payload: Buffer.from(bytes),
    });
    return answer.json<{ digest: string }>().digest;
  };
  return { app, plane, clock, keys, bugs, call, upload };
}
