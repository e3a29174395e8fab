import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type GatewayProcess, loggedLines, post, startProcess } from "./gateway-process.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const fastClock = new URL("fast-clock.mjs", import.meta.url).href;
/** An hour of the gateway passes in 12 s. */
const factor = 300;
const folder = mkdtempSync(join(tmpdir(), "umpire-hour-"));
const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function openServer(port: number): Promise<ServerProcess> {
  const server = await startServer({ folder, state: join(folder, "state"), port });
  running.push(server.child);
  return server;
}

async function startGateway(server: string): Promise<GatewayProcess> {
  const gateway = await startProcess({
    yaml: "gateway: { log: { rotate: false } }\n",
    folder,
    flags: ["--server", server],
    shell: `export UMPIRE_TEST_CLOCK_FACTOR=${factor} NODE_OPTIONS="--import ${fastClock}"`,
  });
  running.push(gateway.child);
  return gateway;
}

const residentOf = async (url: string): Promise<number> =>
  Number(/^process_resident_memory_bytes (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())![1]) / 1048576;

test("while the server is gone for an hour, killed, every request is answered and kept, also over a restart; then the gateway follows again", {
  timeout: 120_000,
}, async () => {
  const server = await openServer(0);
  let gateway = await startGateway(server.address);
  const record = { records: [{ x: 1 }] };
  const answers: { id: string; version: string }[] = [];
  const ask = async (): Promise<{ id: string; version: string }> => {
    const { status, body } = await post(gateway.url, "/v1/models/ranker/predict", record);
    expect(status, JSON.stringify(body)).toBe(200);
    const [row] = body["predictions"] as { id: string; version: string }[];
    answers.push(row!);
    return row!;
  };
  const untilVersion = async (wanted: string): Promise<void> => {
    for (let i = 0; i < 400; i++) {
      const { body } = await post(gateway.url, "/v1/models/ranker/predict", record);
      if ((body["predictions"] as { version: string }[] | undefined)?.[0]?.version === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`version ${wanted} does not answer`);
  };
  await server.ask("POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value: 0.1 } });
  await server.ask("POST", "/v1/models/ranker/versions", { artifact: { kind: "constant", value: 0.2 } });
  await server.ask("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
  await untilVersion("1");

  server.child.kill("SIGKILL");
  const halfAnHour = async (): Promise<void> => {
    const until = performance.now() + (30 * 60_000) / factor;
    while (performance.now() < until) await Promise.all(Array.from({ length: 10 }, ask));
  };
  await ask();
  await halfAnHour();
  expect(await residentOf(gateway.url)).toBeLessThan(300);
  // In the middle of the hour the gateway itself is restarted, with no one to ask.
  expect(await gateway.stop("SIGTERM")).toBe(0);
  const restart = answers.length;
  gateway = await startGateway(server.address);
  await halfAnHour();

  expect(new Set(answers.map(({ version }) => version))).toEqual(new Set(["1"]));
  const back = await openServer(Number(new URL(server.address).port));
  await back.ask("PUT", "/v1/models/ranker/routing", { reason: "a test", routing: { champion: "2" } });
  await untilVersion("2");
  expect(await gateway.stop("SIGTERM")).toBe(0);
  expect(answers.length).toBeGreaterThan(500);
  const kept = new Map(loggedLines(join(folder, ".umpire", "predictions")).map(({ id, at }) => [id, at]));
  expect(answers.filter(({ id }) => !kept.has(id))).toEqual([]);
  // By the clock of each gateway that was half an hour.
  for (const half of [answers.slice(0, restart), answers.slice(restart)]) {
    const times = half.map(({ id }) => kept.get(id)!);
    expect((Math.max(...times) - Math.min(...times)) / 60_000).toBeGreaterThan(29);
  }
});
