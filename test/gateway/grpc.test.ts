import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KeyRing } from "../../src/entrypoints/gateway/key-ring.ts";
import { echoModelFile, loggedEvents, modelConfig, openTestGateway, type TestGateway } from "./open-test-gateway.ts";

type Call = (
  request: object,
  metadata: grpc.Metadata,
  done: (error: grpc.ServiceError | null, answer: Record<string, unknown>) => void,
) => void;
type Client = grpc.Client & Readonly<Record<string, Call>>;

const proto = fileURLToPath(new URL("../../schemas/open-inference.proto", import.meta.url));
const definition = grpc.loadPackageDefinition(
  loadSync(proto, { keepCase: true, longs: String, defaults: true, oneofs: true }),
) as unknown as { inference: { GRPCInferenceService: new (address: string, c: grpc.ChannelCredentials) => Client } };

function connect(address: string): Client {
  return new definition.inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
}

async function ask(client: Client, method: string, request: object, metadata = new grpc.Metadata()) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    client[method]!(request, metadata, (error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
}

/** Sends bytes as they are, where no client would. */
async function askRaw(client: Client, method: string, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/inference.GRPCInferenceService/${method}`,
      (value: Buffer) => value,
      (value: Buffer) => value,
      bytes,
      (error, answer) => (error === null ? resolve(answer!) : reject(error)),
    );
  });
}

const line = modelConfig("line", [{ version: "1", source: { kind: "constant", value: 0.25 } }]);
const echo = modelConfig("echo", [
  { version: "1", source: { kind: "onnx", path: echoModelFile(), output: "score", thread: "main" } },
]);
let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  gateway = await openTestGateway({ models: [line, echo], limits: { body: 1024 * 1024 } });
  client = connect(gateway.grpcAddress);
});
afterAll(async () => {
  client.close();
  await gateway.close();
});

/** Two elements of each type, the extremes among them. */
const raw = {
  BOOL: Buffer.from([1, 0]),
  UINT8: Buffer.from([255, 0]),
  UINT16: Buffer.from(Uint16Array.of(65_535, 1).buffer),
  UINT32: Buffer.from(Uint32Array.of(4_294_967_295, 1).buffer),
  UINT64: Buffer.from(BigUint64Array.of(18_446_744_073_709_551_615n, 1n).buffer),
  INT8: Buffer.from([128, 127]),
  INT16: Buffer.from(Int16Array.of(-32_768, 1).buffer),
  INT32: Buffer.from(Int32Array.of(-2_147_483_648, 1).buffer),
  INT64: Buffer.from(BigInt64Array.of(-9_223_372_036_854_775_808n, 1n).buffer),
  FP16: Buffer.from(Uint16Array.of(0x3e00, 0xb400).buffer),
  FP32: Buffer.from(Float32Array.of(1.5, -0.25).buffer),
  FP64: Buffer.from(Float64Array.of(1e300, -1e-300).buffer),
  BYTES: Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from("Zoë"), Buffer.from([0, 0, 0, 0])]),
} as const;

const names = Object.keys(raw) as (keyof typeof raw)[];

function rawRequest(more: object = {}): object {
  return {
    model_name: "echo",
    inputs: names.map((datatype) => ({ name: `in_${datatype}`, datatype, shape: [1, 2] })),
    raw_input_contents: names.map((datatype) => raw[datatype]),
    ...more,
  };
}

test("raw tensors of every type come back as the same bytes, in the order of the outputs", async () => {
  const outputs = names.map((datatype) => ({ name: `out_${datatype}` }));
  const answer = await ask(client, "ModelInfer", rawRequest({ id: "mine", outputs }));
  expect(answer["id"]).toBe("mine");
  expect(answer["model_version"]).toBe("1");
  const described = answer["outputs"] as { name: string; datatype: string; shape: string[]; contents: unknown }[];
  expect(described.map(({ name, datatype, shape }) => [name, datatype, shape])).toEqual(
    names.map((datatype) => [`out_${datatype}`, datatype, ["1", "2"]]),
  );
  expect(described.every(({ contents }) => contents === null)).toBe(true);
  expect(answer["raw_output_contents"]).toEqual(names.map((datatype) => raw[datatype]));
});

test("bytes that are no UTF-8 are refused where the model takes text", async () => {
  const bytes = { ...raw, BYTES: Buffer.from([2, 0, 0, 0, 0xff, 0xfe, 0, 0, 0, 0]) };
  const request = rawRequest({ raw_input_contents: names.map((datatype) => bytes[datatype]) });
  await expect(ask(client, "ModelInfer", request)).rejects.toMatchObject({
    code: 3,
    details: expect.stringContaining("not UTF-8") as string,
  });
});

test("the answer is the one of the HTTP door, and one event is logged for each", async () => {
  const infer = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [3] }], parameters: { unit: "u7" } };
  const http = (await (
    await fetch(`${gateway.address}/v2/models/line/infer`, { method: "POST", body: JSON.stringify(infer) })
  ).json()) as { outputs: { data: number[] }[]; parameters: Record<string, unknown> };
  const answer = await ask(client, "ModelInfer", {
    model_name: "line",
    inputs: [{ name: "x", datatype: "FP32", shape: [1], contents: { fp32_contents: [3] } }],
    parameters: { unit: { string_param: "u7" }, other: { double_param: 0.5 }, big: { uint64_param: "1" } },
  });
  const [output] = answer["outputs"] as { contents: { fp64_contents: number[]; fp32_contents: number[] } }[];
  expect([...output!.contents.fp32_contents, ...output!.contents.fp64_contents]).toEqual(http.outputs[0]!.data);
  const parameters = answer["parameters"] as Record<string, { string_param: string }>;
  expect(parameters["variant"]!.string_param).toBe(http.parameters["variant"]);
  const events = loggedEvents(`${gateway.folder}/predictions`).filter((event) => event["unit"] === "u7");
  expect(events.map((event) => event["door"])).toEqual(["v2", "grpc"]);
  expect(events[1]!["request"]).toBe(parameters["prediction_id"]!.string_param);
});

test("the server says that it is live and ready, and what it and its models are", async () => {
  expect(await ask(client, "ServerLive", {})).toEqual({ live: true });
  expect(await ask(client, "ServerReady", {})).toEqual({ ready: true });
  expect(await ask(client, "ModelReady", { name: "line", version: "1" })).toEqual({ ready: true });
  expect(await ask(client, "ServerMetadata", {})).toMatchObject({ name: "umpire", version: "0.0.0-test" });
  const metadata = await ask(client, "ModelMetadata", { name: "echo" });
  expect(metadata).toMatchObject({ name: "echo", versions: ["1"], platform: "onnxruntime_onnx" });
  expect(metadata["inputs"]).toContainEqual({ name: "in_INT64", datatype: "INT64", shape: ["-1", "2"] });
  const index = await ask(client, "RepositoryIndex", {});
  expect(index["models"]).toContainEqual({ name: "line", version: "1", state: "READY", reason: "" });
});

const mistakes: readonly [string, string, object, number, RegExp][] = [
  ["a model that there is not", "ModelInfer", { ...rawRequest(), model_name: "gone" }, 5, /no model "gone"/],
  ["a version that there is not", "ModelReady", { name: "line", version: "9" }, 5, /no version "9"/],
  ["no inputs", "ModelInfer", { model_name: "line" }, 3, /at least one/],
  [
    "a datatype that there is not",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "FP8", shape: [1] }] },
    3,
    /datatype "FP8"/,
  ],
  [
    "elements in the field of another type",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "FP32", shape: [1], contents: { int_contents: [1] } }] },
    3,
    /fp32_contents, not in int_contents/,
  ],
  [
    "too few elements",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "FP32", shape: [2], contents: { fp32_contents: [1] } }] },
    3,
    /has 1 elements; its shape says 2/,
  ],
  [
    "an element beyond its type",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "INT8", shape: [1], contents: { int_contents: [300] } }] },
    3,
    /element 1 is 300, which is no INT8/,
  ],
  [
    "a size below zero",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "INT8", shape: [-1] }] },
    3,
    /-1/,
  ],
  [
    "raw bytes for some inputs only",
    "ModelInfer",
    { ...rawRequest(), raw_input_contents: [raw.BOOL] },
    3,
    /13 inputs and 1 raw_input_contents/,
  ],
  ["an output that there is not", "ModelInfer", rawRequest({ outputs: [{ name: "gone" }] }), 3, /no output "gone"/],
  [
    "a shape too large for memory",
    "ModelInfer",
    { model_name: "line", inputs: [{ name: "x", datatype: "FP32", shape: [1_000_000, 1_000_000] }] },
    8,
    /more than/,
  ],
];

for (const [what, method, request, code, words] of mistakes) {
  test(`${what} is refused with status ${code} and says so`, async () => {
    await expect(ask(client, method, request)).rejects.toMatchObject({
      code,
      details: expect.stringMatching(words) as string,
    });
  });
}

test("bytes that are no message are the client's mistake, and the next call is answered", async () => {
  const bodies = [
    Buffer.from([0x0a, 0xff]),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x2a, 0x02, 0x0a, 0x7f]),
    Buffer.from([0x0a, 0x02, 0xc3, 0x28]),
    Buffer.alloc(50_000, 0x0b),
  ];
  for (const body of bodies) await expect(askRaw(client, "ModelInfer", body)).rejects.toMatchObject({ code: 3 });
  expect(await ask(client, "ServerLive", {})).toEqual({ live: true });
});

test("a message beyond the limit is refused", async () => {
  await expect(askRaw(client, "ModelInfer", Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject({ code: 8 });
});

test("with keys, calls without one are refused, and readiness is not asked for one", async () => {
  const keys = new KeyRing([{ name: "app", role: "viewer", sha256: createHash("sha256").update("k1").digest("hex") }]);
  const locked = await openTestGateway({ models: [line], keys });
  const other = connect(locked.grpcAddress);
  const request = {
    model_name: "line",
    inputs: [{ name: "x", datatype: "FP32", shape: [1], contents: { fp32_contents: [1] } }],
  };
  try {
    expect(await ask(other, "ServerReady", {})).toEqual({ ready: true });
    await expect(ask(other, "ModelInfer", request)).rejects.toMatchObject({ code: 16 });
    const metadata = new grpc.Metadata();
    metadata.set("authorization", "Bearer k1");
    expect(await ask(other, "ModelInfer", request, metadata)).toMatchObject({ model_name: "line" });
  } finally {
    other.close();
    await locked.close();
  }
});

test("nothing that was asked here was called a bug", () => {
  expect(gateway.bugs).toEqual([]);
});
