import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pythonWith, runPython } from "../python-with.ts";
import { modelConfig, openTestGateway, type TestGateway } from "./open-test-gateway.ts";

interface Fixture {
  readonly x: readonly (readonly number[])[];
  readonly models: Readonly<Record<string, { readonly onnx: string; readonly answer: readonly (readonly number[])[] }>>;
}

interface Seen {
  readonly id: string;
  readonly answers: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly error: readonly [string, string];
  readonly [key: string]: unknown;
}

const fixtureFile = new URL("../../src/adapters/onnx/models.fixture.json", import.meta.url);
const fixture = JSON.parse(readFileSync(fixtureFile, "utf8")) as Fixture;
const { onnx, answer: expected } = fixture.models["three_classes"]!;
const rows = JSON.stringify(fixture.x);
let gateway: TestGateway;

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), "umpire-clients-")), "three.onnx");
  writeFileSync(path, Buffer.from(onnx, "base64"));
  gateway = await openTestGateway({
    models: [modelConfig("pets", [{ version: "1", source: { kind: "onnx", path } }])],
  });
});
afterAll(() => gateway.close());

async function ask(python: string, script: string, ...args: readonly string[]): Promise<Seen> {
  const path = fileURLToPath(new URL(`clients/${script}`, import.meta.url));
  return (await runPython(python, path, args)) as Seen;
}

function expectAnswers({ answers, id }: Seen, ways: number): void {
  expect(id).toBe("r1");
  expect(Object.keys(answers)).toHaveLength(ways);
  for (const [way, answer] of Object.entries(answers)) {
    expect(answer, way).toHaveLength(expected.length);
    for (const [i, row] of expected.entries()) {
      for (const [j, value] of row.entries()) expect(answer[i]![j], `${way} ${i} ${j}`).toBeCloseTo(value, 5);
    }
  }
}

const triton = pythonWith("tritonclient.http", "tritonclient.grpc");
const kserve = pythonWith("kserve");
const mlserver = pythonWith("mlserver", "requests");
const http = (): string => gateway.address.slice("http://".length);

test.skipIf(triton === null)(
  "tritonclient[http] works unchanged: JSON, binary, compressed and asynchronous (skips without it)",
  async () => {
    const seen = await ask(triton!, "triton_http_client.py", http(), "pets", rows);
    expectAnswers(seen, 9);
    expect(seen).toMatchObject({ live: true, ready: true, model_ready: true, version_ready: true });
    expect(seen["metadata"]).toMatchObject({ name: "pets", versions: ["1"] });
    expect(seen["index"]).toEqual([{ name: "pets", version: "1", state: "READY", reason: "" }]);
    expect(seen.error[0]).toBe("404");
    expect(seen.error[1]).toMatch(/no model "gone"/);
  },
);

test.skipIf(triton === null)("tritonclient[grpc] works unchanged (skips without it)", async () => {
  const seen = await ask(triton!, "triton_grpc_client.py", gateway.grpcAddress, "pets", rows);
  expectAnswers(seen, 5);
  expect(seen).toMatchObject({ live: true, ready: true, model_ready: true, version_ready: true });
  expect(seen["index"]).toEqual([{ name: "pets", version: "1", state: "READY" }]);
  expect(seen.error).toEqual(["StatusCode.NOT_FOUND", expect.stringMatching(/no model "gone"/)]);
});

test.skipIf(kserve === null)("KServe's clients work unchanged over HTTP and gRPC (skips without them)", async () => {
  const seen = await ask(kserve!, "kserve_client.py", http(), gateway.grpcAddress, "pets", rows);
  expectAnswers(seen, 4);
  expect(seen).toMatchObject({ rest: [true, true, true], grpc: [true, true, true] });
});

test.skipIf(mlserver === null)("MLServer's codecs and stub work unchanged (skips without them)", async () => {
  const seen = await ask(mlserver!, "mlserver_client.py", http(), gateway.grpcAddress, "pets", rows);
  expectAnswers(seen, 3);
  expect(seen["ready"]).toBe(true);
});
