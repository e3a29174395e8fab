import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEventArchive } from "../../src/composition/gateway.ts";
import { umpire } from "../acceptance/command-line.ts";
import { loggedEvents, modelConfig, openTestGateway, type TestGateway } from "./open-test-gateway.ts";

const fixtureFile = new URL("../../src/adapters/onnx/models.fixture.json", import.meta.url);
const fixture = JSON.parse(readFileSync(fixtureFile, "utf8")) as { models: Record<string, { onnx: string }> };
let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "umpire-stress-"));
  const path = join(folder, "three.onnx");
  writeFileSync(path, Buffer.from(fixture.models["three_classes"]!.onnx, "base64"));
  gateway = await openTestGateway({
    models: [
      modelConfig("pets", [{ version: "1", source: { kind: "onnx", path } }]),
      modelConfig("fixed", [{ version: "1", source: { kind: "constant", value: 0.5 } }]),
    ],
  });
});
afterAll(() => gateway.close());

interface Stage {
  readonly sent: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly memory: number | null;
}

interface Report {
  readonly schema: string;
  readonly decision: string;
  readonly reason: string;
  readonly peak: Stage;
  readonly stages: readonly Stage[];
  readonly knee: number | null;
  readonly replicas: { readonly expected: number } | null;
}

async function stress(...args: readonly string[]): Promise<{ code: number | null; report: Report; stderr: string }> {
  const answer = await umpire(["stress", ...args, "--target", gateway.address, "--json"], folder);
  return { code: answer.code, report: JSON.parse(answer.stdout || "null") as Report, stderr: answer.stderr };
}

/** Ten seconds for a p99: the machine that runs this may be busy, and the limits are not what is tested. */
const patient = ["--p99", "10000", "--duration", "2"];

test("a peak within the limits passes with 0, and the knee is looked for as far as it may", async () => {
  const { code, report } = await stress("pets", "--expected", "60", "--edge", "0.2", "--most", "4000", ...patient);
  expect(report, report.reason).toMatchObject({ schema: "umpire.stress/1", decision: "pass" });
  expect(code).toBe(0);
  expect(report.peak.sent).toBe(1200);
  expect(report.peak.outcomes["ok"]).toBeGreaterThan(1000);
  expect(report.peak.outcomes["error"]).toBe(0);
  expect(report.knee).toBeGreaterThanOrEqual(600);
  expect(report.replicas!.expected).toBe(1);
  expect(report.peak.memory).toBeGreaterThan(10_000_000);
  const sent = report.peak.sent + report.stages.reduce((sum, stage) => sum + stage.sent, 0);
  expect(sent).toBeLessThanOrEqual(4000);
});

test("a limit that is broken fails with 1", async () => {
  const { code, report } = await stress("pets", "--expected", "60", "--no-knee", "--p99", "0.001", "--duration", "2");
  // Where the load itself was late by more than half of that limit, nothing can be said of the gateway.
  expect([1, 4]).toContain(code);
  expect(report.decision).toBe(code === 1 ? "fail" : "not-evaluated");
  expect(report.reason).toMatch(/ms/);
});

test("too few requests for a p99 are not enough data, with 3; a peak goes on until there are enough, where it may", async () => {
  const few = ["fixed", "--expected", "5", "--no-knee", "--duration", "1", "--p99", "10000"] as const;
  const longer = await stress("fixed", "--expected", "30", "--no-knee", "--duration", "1", "--p99", "10000");
  expect(longer.report).toMatchObject({ decision: "pass", peak: { sent: 1050 } });
  const { code, report } = await stress(...few, "--most", "60");
  expect(report.decision).toBe("not-enough-data");
  expect(code).toBe(3);
});

test("requests are taken from the prediction log, with edge cases between them", async () => {
  const log = join(folder, "log.jsonl");
  const events = Array.from({ length: 40 }, (_, i) => {
    const raw = { "x[0]": i, colour: "red" };
    return JSON.stringify({ kind: "prediction", request: `r${i}`, model: "fixed", raw });
  });
  writeFileSync(log, `${events.join("\n")}\n`);
  const { code } = await stress("fixed", "--from", log, "--expected", "60", "--edge", "0.5", "--no-knee", ...patient);
  expect(code).toBe(0);
  const logged = loggedEvents(join(gateway.folder, "predictions"))
    .filter((event) => event["door"] === "records" && event["kind"] === "test")
    .map((event) => event["raw"] as Record<string, unknown>);
  const plain = logged.filter((raw) => raw["colour"] === "red" && typeof raw["x[0]"] === "number");
  expect(plain.length).toBeGreaterThan(400);
  expect(logged.length - plain.length).toBeGreaterThan(100);
});

test("what a test of load asked is no prediction: not to a training set, and not to the next test", async () => {
  const { status } = await fetch(`${gateway.address}/v1/models/fixed/predict`, {
    method: "POST",
    body: JSON.stringify({ record: { real: 1 } }),
  });
  expect(status).toBe(200);
  await gateway.running.gateway.log.roll();
  const log = join(gateway.folder, "predictions");
  const archive = await openEventArchive(log);
  for (const rotate of [false, true]) {
    if (rotate) await archive.rotate();
    const to = join(folder, "all.jsonl");
    const result = await archive.exportTraining({ model: "fixed", asOf: Date.now() + 1000, to, unlabelled: true });
    expect(result.predictions).toBe(1);
    expect(await archive.recorded("fixed", 10)).toEqual(['{"real":1}']);
  }
  const { code } = await stress("fixed", "--from", log, "--expected", "60", "--edge", "0", "--no-knee", ...patient);
  expect(code).toBe(0);
});

test("a version that fails is an error and not a lack of room, and the report says what it said", async () => {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(500).end("out of memory"));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ill = await openTestGateway({
    models: [modelConfig("ill", [{ version: "1", source: { kind: "url", url, protocol: "json", trusted: true } }])],
  });
  const args = ["stress", "ill", "--expected", "60", "--edge", "0", "--no-knee", ...patient];
  const answer = await umpire([...args, "--target", ill.address, "--json"], folder);
  const report = JSON.parse(answer.stdout) as Report & { readonly problem: string };
  expect(answer.code).toBe(1);
  expect(report.peak.outcomes).toMatchObject({ shed: 0, ok: 0 });
  expect(report.problem).toMatch(/^503 no version could answer/);
  await ill.close();
  server.closeAllConnections();
  server.close();
});

test("requests are taken from a table, column by column", async () => {
  const table = join(folder, "rows.csv");
  writeFileSync(table, `size,label\n${Array.from({ length: 30 }, (_, i) => `${i},from a table`).join("\n")}\n`);
  const { code } = await stress("fixed", "--from", table, "--expected", "60", "--edge", "0", "--no-knee", ...patient);
  expect(code).toBe(0);
  const logged = loggedEvents(join(gateway.folder, "predictions")).map((event) => event["raw"] as { label?: string });
  expect(logged.filter((raw) => raw?.label === "from a table").length).toBeGreaterThan(1000);
});

test("another machine is left alone unless it is named twice", async () => {
  const answer = await umpire(["stress", "m", "--expected", "1", "--target", "http://models.example"], folder);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toMatch(/models\.example is not this machine/);
  expect(answer.stderr).toMatch(/--allow-host models\.example/);
});

test("a gateway that is not there is a failure with 2, not a verdict", async () => {
  const answer = await umpire(["stress", "m", "--expected", "1", "--target", "http://127.0.0.1:9"], folder);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toMatch(/no gateway answers here/);
});
