import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { datatypes } from "../../src/core/serving/tensor.ts";
import { pythonWith } from "../python-with.ts";
import { fuzzOptions, fuzzTimeout, fuzzTimes } from "./fuzz-options.ts";
import { echoModelFile } from "./open-test-gateway.ts";
import { startGateway, type TestGateway } from "./running-gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(`gateway:
  log: { rotate: false }
  limits: { body: 1MB, elements: 10000 }
  models:
    m:
      columns: { unit: user }
      versions: { v1: { rule: { when: { x: { from: 5 } }, then: 1, else: 0 } }, v2: { constant: 1 } }
      cohorts: { a: { where: { city: Bern }, arms: { v2: 0.5 } } }
      fallback: [v2]
    echo:
      versions: { v1: { onnx: ${JSON.stringify(echoModelFile())}, output: score } , v2: { constant: 1 } }
      fallback: [v2]
`);
});
afterAll(() => gateway.stop());

async function expectWell(): Promise<void> {
  expect(gateway.bugs).toEqual([]);
  expect((await gateway.call("GET", "/health")).status).toBe(200);
}

test("random tensors of any type, shape and content are answered or refused, never with a bug", {
  timeout: fuzzTimeout,
}, async () => {
  const element = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.string({ maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.constant([]),
    fc.constant({}),
  );
  const tensor = fc.record(
    {
      name: fc.oneof(fc.constantFrom(...datatypes.map((datatype) => `in_${datatype}`), "x", "__proto__"), fc.string()),
      datatype: fc.oneof(fc.constantFrom<string>(...datatypes), fc.string()),
      shape: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer()), { maxLength: 9 }),
      data: fc.oneof(
        fc.array(element, { maxLength: 8 }),
        fc.array(fc.array(element, { maxLength: 3 }), { maxLength: 3 }),
      ),
      parameters: fc.oneof(fc.constant({}), fc.dictionary(fc.string(), fc.anything())),
    },
    { requiredKeys: [] },
  );
  const document = fc.record(
    {
      id: fc.oneof(fc.string(), fc.integer()),
      inputs: fc.oneof(fc.array(tensor, { maxLength: 4 }), fc.anything()),
      outputs: fc.anything(),
      parameters: fc.dictionary(
        fc.constantFrom("unit", "time", "list", "__proto__", "binary_data_output"),
        fc.anything(),
      ),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("m", "echo"), document, async (model, given) => {
      const text = JSON.stringify(given, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
      const { status } = await gateway.post(`/v2/models/${model}/infer`, text);
      expect([200, 400, 413]).toContain(status);
    }),
    fuzzOptions(400, 21),
  );
  await expectWell();
});

test("random JSON at every door is answered or refused, never with a bug", { timeout: fuzzTimeout }, async () => {
  const doors = ["/v1/models/m/predict", "/v1/models/echo/predict", "/v1/models/m/invocations", "/v1/labels"];
  const keys = ["record", "records", "items", "unit", "context", "time", "key", "instances", "inputs", "label", "id"];
  const document = fc.oneof(
    fc.dictionary(
      fc.constantFrom(...keys, "dataframe_split", "dataframe_records", "x", "city", "user"),
      fc.jsonValue(),
    ),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...doors), document, async (door, given) => {
      const { status } = await gateway.post(door, JSON.stringify(given));
      expect([200, 400, 413, 422]).toContain(status);
    }),
    fuzzOptions(400, 22),
  );
  await expectWell();
});

test("random bytes with any declared binary length are refused, never with a bug", {
  timeout: fuzzTimeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.oneof(fc.integer().map(String), fc.string({ unit: "grapheme-ascii", maxLength: 8 })),
      fc.constantFrom("identity", "gzip", "deflate", "br"),
      async (bytes, length, encoding) => {
        const headers = { "inference-header-content-length": length.trim(), "content-encoding": encoding };
        const { status } = await gateway.post("/v2/models/echo/infer", bytes, headers);
        expect([400, 413, 415]).toContain(status);
      },
    ),
    fuzzOptions(200, 23),
  );
  await expectWell();
});

test("random bytes on the socket end that connection and nothing else", async () => {
  const starts = [
    "",
    "GET / HTTP/1.1\r\n",
    "POST /v2/models/m/infer HTTP/1.1\r\ncontent-length: 5\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\n",
  ];
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const socket = connect({ port: gateway.running.port, host: "127.0.0.1" });
      return new Promise<void>((resolve) => {
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        socket.on("connect", () => {
          socket.write(starts[i % starts.length]!);
          socket.write(randomBytes(1 + ((i * 37) % 2000)));
          setTimeout(() => socket.destroy(), 200);
        });
      });
    }),
  );
  expect((await gateway.call("GET", "/health")).status).toBe(200);
  expect(gateway.bugs).toEqual([]);
});

test("paths that climb, are badly encoded or very long reach nothing", async () => {
  for (const path of [
    "/v2/models/..%2f..%2fetc%2fpasswd",
    "/v1/models/%00/predict",
    "/%",
    "/v2/models/%ff",
    `/${"a/".repeat(4000)}`,
  ]) {
    const { status } = await gateway.call("GET", path);
    expect([400, 404, 405]).toContain(status);
  }
  await expectWell();
});

const python = pythonWith("schemathesis");

test.skipIf(python === null)(
  "a public fuzzer finds no answer that the OpenAPI description does not allow, and no bug (skips without schemathesis)",
  { timeout: 120_000 + 60_000 * fuzzTimes },
  async () => {
    const program = join(dirname(python!), "schemathesis");
    const options = [
      "-n",
      String(12 * fuzzTimes),
      "--seed",
      String(fuzzOptions(1, 5).seed),
      "--generation-deterministic",
      "--max-time",
      String(60 * fuzzTimes),
      "--continue-on-failure",
    ];
    // Doors take more than they must: numbers where ids are expected, keys that they do not know.
    const lenient = "negative_data_rejection,positive_data_acceptance,unsupported_method,ignored_auth";
    const args = ["run", `${gateway.url}/openapi.json`, ...options, "--exclude-checks", lenient];
    const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
      execFile(program, args, { cwd: gateway.folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : error.code, text: `${stdout}\n${stderr}` }),
      );
    });
    expect(code, text.slice(-6000)).toBe(0);
    await expectWell();
  },
);
