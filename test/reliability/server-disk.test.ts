import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { verifyTrail } from "../../src/app/control/verify-trail.ts";
import { openControlPlane } from "../../src/composition/control-plane.ts";
import { type GatewayProcess, post, startProcess } from "./gateway-process.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "umpire-server-disk-"));
const running: { kill(): void }[] = [];

/** A file system of three megabytes; null where none may be mounted. */
function smallDisk(name: string): string | null {
  const disk = join(folder, name);
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], { stdio: "ignore" });
    return disk;
  } catch {
    return null;
  }
}

const disk = smallDisk("disk");
const gatewayDisk = smallDisk("gateway-disk");
afterAll(() => {
  for (const process of running) process.kill();
  for (const one of [disk, gatewayDisk]) if (one !== null) execFileSync("umount", ["-l", one]);
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(server: ServerProcess, method: string, path: string, body?: unknown, type = "application/json") {
  const answer = await fetch(`${server.address}${path}`, {
    method,
    ...(body === undefined ? {} : { body: type === "application/json" ? JSON.stringify(body) : (body as string) }),
    headers: body === undefined ? {} : { "content-type": type },
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text) } as Answer;
}

const stages = [{ cohort: "everyone", shares: [0.25, 0.5] }];
const release = { stages, least: "1d", shadow: false, guardrails: { latency: false, answers: false } };

/** One of each kind of write, in an order in which all succeed where there is room. */
const writes: readonly (readonly [kind: string, method: string, path: string, body?: unknown, type?: string])[] = [
  ["artifact", "POST", "/v1/artifacts", "x".repeat(100_000), "application/octet-stream"],
  ["model", "PUT", "/v1/models/other", { description: "new" }],
  ["register", "POST", "/v1/models/m/versions", { artifact: { kind: "constant", value: 0.4 }, version: "4" }],
  ["alias", "PUT", "/v1/models/m/aliases/challenger", { version: "3" }],
  ["attachment", "PUT", "/v1/models/m/versions/1/attachments/card", { content: "text" }],
  ["dataset", "POST", "/v1/datasets/clicks/versions", { fingerprint: "1f3a" }],
  ["advance", "POST", "/v1/models/m/release/advance", { reason: "on" }],
  ["hold", "POST", "/v1/models/m/release/hold", { reason: "wait" }],
  ["rollback", "POST", "/v1/models/m/rollback", { to: null, cohort: null, reason: "back" }],
  ["routing", "PUT", "/v1/models/m/routing", { reason: "by hand", routing: { champion: "3" } }],
  ["schedule", "PUT", "/v1/schedules/s", { cron: "0 5 * * *", job: "verify-trail", parameters: {} }],
  ["key", "POST", "/v1/keys", { name: "ada", role: "admin" }],
];

/** Which version answers each of twenty units. */
async function answers(gateway: GatewayProcess): Promise<string[]> {
  const versions: string[] = [];
  for (let i = 0; i < 20; i++) {
    const { status, body } = await post(gateway.url, "/v1/models/m/predict", { unit: `u${i}`, record: { x: 1 } });
    expect(status, JSON.stringify(body)).toBe(200);
    versions.push(String(body["version"]));
  }
  return versions;
}

test.skipIf(disk === null)(
  "on a full disk every kind of change is refused with what to do, nothing is half done, reads and answers go on, and all goes through when there is room (skips where no small disk can be mounted)",
  { timeout: 120_000 },
  async () => {
    const server = await startServer({ folder, state: join(disk!, "state"), port: 0 });
    running.push({ kill: () => server.child.kill("SIGKILL") });
    for (const value of [0.1, 0.2, 0.3]) {
      await server.ask("POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
    }
    await server.ask("PUT", "/v1/models/m/aliases/champion", { version: "1" });
    await server.ask("POST", "/v1/models/m/release", { challenger: "2", consent: true, release });
    const gateway = await startProcess({
      yaml: "gateway: { log: { rotate: false } }\n",
      folder,
      flags: ["--server", server.address],
    });
    running.push({ kill: () => gateway.child.kill("SIGKILL") });
    const first = () => post(gateway.url, "/v1/models/m/predict", { record: { x: 1 } });
    await expect.poll(async () => (await first()).status, { timeout: 10_000 }).toBe(200);
    const before = await send(server, "GET", "/v1/audit?limit=1000");
    const routing = await send(server, "GET", "/v1/models/m/routing");
    const filler = join(disk!, "filler");
    try {
      writeFileSync(filler, Buffer.alloc(4_000_000));
    } catch {
      // Full, as wanted.
    }
    for (const [kind, method, path, body, type] of writes) {
      const { status, body: says } = await send(server, method, path, body, type);
      expect(status, `${kind}: ${JSON.stringify(says)}`).toBe(507);
      expect(says, kind).toMatchObject({ code: "WRITE", mend: [expect.stringContaining("make room")] });
    }
    expect((await send(server, "GET", "/v1/audit?limit=1000")).body).toEqual(before.body);
    expect((await send(server, "GET", "/v1/models/m/routing")).body).toEqual(routing.body);
    expect((await send(server, "GET", "/v1/audit/verification")).body).toMatchObject({ sound: true, problems: [] });
    const problem = expect.stringContaining("full");
    expect((await send(server, "GET", "/v1/status")).body).toMatchObject({ problem });
    expect((await send(server, "GET", "/health")).body).toMatchObject({ status: "degraded", problem });
    // Who must go back now asks the gateway itself, which writes elsewhere.
    const put = { method: "PUT", body: JSON.stringify({ champion: "1" }) };
    expect((await fetch(`${gateway.url}/v1/models/m/routing`, put)).status).toBe(200);
    expect(new Set(await answers(gateway))).toEqual(new Set(["1"]));
    rmSync(filler);
    expect((await send(server, "GET", "/health")).body).toMatchObject({ status: "ok", problem: null });
    for (const [kind, method, path, body, type] of writes) {
      const { status, body: says } = await send(server, method, path, body, type);
      expect([200, 201], `${kind}: ${JSON.stringify(says)}`).toContain(status);
      // After the first change that the server takes, what it says holds again.
      const live = async () => [...new Set(await answers(gateway))].toSorted().join(" and ");
      if (kind === "advance") await expect.poll(live, { timeout: 5000 }).toBe("1 and 2");
    }
    await server.stop("SIGKILL");
    const plane = await openControlPlane(join(disk!, "state"), "a test", () => undefined);
    expect(await verifyTrail(plane.store, plane.artifacts, null)).toMatchObject({ sound: true, problems: [] });
    await plane.close();
  },
);

test.skipIf(gatewayDisk === null)(
  "a gateway whose own disk is full, as by its log, follows a rollback all the same, says that it is not kept, and keeps it when there is room (skips where no small disk can be mounted)",
  { timeout: 60_000 },
  async () => {
    let server = await startServer({ folder, state: join(folder, "state"), port: 0 });
    running.push({ kill: () => server.child.kill("SIGKILL") });
    for (const value of [0.1, 0.2]) {
      await server.ask("POST", "/v1/models/m/versions", { artifact: { kind: "constant", value } });
    }
    await server.ask("PUT", "/v1/models/m/aliases/champion", { version: "1" });
    await server.ask("PUT", "/v1/models/m/routing", { reason: "by hand", routing: { champion: "2" } });
    const yaml = "gateway: { log: { rotate: false } }\n";
    const begin = () => startProcess({ yaml, folder: gatewayDisk!, flags: ["--server", server.address] });
    let gateway = await begin();
    running.push({ kill: () => gateway.child.kill("SIGKILL") });
    const live = () =>
      answers(gateway).then(
        (versions) => [...new Set(versions)].join(),
        () => "none",
      );
    await expect.poll(live, { timeout: 10_000 }).toBe("2");
    const filler = join(gatewayDisk!, "filler");
    try {
      writeFileSync(filler, Buffer.alloc(4_000_000));
    } catch {
      // Full, as wanted.
    }
    await server.ask("POST", "/v1/models/m/rollback", { to: "1", cohort: null, reason: "back" });
    await expect.poll(live, { timeout: 5000 }).toBe("1");
    type Seen = { gateways: { agrees: boolean; problem: string | null }[] };
    const seen = async () => (await server.ask<Seen>("GET", "/v1/status")).gateways[0];
    const problem = expect.stringMatching(/m answers as ordered, but only until the gateway restarts: .*ENOSPC/);
    await expect.poll(seen, { timeout: 5000 }).toMatchObject({ agrees: false, problem });
    // With the server gone too, the brake of the gateway itself still works, and says what is not kept.
    const port = Number(new URL(server.address).port);
    await server.stop("SIGKILL");
    const put = await post(gateway.url, "/v1/models/m/rollback", { to: "2", reason: "a test", by: "ann" });
    expect(put).toMatchObject({ status: 200, body: { to: "2", changed: true } });
    expect(put.body["follows"]).toContainEqual(expect.stringMatching(/no file of the gateway could keep it: .*ENOSPC/));
    expect(await live()).toBe("2");
    server = await startServer({ folder, state: join(folder, "state"), port });
    await server.ask("POST", "/v1/models/m/rollback", { to: "2", cohort: null, reason: "as there" });
    await server.ask("POST", "/v1/models/m/rollback", { to: "1", cohort: null, reason: "back again" });
    await expect.poll(live, { timeout: 5000 }).toBe("1");
    rmSync(filler);
    await expect.poll(seen, { timeout: 15_000 }).toMatchObject({ agrees: true, problem: null });
    await server.stop("SIGKILL");
    await gateway.stop("SIGKILL");
    gateway = await begin();
    await expect.poll(live, { timeout: 5000 }).toBe("1");
  },
);
