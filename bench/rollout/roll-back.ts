/**
 * Milliseconds from a rollback to the last answer of the version that was left, under load: a server, a gateway, and
 * clients that ask all the time, about a thousand requests a second. `call`: from the request to the API on; `command`:
 * from the start of `umpire rollback` on, its process included; `gateway`: the same at the gateway itself. The quantile
 * is that over the rounds.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { person, startService, until } from "../../test/acceptance/story-parts.ts";

const [way = "call", quantile = "0.5", count = "20"] = process.argv.slice(2);
const CLIENTS = 16;
const BREATH = 12;
const folder = mkdtempSync(join(tmpdir(), "umpire-bench-back-"));
const server = await startService(["server"], folder);
const gateway = await startService(["gateway", "--server", server.address, "--id", "bench"], folder);
const ann = person(server.address, "bench");
for (const value of [1, 2]) await ann.post("/models/m/versions", { artifact: { kind: "constant", value } });
await ann.put("/models/m/aliases/champion", { version: "1" });

let lastOfNew = 0;
let answers = 0;
let asking = true;
let newest = "";
const body = JSON.stringify({ record: { x: 1 } });
async function client(): Promise<void> {
  while (asking) {
    const answer = await fetch(`${gateway.address}/v1/models/m/predict`, { method: "POST", body }).catch(() => null);
    const { version = "" } = answer === null ? {} : ((await answer.json()) as { version?: string });
    answers++;
    newest = version;
    if (version === "2") lastOfNew = performance.now();
    await new Promise((resolve) => setTimeout(resolve, BREATH));
  }
}
const clients = Array.from({ length: CLIENTS }, client);
const launcher = join(import.meta.dirname, "../../bin/umpire.cjs");
const env = { ...process.env, UMPIRE_SERVER: server.address, npm_lifecycle_event: "" };
const run = (...args: string[]): Promise<unknown> =>
  promisify(execFile)(process.execPath, [launcher, "rollback", "m", "--yes", ...args], { cwd: folder, env });

const took: number[] = [];
for (let round = 0; round < Number(count); round++) {
  await ann.put("/models/m/routing", { reason: "again", routing: { champion: "2" } });
  await until(
    "version 2",
    () => Promise.resolve(newest),
    (version) => version === "2",
    20,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const entered = performance.now();
  if (way === "call") await ann.post("/models/m/rollback", { reason: "bench" });
  else await run(...(way === "gateway" ? ["--gateway", gateway.address] : []));
  // Whoever still gets an answer of the new one would get it now.
  await new Promise((resolve) => setTimeout(resolve, 700));
  took.push(lastOfNew - entered);
}
asking = false;
await Promise.all(clients);
await gateway.stop();
await server.stop();
rmSync(folder, { recursive: true, force: true });
took.sort((a, b) => a - b);
const at = took[Math.min(took.length - 1, Math.floor(Number(quantile) * took.length))]!;
console.log(JSON.stringify({ rounds: took.length, answers, all: took.map((one) => Math.round(one)) }));
console.log(JSON.stringify({ milliseconds: Math.max(0, at) }));
