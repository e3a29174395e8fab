import { connect, type Socket } from "node:net";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startGateway, type TestGateway } from "../gateway/running-gateway.ts";
import { loggedEvents } from "../gateway/open-test-gateway.ts";

const yaml = `gateway:
  log: { rotate: false }
  models:
    m: { columns: { item: item }, versions: { v1: { constant: 1 } } }
`;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(yaml);
});
afterAll(() => gateway.stop());

const predict = (record: object): ReturnType<TestGateway["post"]> => gateway.post("/v1/models/m/predict", { record });

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: gateway.running.port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

test("a thousand clients that never finish their requests keep no one else from an answer", async () => {
  const sockets = await Promise.all(Array.from({ length: 1000 }, open));
  try {
    for (const [i, socket] of sockets.entries()) {
      socket.on("error", () => {});
      socket.write("POST /v1/models/m/predict HTTP/1.1\r\nhost: x\r\n");
      if (i % 2 === 0) socket.write('content-length: 100\r\n\r\n{"record":');
    }
    const drip = setInterval(() => {
      for (const [i, socket] of sockets.entries()) if (i % 2 === 0) socket.write(" ");
    }, 100);
    for (let i = 0; i < 50; i++) expect((await predict({ x: i })).status).toBe(200);
    clearInterval(drip);
    expect((await gateway.call("GET", "/health")).body).toMatchObject({ status: "ok" });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  expect((await predict({ x: 1 })).status).toBe(200);
  expect(gateway.bugs).toEqual([]);
});

test("clients that send nonsense and never hang up do not use up the connections", async () => {
  const small = await startGateway(`${yaml.replace("log:", "limits: { connections: 20 }\n  log:")}`);
  const sockets: Socket[] = [];
  try {
    for (let i = 0; i < 60; i++) {
      const socket = connect({ port: small.running.port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      socket.write("nonsense\r\n\r\n");
      sockets.push(socket);
      await new Promise((resolve) => socket.once("data", resolve));
    }
    expect((await small.call("GET", "/health")).status).toBe(200);
  } finally {
    for (const socket of sockets) socket.destroy();
    await small.stop();
  }
});

test("clients that hang up in the middle of their requests leave nothing behind", async () => {
  for (let i = 0; i < 200; i++) {
    const socket = await open();
    socket.on("error", () => {});
    socket.write('POST /v1/models/m/predict HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"record":{"x":');
    setTimeout(() => socket.destroy(), 1);
  }
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^umpire_requests_in_flight 0$/m);
  });
  expect(gateway.bugs).toEqual([]);
});

test("a clock that steps a day back and forth loses no answer, and every event has the time of its clock", async () => {
  const real = Date.now;
  const start = real();
  const steps = [0, 86_400_000, -86_400_000, 3_600_000, 0];
  try {
    for (const step of steps) {
      vi.spyOn(Date, "now").mockImplementation(() => real() + step);
      for (let i = 0; i < 20; i++) expect((await predict({ step })).status).toBe(200);
    }
  } finally {
    vi.restoreAllMocks();
  }
  const events = loggedEvents(`${gateway.folder}/.umpire/predictions`).filter(
    (event) => (event["raw"] as { step?: number } | null)?.step !== undefined,
  );
  expect(events).toHaveLength(100);
  expect(new Set(events.map((event) => event["id"])).size).toBe(100);
  for (const event of events) {
    const { step } = event["raw"] as { step: number };
    expect(Math.abs(Number(event["at"]) - start - step)).toBeLessThan(600_000);
    expect(event["milliseconds"]).toBeGreaterThanOrEqual(0);
  }
});

test("a poisonous request that is sent again and again is refused each time, and others are answered by the model", async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      if (text.includes("poison")) return response.writeHead(500).end("index out of range");
      return response.end('{"predictions":[5]}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address!.port : 0;
  const guarded = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      versions:
        remote: { url: "http://127.0.0.1:${port}/p", request: "records[]", response: "predictions[]" }
      breaker: { failures: 3, open: 1h }
`);
  const ask = (word: string): ReturnType<TestGateway["post"]> =>
    guarded.post("/v1/models/m/predict", { record: { word } });
  try {
    expect((await ask("plain")).status).toBe(200);
    for (let i = 0; i < 30; i++) expect((await ask("poison")).status).toBe(503);
    expect((await ask("plain")).body).toMatchObject({ prediction: 5 });
    await Promise.all(Array.from({ length: 50 }, () => ask("poison")));
    expect((await ask("plain")).body).toMatchObject({ prediction: 5 });
  } finally {
    await guarded.stop();
    server.closeAllConnections();
    server.close();
  }
});
