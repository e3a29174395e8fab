import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { registerVersion } from "../../src/app/registry/versions.ts";
import { emptyConfiguration } from "../../src/schemas/api/registry-schemas.ts";
import { usualLimits } from "../../src/app/serving/gateway-limits.ts";
import { makeBackup, restoreBackup } from "../../src/composition/backups.ts";
import { follow } from "../../src/composition/follow-server.ts";
import { keptModels } from "../../src/composition/follow-server.ts";
import { runServer } from "../../src/entrypoints/api/run-server.ts";
import { ada } from "../contracts/control-store.contract.ts";
import { runGateway } from "../../src/entrypoints/gateway/run-gateway.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close().catch(() => undefined);
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "umpire-follow-"));
  closing.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  return folder;
}

async function startServer(folder: string, port = 0) {
  const server = await runServer({
    folder,
    predictions: `${folder}-log`,
    tell: () => undefined,
    host: "127.0.0.1",
    port,
    log: null,
    onBug: (error) => console.error(error),
  });
  closing.push(() => server.stop());
  const send = async (method: string, path: string, body: unknown): Promise<number> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${server.address}${path}`, { method, body: JSON.stringify(body), headers })).status;
  };
  return { ...server, send };
}

async function startGateway(folder: string, server: string, problems: string[] = []) {
  const stateFolder = join(folder, "gateway");
  const log = { folder: join(folder, "log"), mode: "written", segmentBytes: 1e7, segmentMilliseconds: 1e6 } as const;
  const running = await runGateway({
    config: {
      models: await keptModels(stateFolder, false),
      log: { ...log, redact: [], hash: [], retentionDays: null, rotate: false },
      stateFolder,
      concurrency: 100,
    },
    host: "127.0.0.1",
    port: 0,
    grpcPort: null,
    limits: usualLimits,
    keys: null,
    modelsFolder: null,
    accessLog: null,
    version: "0",
    onBug: (error: unknown) => console.error(error),
  });
  const address = `http://127.0.0.1:${running.port}`;
  const options = { server, key: null, id: "one", stateFolder, trustAddresses: false, address };
  const follower = await follow(running.gateway, { ...options, onProblem: (problem) => problems.push(problem) });
  const stop = async (): Promise<void> => {
    await follower.stop();
    await running.stop();
  };
  closing.push(stop);
  const answer = async (): Promise<unknown> => {
    const body = JSON.stringify({ records: [{ x: 1 }] });
    const response = await fetch(`${address}/v1/models/ranker/predict`, { method: "POST", body });
    const { predictions } = (await response.json()) as { predictions?: { prediction: number; version: string }[] };
    return predictions?.[0]?.version ?? null;
  };
  return { follower, stop, answer, address };
}

async function until<T>(look: () => Promise<T> | T, wanted: T): Promise<number> {
  const started = performance.now();
  while ((await look()) !== wanted) {
    if (performance.now() - started > 8000)
      throw new Error(`waited for ${String(wanted)}, it is ${String(await look())}`);
    await new Promise((settle) => setTimeout(settle, 5));
  }
  return performance.now() - started;
}

async function alertsOf(address: string): Promise<readonly unknown[]> {
  return ((await (await fetch(`${address}/v1/alerts`)).json()) as { alerts: unknown[] }).alerts;
}

const constant = (value: number) => ({ artifact: { kind: "constant", value } });
const route = (champion: string) => ({ reason: "a test", routing: { champion } });

describe("a gateway that follows a server", () => {
  it("serves what the server says as soon as it says so, and reports that it agrees", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(gateway.answer, "1");
    await server.send("POST", "/v1/models/ranker/versions", constant(0.2));
    await server.send("PUT", "/v1/models/ranker/routing", route("2"));
    await until(gateway.answer, "2");
    await server.send("PUT", "/v1/models/ranker/routing", route("1"));
    await until(gateway.answer, "1");
    const agrees = async (): Promise<boolean> => {
      const { gateways } = (await (await fetch(`${server.address}/v1/gateways`)).json()) as {
        gateways: { agrees: boolean }[];
      };
      return gateways[0]?.agrees ?? false;
    };
    await until(agrees, true);
    expect(gateway.follower.problems).toEqual([]);
    expect(gateway.follower.revision).toBe(3);
    expect(await gateway.answer()).toBe("1");
  });

  it("answers though a shadow or a fallback cannot be loaded, from its first order on, and says so", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const inside = { kind: "url", url: "http://127.0.0.1:9/score", protocol: "json", features: ["x"] };
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("POST", "/v1/models/ranker/versions", { artifact: inside });
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    const routing = { champion: "1", shadows: [{ version: "2", sample: 1 }], fallback: ["2"] };
    await server.send("PUT", "/v1/models/ranker/routing", { reason: "a test", routing });
    const gateway = await startGateway(folder, server.address);
    await until(gateway.answer, "1");
    await until(() => gateway.follower.problems.length, 1);
    expect(gateway.follower.problems[0]).toMatch(/ranker 2 could not be loaded: the address is private/);
    // Once nothing that answers needs it, the routing is as ordered.
    await server.send("PUT", "/v1/models/ranker/routing", route("1"));
    await until(() => gateway.follower.revision, 3);
    expect(await gateway.answer()).toBe("1");
  });

  it("goes on while the server is gone, also after a restart of its own, and agrees again when it is back", async () => {
    const folder = newFolder();
    const state = join(folder, "state");
    const server = await startServer(state);
    const port = Number(new URL(server.address).port);
    const problems: string[] = [];
    const gateway = await startGateway(folder, server.address, problems);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("POST", "/v1/models/ranker/versions", constant(0.2));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(gateway.answer, "1");
    await until(() => gateway.follower.revision, 1);
    await server.stop();
    expect(await gateway.answer()).toBe("1");
    await until(() => problems.length > 0, true);
    await gateway.stop();
    const told: string[] = [];
    const again = await startGateway(folder, server.address, told);
    expect(await again.answer()).toBe("1");
    // Several times asked in vain, and said once.
    await new Promise((settle) => setTimeout(settle, 1200));
    const back = await startServer(state, port);
    await back.send("PUT", "/v1/models/ranker/routing", route("2"));
    await until(again.answer, "2");
    expect(told).toEqual([expect.stringMatching(/^nothing answers at/), "the server answers again"]);
  });

  it("does what a restored server says, although that is behind what it did before", async () => {
    const folder = newFolder();
    const state = join(folder, "state");
    const server = await startServer(state);
    const port = Number(new URL(server.address).port);
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("POST", "/v1/models/ranker/versions", constant(0.2));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await makeBackup(state, join(folder, "backup"));
    for (const version of ["2", "1", "2"]) await server.send("PUT", "/v1/models/ranker/routing", route(version));
    await until(gateway.answer, "2");
    await until(() => gateway.follower.revision, 4);
    await server.stop();
    await restoreBackup(join(folder, "backup"), state, true, ada);
    const back = await startServer(state, port);
    await until(gateway.answer, "1");
    await until(() => gateway.follower.revision, 1);
    const alerts = await alertsOf(back.address);
    expect(alerts).toMatchObject([
      {
        severity: "error",
        count: 1,
        message: expect.stringMatching(/answered by revision 4 of the routing, .* ends at 1: .* now: ranker 1$/),
      },
    ]);
    expect(await back.send("PUT", "/v1/models/ranker/routing", route("2"))).toBe(200);
    await until(gateway.answer, "2");
  });

  it("rolls back at once, and keeps it over a restart, while another version cannot be loaded", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("POST", "/v1/models/ranker/versions", constant(0.2));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await server.send("PUT", "/v1/models/ranker/routing", route("2"));
    // A private address, which the gateway may not ask.
    await server.send("POST", "/v1/models/ranker/versions", { artifact: { kind: "url", url: "http://127.0.0.1:1/x" } });
    await until(gateway.answer, "2");
    await until(() => gateway.follower.problems.length, 1);
    const done = await server.send("POST", "/v1/models/ranker/rollback", { reason: "a test" });
    expect(done).toBe(200);
    await until(gateway.answer, "1");
    await until(() => gateway.follower.revision, 3);
    await server.stop();
    await gateway.stop();
    const again = await startGateway(folder, server.address);
    expect(await again.answer()).toBe("1");
  });

  it("goes back although a version that only stands by, as fallback or shadow, cannot be loaded, also over a restart", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("POST", "/v1/models/ranker/versions", constant(0.2));
    // A private address, which the gateway may not ask.
    await server.send("POST", "/v1/models/ranker/versions", { artifact: { kind: "url", url: "http://127.0.0.1:1/x" } });
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "2" });
    await until(gateway.answer, "2");
    const routing = { champion: "1", fallback: ["3", "2"], shadows: [{ version: "3", sample: 1 }] };
    expect(await server.send("PUT", "/v1/models/ranker/routing", { reason: "back", routing })).toBe(200);
    await until(gateway.answer, "1");
    await until(() => gateway.follower.revision, 2);
    expect(gateway.follower.problems).toEqual([expect.stringMatching(/^ranker 3 could not be loaded/)]);
    await server.stop();
    await gateway.stop();
    const again = await startGateway(folder, server.address);
    expect(await again.answer()).toBe("1");
  });

  it("tells the server at once what somebody decided at the gateway", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(() => gateway.follower.revision, 1);
    const override = { kind: "block", item: "film-17", reason: "recalled", by: "ann" };
    const heard = async (): Promise<number> => {
      const answer = await fetch(`${server.address}/v1/overrides`);
      return ((await answer.json()) as { overrides: unknown[] }).overrides.length;
    };
    // The question that waits at the server would else be over in 25 seconds only.
    const body = JSON.stringify(override);
    const entered = await fetch(`${gateway.address}/v1/overrides`, { method: "POST", body });
    expect(entered.status).toBe(201);
    const { id } = (await entered.json()) as { id: string };
    await until(heard, 1);
    await fetch(`${gateway.address}/v1/overrides/${id}`, { method: "DELETE" });
    await until(heard, 0);
  });

  it("stays as it was, and says why, where a version cannot be loaded", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(gateway.answer, "1");
    // As an older server took it, which opened nothing.
    const { store, artifacts, clock } = server.plane;
    const file = await artifacts.put(new TextEncoder().encode("this is no ONNX file"), 1000);
    const usual = { features: null, encode: null, missing: null, output: null, class: null, task: null };
    const artifact = { kind: "onnx", ...file, ...usual } as const;
    const wish = { model: "ranker", version: null, artifact, configuration: emptyConfiguration };
    await registerVersion({ store, artifacts, clock }, wish, { name: "test", role: "operator" });
    await server.send("PUT", "/v1/models/ranker/routing", route("2"));
    await until(() => gateway.follower.problems.length > 0, true);
    expect(gateway.follower.problems[0]).toMatch(/^ranker 2 could not be loaded/);
    expect(await gateway.answer()).toBe("1");
  });

  it("is named by the first key where it asks without one, and goes on answering by what it was told", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const problems: string[] = [];
    const gateway = await startGateway(folder, server.address, problems);
    await server.send("POST", "/v1/models/ranker/versions", constant(0.1));
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(gateway.answer, "1");
    const makeKey = async (name: string, role: string, key?: string): Promise<{ key: string; cutOff: string[] }> => {
      const own = key === undefined ? {} : { authorization: `Bearer ${key}` };
      const headers = { "content-type": "application/json", ...own };
      const body = JSON.stringify({ name, role, expires: null });
      const answer = await fetch(`${server.address}/v1/keys`, { method: "POST", headers, body });
      return (await answer.json()) as { key: string; cutOff: string[] };
    };
    const first = await makeKey("ada", "admin");
    expect(first.cutOff).toEqual(["one"]);
    expect((await makeKey("ci", "operator", first.key)).cutOff).toEqual([]);
    // The question that waited is answered by this change; the next one is refused.
    const headers = { "content-type": "application/json", authorization: `Bearer ${first.key}` };
    const body = JSON.stringify(constant(0.2));
    await fetch(`${server.address}/v1/models/ranker/versions`, { method: "POST", headers, body });
    await until(() => problems.length > 0, true);
    expect(problems[0]).toMatch(/answered 401.*--key-file FILE/);
    expect(await gateway.answer()).toBe("1");
  });

  it("loads nothing from a private address that came through the API", async () => {
    const folder = newFolder();
    const server = await startServer(join(folder, "state"));
    const gateway = await startGateway(folder, server.address);
    const artifact = { kind: "url", url: `${server.address}/health`, protocol: "json" };
    await server.send("POST", "/v1/models/ranker/versions", { artifact });
    await server.send("PUT", "/v1/models/ranker/aliases/champion", { version: "1" });
    await until(() => gateway.follower.problems.length > 0, true);
    expect(gateway.follower.problems.join()).toMatch(/private|loopback/);
  });
});
