import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { datatypes } from "../../src/core/serving/tensor.ts";
import { fuzzOptions, fuzzTimeout } from "./fuzz-options.ts";
import { openTestGateway, type TestGateway } from "./open-test-gateway.ts";
import { petsRequest, protocolModels } from "./protocol/protocol-gateway.ts";

/** Valid requests with some bytes changed reach further into the readers than random ones do. */
let gateway: TestGateway;
let client: grpc.Client;
beforeAll(async () => {
  gateway = await openTestGateway({ models: protocolModels(), limits: { body: 1024 * 1024, elements: 10_000 } });
  client = new grpc.Client(gateway.grpcAddress, grpc.credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await gateway.close();
});

async function expectWell(): Promise<void> {
  expect(gateway.bugs).toEqual([]);
  const answer = await fetch(`${gateway.address}/v2/models/pets/infer`, {
    method: "POST",
    body: JSON.stringify(petsRequest()),
  });
  expect(answer.status).toBe(200);
  expect([...(await call("ServerLive", Buffer.alloc(0)))]).toEqual([8, 1]);
}

/** @throws ServiceError */
function call(method: string, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const path = `/inference.GRPCInferenceService/${method}`;
    const same = (value: Buffer): Buffer => value;
    client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error, answer) =>
      error === null ? resolve(answer!) : reject(error),
    );
  });
}

/** Changes, puts in and takes out bytes at places by share of the length. */
function changed(bytes: Uint8Array, edits: readonly (readonly [number, "set" | "put" | "cut", number])[]): Buffer {
  const list = [...bytes];
  for (const [share, kind, byte] of edits) {
    const at = Math.floor(share * list.length);
    if (kind === "set") list[at] = byte;
    else if (kind === "put") list.splice(at, 0, byte);
    else list.splice(at, 1 + (byte % 8));
  }
  return Buffer.from(list);
}

const edits = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.constantFrom("set" as const, "put" as const, "cut" as const),
    fc.nat(255),
  ),
  { minLength: 1, maxLength: 6 },
);

test("requests over HTTP with changed bytes are answered or refused", { timeout: fuzzTimeout }, async () => {
  const floats = Buffer.from(Float32Array.of(0.1, 0.2, 0.3).buffer);
  const described = { inputs: [{ name: "x", shape: [1, 3], datatype: "FP32", parameters: { binary_data_size: 12 } }] };
  const head = Buffer.from(JSON.stringify({ ...described, parameters: { binary_data_output: true, unit: "u" } }));
  const bodies: readonly [string, Buffer, Record<string, string>][] = [
    [
      "/v2/models/pets/infer",
      Buffer.from(JSON.stringify(petsRequest({}, { id: "1", outputs: [{ name: "label" }] }))),
      {},
    ],
    [
      "/v2/models/pets/infer",
      Buffer.concat([head, floats]),
      { "inference-header-content-length": String(head.length) },
    ],
    ["/v2/models/pets/infer", floats, { "inference-header-content-length": "0" }],
    ["/v1/models/pets/predict", Buffer.from('{"records":[{"x":[0.1,0.2,0.3]}],"unit":"u","time":"2026-01-01"}'), {}],
    ["/v1/models/pets/invocations", Buffer.from('{"dataframe_split":{"columns":["x"],"data":[[[1,2,3]]]}}'), {}],
    ["/v1/labels", Buffer.from('{"labels":[{"id":"a","label":1},{"key":"b","label":"x"}]}'), {}],
    ["/v2/repository/index", Buffer.from('{"ready":true}'), {}],
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies), edits, async ([path, body, headers], list) => {
      const answer = await fetch(`${gateway.address}${path}`, {
        method: "POST",
        headers,
        body: changed(body, list) as never,
      });
      await answer.arrayBuffer();
      expect([200, 400, 413, 422]).toContain(answer.status);
    }),
    fuzzOptions(500, 31),
  );
  await expectWell();
});

const codes = [
  grpc.status.INVALID_ARGUMENT,
  grpc.status.NOT_FOUND,
  grpc.status.RESOURCE_EXHAUSTED,
  grpc.status.UNAVAILABLE,
];

async function expectAnswerOrRefusal(method: string, bytes: Uint8Array): Promise<void> {
  try {
    await call(method, bytes);
  } catch (error) {
    expect(codes, String(error)).toContain((error as grpc.ServiceError).code);
  }
}

const methods = ["ModelInfer", "ModelReady", "ModelMetadata", "ServerMetadata", "RepositoryIndex"];

test("random bytes to every method of gRPC are answered or refused", { timeout: fuzzTimeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...methods), fc.uint8Array({ maxLength: 300 }), expectAnswerOrRefusal),
    fuzzOptions(300, 32),
  );
  await expectWell();
});

test("messages of gRPC with random tensors and changed bytes are answered or refused", {
  timeout: fuzzTimeout,
}, async () => {
  const proto = fileURLToPath(new URL("../../schemas/open-inference.proto", import.meta.url));
  const service = loadSync(proto, { keepCase: true })["inference.GRPCInferenceService"] as unknown as Record<
    string,
    { requestSerialize(value: object): Buffer }
  >;
  const numbers = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 });
  const contents = fc.record(
    {
      bool_contents: fc.array(fc.boolean(), { maxLength: 4 }),
      int_contents: numbers,
      int64_contents: numbers,
      uint_contents: numbers,
      uint64_contents: numbers,
      fp32_contents: fc.array(fc.float(), { maxLength: 6 }),
      fp64_contents: fc.array(fc.double(), { maxLength: 6 }),
      bytes_contents: fc.array(
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: [] },
  );
  const parameter = fc.oneof(
    fc.record({ bool_param: fc.boolean() }),
    fc.record({ string_param: fc.string() }),
    fc.record({ double_param: fc.double() }),
    fc.record({ uint64_param: fc.constant("18446744073709551615") }),
  );
  const parameters = fc.dictionary(
    fc.oneof(fc.constantFrom("unit", "time", "list", "content_type", "__proto__"), fc.string()),
    parameter,
  );
  const input = fc.record(
    {
      name: fc.oneof(fc.constantFrom("x", ...datatypes.map((datatype) => `in_${datatype}`)), fc.string()),
      datatype: fc.oneof(fc.constantFrom<string>(...datatypes), fc.string()),
      shape: fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 4 }),
      parameters,
      contents,
    },
    { requiredKeys: [] },
  );
  const message = fc.record(
    {
      model_name: fc.oneof(fc.constantFrom("pets", "echo", "late", "zurich/a b"), fc.string()),
      model_version: fc.constantFrom("", "1", "9"),
      id: fc.string(),
      parameters,
      inputs: fc.array(input, { maxLength: 3 }),
      outputs: fc.array(fc.record({ name: fc.constantFrom("label", "probabilities", "score", "none") }), {
        maxLength: 2,
      }),
      raw_input_contents: fc.array(
        fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: ["model_name"] },
  );
  await fc.assert(
    fc.asyncProperty(message, fc.option(edits), async (value, list) => {
      const bytes = service["ModelInfer"]!.requestSerialize(value);
      await expectAnswerOrRefusal("ModelInfer", list === null ? bytes : changed(bytes, list));
    }),
    fuzzOptions(400, 33),
  );
  await expectWell();
});

test("what is no gRPC at its door ends that connection or stream and nothing else", async () => {
  const port = gateway.running.grpcPort!;
  const starts = ["", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00"];
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const socket = connect({ port, host: "127.0.0.1" });
      return new Promise<void>((resolve) => {
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        socket.write(starts[i % starts.length]!);
        socket.write(Buffer.from(Array.from({ length: 1 + ((i * 53) % 900) }, (__, at) => (at * 31 + i * 7) % 256)));
        setTimeout(() => socket.destroy(), 200);
      });
    }),
  );
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  for (const [path, type] of [
    ["/v2", "application/json"],
    ["/inference.GRPCInferenceService/ModelInfer", "application/grpc"],
    ["/inference.GRPCInferenceService/ModelInfer", "application/grpc+json"],
  ] as const) {
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": type, te: "trailers" });
    // A frame that promises more bytes than come.
    stream.end(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
    await new Promise((resolve) => {
      stream.on("close", resolve);
      stream.on("error", resolve);
      stream.resume();
    });
  }
  session.close();
  await expectWell();
  expect(gateway.bugs).toEqual([]);
});
