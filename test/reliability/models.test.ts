import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { umpire } from "../acceptance/command-line.ts";
import { startGateway } from "../gateway/running-gateway.ts";

const { workers } = vi.hoisted(() => ({ workers: [] as Worker[] }));
vi.mock("node:worker_threads", async (load) => {
  const real = await load<typeof import("node:worker_threads")>();
  class Seen extends real.Worker {
    constructor(...given: ConstructorParameters<typeof real.Worker>) {
      super(...given);
      workers.push(this);
    }
  }
  return { ...real, Worker: Seen };
});

const fixtureFile = new URL("../../src/adapters/onnx/models.fixture.json", import.meta.url);
const fixture = JSON.parse(readFileSync(fixtureFile, "utf8")) as {
  readonly models: Readonly<Record<string, { readonly onnx: string }>>;
};
const folder = mkdtempSync(join(tmpdir(), "umpire-models-"));
const good = join(folder, "good.onnx");
writeFileSync(good, Buffer.from(fixture.models["two_tensors"]!.onnx, "base64"));
const modelYaml = (file: string, more = ""): string => `gateway:
  log: { rotate: false }
  models:
    m:
      versions:
        v1: { onnx: ${JSON.stringify(file)}, features: [a, b, c]${more} }
`;
const record = { a: 1, b: 2, c: 3 };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [what, make] of [
  ["cut in half", (path: string) => truncateSync(path, 60)],
  ["empty", (path: string) => truncateSync(path, 0)],
  ["random bytes", (path: string) => writeFileSync(path, Buffer.alloc(500, 0xd7))],
  ["gone", (path: string) => rmSync(path)],
] as const) {
  test(`a gateway whose model file is ${what} does not start, and names the file`, async () => {
    const path = join(folder, "bad.onnx");
    copyFileSync(good, path);
    make(path);
    const answer = await umpire(["gateway", "--model", `m=${path}`, "--port", "0"], folder);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(/bad\.onnx/);
    rmSync(path, { force: true });
  });
}

test("a model file that is overwritten or deleted while it is served changes no answer", async () => {
  const path = join(folder, "served.onnx");
  copyFileSync(good, path);
  const gateway = await startGateway(modelYaml(path));
  try {
    const before = await gateway.post("/v1/models/m/predict", { record });
    expect(before.body).toMatchObject({ prediction: 321 });
    writeFileSync(path, "not a model any more");
    expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({ prediction: 321 });
    rmSync(path);
    expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({ prediction: 321 });
  } finally {
    await gateway.stop();
  }
});

test("a worker that dies fails only what it was doing: the next request has a new one", async () => {
  const gateway = await startGateway(modelYaml(good, ", thread: worker"));
  try {
    expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({ prediction: 321 });
    for (let round = 0; round < 3; round++) {
      const under = Array.from({ length: 20 }, () => gateway.post("/v1/models/m/predict", { record }));
      await workers.at(-1)!.terminate();
      for (const { status, body } of await Promise.all(under)) {
        expect([200, 503]).toContain(status);
        if (status === 200) expect(body).toMatchObject({ prediction: 321 });
      }
      await vi.waitFor(async () => expect((await gateway.post("/v1/models/m/predict", { record })).status).toBe(200), {
        timeout: 15_000,
        interval: 100,
      });
    }
    expect(workers.length).toBeGreaterThanOrEqual(4);
    expect(gateway.bugs).toEqual([]);
  } finally {
    await gateway.stop();
  }
});

let lie: (response: ServerResponse, rows: number) => void = () => {};
let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      lie(response, text === "" ? 0 : (JSON.parse(text) as { records: unknown[] }).records.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" ? address!.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const well = (response: ServerResponse, rows: number): void => {
  response.end(JSON.stringify({ predictions: Array.from({ length: rows }, () => 7) }));
};

const lies: readonly [string, (response: ServerResponse, rows: number) => void][] = [
  ["answers a page of HTML", (response) => response.end("<html>404</html>")],
  ["answers other rows than were asked", (response) => response.end('{"predictions":[1,2,3]}')],
  ["answers texts for numbers", (response) => response.end('{"predictions":["much"]}')],
  ["answers no number", (response) => response.end('{"predictions":[null]}')],
  ["answers with deep nesting", (response) => response.end(`{"predictions":${"[".repeat(50_000)}`)],
  [
    "cuts its answer",
    (response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write('{"predictions":[');
      setTimeout(() => response.destroy(), 20);
    },
  ],
  [
    "answers without an end",
    (response) => {
      const filler = Buffer.alloc(1 << 20, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(filler));
      };
      response.on("drain", more);
      response.writeHead(200);
      more();
    },
  ],
  ["redirects elsewhere", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
  ["never answers", () => {}],
];

for (const [what, behave] of lies) {
  test(`a remote model that ${what} is stood in for by the fallback, and memory stays bounded`, async () => {
    lie = well;
    const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      task: regression
      versions:
        remote: { url: "http://127.0.0.1:${port}/p", request: "records[]", response: "predictions[]" }
        last: { constant: -1 }
      fallback: [last]
      timeout: 1s
      breaker: { failures: 1000 }
`);
    try {
      expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({ prediction: 7 });
      const before = process.memoryUsage().rss;
      lie = behave;
      const answer = await gateway.post("/v1/models/m/predict", { record });
      expect(answer).toMatchObject({ status: 200, body: { prediction: -1, version: "last" } });
      expect((answer.body as { fallback: string }).fallback).toMatch(/of remote$/);
      expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
      lie = well;
      expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({ prediction: 7 });
      expect(gateway.bugs).toEqual([]);
    } finally {
      await gateway.stop();
    }
  });
}

test("a gateway starts while the server behind it is away, answers by the fallback, and by the server when it is back", async () => {
  const yaml = (more: string, away: number): string => `gateway:
  log: { rotate: false }
  models:
    m:
      task: regression
      versions:
        remote: { url: "http://127.0.0.1:${away}/p", request: "records[]", response: "predictions[]" }
        last: { constant: -1 }
${more}      breaker: { failures: 1000 }
`;
  const back = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end('{"predictions":[7]}'));
  });
  const listen = (at: number): Promise<number> =>
    new Promise((resolve) => {
      back.listen(at, "127.0.0.1", () => {
        const address = back.address();
        resolve(typeof address === "object" ? address!.port : 0);
      });
    });
  const away = await listen(0);
  await new Promise((resolve) => back.close(resolve));
  await expect(startGateway(yaml("", away))).rejects.toThrow(/does not answer as a model/);
  const gateway = await startGateway(yaml("      fallback: [last]\n", away));
  try {
    expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({
      prediction: -1,
      fallback: "error of remote",
    });
    await listen(away);
    expect((await gateway.post("/v1/models/m/predict", { record })).body).toMatchObject({
      prediction: 7,
      version: "remote",
    });
    expect(gateway.bugs).toEqual([]);
  } finally {
    await gateway.stop();
    back.closeAllConnections();
    back.close();
  }
});
