import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startGateway, type TestGateway } from "./running-gateway.ts";

/** A server of a team that can be told to misbehave. */
let behaviour: "well" | "slow" | "error" | "nan" | "only nan" | "poisoned" | "short" | "dead" = "well";
let calls = 0;
let server: Server;
let gateway: TestGateway;

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/p`;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      if (text === "") return response.end("{}");
      calls++;
      const rows = (JSON.parse(text) as { records: { x: number }[] }).records;
      const scores: (number | null)[] = rows.map((row) => row.x * 10);
      if (behaviour === "dead") return request.socket.destroy();
      if (behaviour === "error") response.statusCode = 500;
      if (behaviour === "nan") scores[0] = null;
      if (behaviour === "only nan") scores.fill(null);
      if (behaviour === "poisoned") rows.forEach((row, i) => row.x === 666 && (scores[i] = null));
      if (behaviour === "short") scores.pop();
      setTimeout(() => response.end(JSON.stringify({ predictions: scores })), behaviour === "slow" ? 400 : 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      columns: { unit: user, item: item }
      versions:
        remote: { url: "${address()}", request: "records[]", response: "predictions[]" }
        rule: { rule: { when: { x: { from: 5 } }, then: 1, else: 0 } }
        last: { constant: -1 }
      fallback: [rule, last]
      timeout: 150ms
      concurrency: 4
      breaker: { failures: 3, open: 400ms }
`);
});
afterAll(async () => {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  behaviour = "well";
  // Lets the circuit of the test before close again.
  await vi.waitUntil(async () => (await ask([{ x: 1 }]))[0]!.version === "remote", { timeout: 5000, interval: 50 });
});

interface Row {
  readonly prediction: number | null;
  readonly version: string;
  readonly fallback?: string;
  readonly overrides?: unknown;
}

async function ask(records: readonly object[], more: object = {}): Promise<Row[]> {
  const { status, body } = await gateway.post("/v1/models/m/predict", { records, ...more });
  expect(status).toBe(200);
  return (body as { predictions: Row[] }).predictions;
}

test("while the model answers, its answer is given", async () => {
  expect(await ask([{ x: 1 }, { x: 7 }])).toMatchObject([
    { prediction: 10, version: "remote" },
    { prediction: 70, version: "remote" },
  ]);
});

for (const [what, reason] of [
  ["error", "error of remote"],
  ["slow", "timeout of remote"],
  ["dead", "error of remote"],
  ["short", "error of remote"],
] as const) {
  test(`a model that is ${what} is stood in for by the next of the chain, which says why`, async () => {
    behaviour = what;
    expect(await ask([{ x: 1 }, { x: 7 }])).toMatchObject([
      { prediction: 0, version: "rule", fallback: reason },
      { prediction: 1, version: "rule", fallback: reason },
    ]);
  });
}

test("only the rows without a number are answered by the next of the chain", async () => {
  behaviour = "nan";
  expect(await ask([{ x: 1 }, { x: 7 }])).toMatchObject([
    { prediction: 0, version: "rule", fallback: "nan of remote" },
    { prediction: 70, version: "remote" },
  ]);
});

test("after failures in a row the model is not called until its circuit closes, then one call tries", async () => {
  behaviour = "error";
  for (let i = 0; i < 3; i++) await ask([{ x: 1 }]);
  await vi.waitFor(async () => {
    expect((await ask([{ x: 1 }]))[0]).toMatchObject({ version: "rule", fallback: "circuit-open of remote" });
  });
  const before = calls;
  await ask([{ x: 1 }]);
  expect(calls).toBe(before);
  behaviour = "well";
  await new Promise((resolve) => setTimeout(resolve, 450));
  expect((await ask([{ x: 1 }]))[0]).toMatchObject({ version: "remote", prediction: 10 });
});

test("a model that answers nothing but NaN is not called any more, like one that fails", async () => {
  behaviour = "only nan";
  for (let i = 0; i < 3; i++) expect((await ask([{ x: 1 }]))[0]).toMatchObject({ fallback: "nan of remote" });
  await vi.waitFor(async () => {
    expect((await ask([{ x: 1 }]))[0]).toMatchObject({ version: "rule", fallback: "circuit-open of remote" });
  });
  const before = calls;
  await ask([{ x: 1 }]);
  expect(calls).toBe(before);
  behaviour = "well";
  await new Promise((resolve) => setTimeout(resolve, 450));
  expect((await ask([{ x: 1 }]))[0]).toMatchObject({ version: "remote", prediction: 10 });
});

test("one request that is answered with NaN, sent again and again, shuts no one else out", async () => {
  behaviour = "poisoned";
  for (let i = 0; i < 20; i++) {
    expect((await ask([{ x: 666 }]))[0]).toMatchObject({ version: "rule", fallback: "nan of remote" });
  }
  expect((await ask([{ x: 1 }]))[0]).toMatchObject({ version: "remote", prediction: 10 });
});

test("calls beyond the limit are answered at once by the next of the chain", async () => {
  behaviour = "slow";
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask([{ x: 7 }])));
  const reasons = answers.map(([row]) => row!.fallback);
  expect(reasons.filter((reason) => reason === "overload of remote").length).toBe(6);
  expect(reasons.filter((reason) => reason === "timeout of remote").length).toBe(4);
});

test("an override counts for the next request: blocked, boosted to its limit, opted out, withdrawn", async () => {
  const enter = (body: object) => gateway.post("/v1/overrides", { reason: "test", ...body });
  await enter({ id: "b", kind: "block", item: "bad" });
  await enter({ id: "up", kind: "boost", item: "good", factor: 2, limit: 2 });
  await enter({ id: "o", kind: "opt-out", unit: "ann" });
  const rows = await ask([
    { x: 1, item: "bad" },
    { x: 1, item: "good" },
    { x: 1, item: "good" },
    { x: 1, item: "good" },
  ]);
  expect(rows.map((row) => row.prediction)).toEqual([null, 20, 20, 10]);
  expect((await ask([{ x: 7, user: "ann" }]))[0]).toMatchObject({
    prediction: 0,
    version: "rule",
    fallback: "opt-out",
  });
  expect((await gateway.call("DELETE", "/v1/overrides/o")).status).toBe(200);
  expect((await ask([{ x: 7, user: "ann" }]))[0]).toMatchObject({ prediction: 70, version: "remote" });
});

test("what nobody answers is counted as an error of the model; what is asked of no model is not", async () => {
  const alone = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      versions:
        remote: { url: "${address()}", request: "records[]", response: "predictions[]" }
`);
  const count = async (outcome: string): Promise<number> => {
    const { text } = await alone.running.gateway.telemetry.expose();
    const found = new RegExp(`umpire_predictions_total\\{[^}]*outcome="${outcome}"\\} (\\d+)`).exec(text);
    return Number(found?.[1] ?? 0);
  };
  behaviour = "error";
  const records = [{ x: 1 }, { x: 2 }];
  expect((await alone.post("/v1/models/m/predict", { records })).status).toBe(503);
  expect(await count("error")).toBe(2);
  expect((await alone.post("/v1/models/nothing/predict", { records })).status).toBe(404);
  expect((await alone.post("/v1/models/m/versions/nothing/predict", { records })).status).toBe(404);
  expect(await count("error")).toBe(2);
  behaviour = "well";
  expect((await alone.post("/v1/models/m/predict", { records })).status).toBe(200);
  expect([await count("ok"), await count("invalid")]).toEqual([2, 0]);
  await alone.stop();
});
