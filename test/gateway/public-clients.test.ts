import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
  const sum = join(dirname(path), "sum.onnx");
  writeFileSync(sum, Buffer.from(fixture.models["doubles"]!.onnx, "base64"));
  const source = { kind: "onnx", path: sum, features: ["a", "b", "c"] } as const;
  gateway = await openTestGateway({
    models: [
      modelConfig("pets", [{ version: "1", source: { kind: "onnx", path } }]),
      modelConfig("sum", [{ version: "1", source }]),
    ],
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
    expect(seen["index"]).toContainEqual({ name: "pets", version: "1", state: "READY", reason: "" });
    expect(seen.error[0]).toBe("404");
    expect(seen.error[1]).toMatch(/no model "gone"/);
  },
);

test.skipIf(triton === null)("tritonclient[grpc] works unchanged (skips without it)", async () => {
  const seen = await ask(triton!, "triton_grpc_client.py", gateway.grpcAddress, "pets", rows);
  expectAnswers(seen, 5);
  expect(seen).toMatchObject({ live: true, ready: true, model_ready: true, version_ready: true });
  expect(seen["index"]).toContainEqual({ name: "pets", version: "1", state: "READY" });
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

test.skipIf(triton === null)(
  "tritonclient's asynchronous clients work unchanged, and what is not served is refused in words (skips without it)",
  async () => {
    const seen = await ask(triton!, "triton_odd_calls.py", http(), gateway.grpcAddress, "pets", rows);
    expectAnswers(seen, 6);
    const words = (text: RegExp): unknown => [expect.any(String), expect.stringMatching(text)];
    const { http: rest, grpc } = seen["refusals"] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    for (const refused of [rest!, grpc!]) {
      expect(refused).toMatchObject({
        shared_output: words(/shared memory is not served/),
        shared_input: words(/shared memory is not served/),
        classification: words(/classification extension is not served/),
        load: words(/umpire models register/),
        unload: words(/umpire models register/),
      });
    }
    expect(rest).toMatchObject({
      shared_memory_status: ["404", expect.stringContaining("send the tensors themselves")],
      register: ["404", expect.stringContaining("send the tensors themselves")],
      statistics: ["404", expect.stringContaining("/metrics")],
    });
    for (const call of ["shared_memory_status", "register", "statistics"]) {
      expect(grpc![call]).toEqual(["StatusCode.UNIMPLEMENTED", expect.any(String)]);
    }
  },
);

test.skipIf(mlserver === null)(
  "a data frame, an array and texts of MLServer's codecs mean what they mean there (skips without it)",
  async () => {
    const seen = await ask(mlserver!, "mlserver_codecs.py", http());
    // 1.5 a - 2 b + c / 4, by column name whatever their order.
    expect(seen["pd"]).toEqual([-1.5, -25]);
    expect(seen["np"]).toHaveLength(1);
    expect(seen["str"]).toEqual([expect.any(String)]);
    expect(seen["other_name"]).toEqual({ error: 'the input "x" is missing' });
  },
);
