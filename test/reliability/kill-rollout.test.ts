import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRandom } from "../../src/core/statistics/random.ts";
import { type GatewayProcess, loggedIds, post, startProcess } from "./gateway-process.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-kill-rollout-"));
const running: { kill(): void }[] = [];
afterAll(() => {
  for (const process of running) process.kill();
  rmSync(folder, { recursive: true, force: true });
});

interface Release {
  readonly phase: string;
  readonly position: { readonly stage: number; readonly step: number };
  readonly revision: number;
}

const state = join(folder, "state");
const predictions = join(folder, ".umpire", "predictions");
let server: ServerProcess;
let gateway: GatewayProcess;
const acknowledged: string[] = [];

async function beginServer(port: number): Promise<void> {
  server = await startServer({ folder, state, port, flags: ["--predictions", predictions] });
  running.push({ kill: () => server.child.kill("SIGKILL") });
}

async function beginGateway(): Promise<void> {
  const flags = ["--server", server.address, "--log-mode", "durable"];
  gateway = await startProcess({ yaml: "gateway: { log: { rotate: false } }\n", folder, flags });
  running.push({ kill: () => gateway.child.kill("SIGKILL") });
}

async function killServer(): Promise<void> {
  await server.stop("SIGKILL");
}

/** Which version answers each of the same hundred units: what the routing comes to. */
async function answers(): Promise<string> {
  const seen: string[] = [];
  for (let i = 0; i < 100; i++) {
    const { status, body } = await post(gateway.url, "/v1/models/m/predict", {
      unit: `u${i}`,
      record: { x: i },
    });
    expect(status, JSON.stringify(body)).toBe(200);
    acknowledged.push(body["id"] as string);
    seen.push(body["version"] as string);
  }
  return seen.join("");
}

async function untilAgreed(): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const status = await server.ask<{ gateways: { agrees: boolean }[] }>("GET", "/v1/status");
    if (status.gateways.length > 0 && status.gateways.every(({ agrees }) => agrees)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("the gateway does not agree with the server");
}

const release = (): Promise<Release> => server.ask<Release>("GET", "/v1/models/m/release");

/** What must be the same before and after a process dies. */
async function present(): Promise<{ phase: string; position: Release["position"]; routing: string }> {
  await untilAgreed();
  const { phase, position } = await release();
  return { phase, position, routing: await answers() };
}

/** Kills server and gateway in turn; each comes back to what was. */
async function surviveHere(): Promise<void> {
  const before = await present();
  const port = Number(new URL(server.address).port);
  await killServer();
  // Nobody to ask, and the gateway itself dies too: it goes on by what it keeps.
  expect(await answers()).toBe(before.routing);
  await gateway.stop("SIGKILL");
  await beginGateway();
  expect(await answers()).toBe(before.routing);
  await beginServer(port);
  expect(await present()).toEqual(before);
  const trail = await server.ask<{ sound: boolean }>("GET", "/v1/audit/verification");
  expect(trail).toMatchObject({ sound: true });
}

const act = (verb: string, body: unknown = {}) => server.ask("POST", `/v1/models/m/release/${verb}`, body);

const stages = [{ cohort: "everyone", shares: [0.25, 0.5] }];

/** Each brings the rollout to another state; the one it must be in then. */
const steps: readonly (readonly [phase: string, move: () => Promise<unknown>])[] = [
  [
    "shadow",
    () =>
      server.ask("POST", "/v1/models/m/release", {
        challenger: "2",
        consent: true,
        release: { stages, least: "1d", shadow: { least: "1d" }, guardrails: { latency: false, answers: false } },
      }),
  ],
  ["stage", () => act("advance", { reason: "on", consent: ["everyone"] })],
  ["paused", () => act("hold", { reason: "wait" })],
  ["stage", () => act("resume")],
  ["stage", () => act("advance", { reason: "on" })],
  ["full", () => act("advance", { reason: "on" })],
  ["rolled-back", () => server.ask("POST", "/v1/models/m/rollback", { to: null, cohort: null, reason: "back" })],
];

test("kill -9 of server and gateway in every state of a rollout: both come back to it, agree, and have lost no answer", {
  timeout: 180_000,
}, async () => {
  await beginServer(0);
  for (const value of [0.1, 0.2]) {
    await server.ask("POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
  }
  await server.ask("PUT", "/v1/models/m/aliases/champion", { version: "1" });
  await beginGateway();
  for (const [phase, move] of steps) {
    await move();
    expect((await release()).phase).toBe(phase);
    await surviveHere();
  }
  // The whole of it once more, the server killed in the middle of each move: it happened, or it did not.
  const random = createRandom(6);
  for (const [, move] of steps) {
    const before = await release();
    const port = Number(new URL(server.address).port);
    const moving = move().then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, random.next() * 12));
    await killServer();
    const told = await moving;
    await beginServer(port);
    const after = await release();
    if (told) expect(after.revision).not.toBe(before.revision);
    await untilAgreed();
    if (after.revision === before.revision && after.phase === before.phase) await move();
    await surviveHere();
  }
  expect(await gateway.stop("SIGTERM")).toBe(0);
  const kept = new Set(loggedIds(predictions));
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});
