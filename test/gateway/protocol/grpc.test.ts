import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Datatype, datatypes } from "../../../src/core/serving/tensor.ts";
import { modelConfig, openTestGateway, type TestGateway } from "../open-test-gateway.ts";
import { protocolModels, remoteServer } from "./protocol-gateway.ts";

/** Open Inference Protocol V2, inference_grpc.md and open_inference_grpc.proto. Quotes are their own. */
type Done = (error: grpc.ServiceError | null, answer: Record<string, unknown>) => void;
type Method = (request: object, metadata: grpc.Metadata, options: grpc.CallOptions, done: Done) => grpc.ClientUnaryCall;
type Client = grpc.Client & Readonly<Record<string, Method>>;

const proto = fileURLToPath(new URL("../../../schemas/open-inference.proto", import.meta.url));
const definition = grpc.loadPackageDefinition(
  loadSync(proto, { keepCase: true, longs: String, defaults: true, oneofs: true }),
) as unknown as { inference: { GRPCInferenceService: new (address: string, c: grpc.ChannelCredentials) => Client } };

const connect = (address: string): Client =>
  new definition.inference.GRPCInferenceService(address, grpc.credentials.createInsecure());

let gateway: TestGateway;
let client: Client;
beforeAll(async () => {
  gateway = await openTestGateway({ models: protocolModels(), limits: { body: 1024 * 1024 } });
  client = connect(gateway.grpcAddress);
});
afterAll(async () => {
  client.close();
  await gateway.close();
});

type Answer = Record<string, unknown>;

function ask(method: string, request: object, options: grpc.CallOptions = {}, own = client): Promise<Answer> {
  return new Promise((resolve, reject) => {
    own[method]!(request, new grpc.Metadata(), options, (error, answer) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
}

const floats = Buffer.from(Float32Array.of(0.1, 0.2, 0.3).buffer);
const x = { name: "x", datatype: "FP32", shape: [1, 3] };
const pets = (more: object = {}): object => ({
  model_name: "pets",
  inputs: [x],
  raw_input_contents: [floats],
  ...more,
});
const refused = (code: grpc.status, words: RegExp): object => ({
  code,
  details: expect.stringMatching(words) as string,
});

describe("health and metadata", () => {
  test("a version whose server is away is not ready; its model is, since another version stands in", async () => {
    expect(await ask("ModelReady", { name: "late", version: "1" })).toEqual({ ready: false });
    expect(await ask("ModelReady", { name: "late" })).toEqual({ ready: true });
  });

  test('"other codes indicate failure": an unknown model is NOT_FOUND, one that was never reached UNAVAILABLE', async () => {
    await expect(ask("ModelReady", { name: "none" })).rejects.toMatchObject(refused(grpc.status.NOT_FOUND, /"none"/));
    await expect(ask("ModelMetadata", { name: "late" })).rejects.toMatchObject(
      refused(grpc.status.UNAVAILABLE, /never reached/),
    );
  });

  test("the repository's index lists states, or only what is ready; loading is refused with what to do instead", async () => {
    const all = (await ask("RepositoryIndex", {}))["models"] as { name: string; state: string }[];
    expect(all).toContainEqual(expect.objectContaining({ name: "late", version: "1", state: "UNAVAILABLE" }));
    const ready = (await ask("RepositoryIndex", { ready: true }))["models"] as unknown[];
    expect(ready).toHaveLength(all.length - 1);
    const load = callRaw("/inference.GRPCInferenceService/RepositoryModelLoad", Buffer.alloc(0));
    await expect(load).rejects.toMatchObject(refused(grpc.status.INVALID_ARGUMENT, /umpire models register/));
  });
});

describe("ModelInfer", () => {
  test('"if specified will be returned in the response": the id', async () => {
    expect((await ask("ModelInfer", pets({ id: "é 42" })))["id"]).toBe("é 42");
  });

  test("a model's version, its outputs by name and in order, as the request names them", async () => {
    const outputs = [{ name: "probabilities" }, { name: "label" }];
    const answer = await ask("ModelInfer", pets({ model_version: "2", outputs }));
    expect(answer["model_version"]).toBe("2");
    expect((answer["outputs"] as { name: string }[]).map((output) => output.name)).toEqual(["probabilities", "label"]);
  });

  const elements: Partial<Record<Datatype, object>> = {
    BOOL: { bool_contents: [true, false] },
    UINT8: { uint_contents: [255, 0] },
    UINT16: { uint_contents: [65_535, 0] },
    UINT32: { uint_contents: [4_294_967_295, 0] },
    UINT64: { uint64_contents: ["18446744073709551615", "9007199254740993"] },
    INT8: { int_contents: [-128, 127] },
    INT16: { int_contents: [-32_768, 1] },
    INT32: { int_contents: [-2_147_483_648, 1] },
    INT64: { int64_contents: ["-9223372036854775808", "9007199254740993"] },
    FP32: { fp32_contents: [1.5, -0.25] },
    FP64: { fp64_contents: [1e300, 0.1] },
    BYTES: { bytes_contents: [Buffer.from("Zoë"), Buffer.alloc(0)] },
  };
  const typed = (own: Partial<Record<Datatype, object>> = {}): object[] =>
    datatypes.map((datatype) => ({
      name: `in_${datatype}`,
      datatype,
      shape: [1, 2],
      contents: { ...elements, ...own }[datatype],
    }));

  test('"FP16 … must be represented as raw content": typed contents of it are refused', async () => {
    const request = { model_name: "echo", inputs: typed({ FP16: { fp32_contents: [1, 2] } }) };
    await expect(ask("ModelInfer", request)).rejects.toMatchObject(
      refused(grpc.status.INVALID_ARGUMENT, /in_FP16.*raw_input_contents only/),
    );
  });

  test.each<[string, object, RegExp]>([
    [
      '"this field must not be specified if raw": both',
      { inputs: [{ ...x, contents: { fp32_contents: [1, 2, 3] } }] },
      /both `contents` and/,
    ],
    [
      '"must match what is expected by the tensor\'s shape": too few bytes',
      { raw_input_contents: [floats.subarray(4)] },
      /8 bytes; its shape and datatype need 12/,
    ],
    [
      '"for each tensor in the same order": one too many',
      { raw_input_contents: [floats, floats] },
      /1 inputs and 2 raw_input_contents/,
    ],
    ["no contents at all", { raw_input_contents: [] }, /0 elements; its shape says 3/],
    ["the same input twice", { inputs: [x, x], raw_input_contents: [floats, floats] }, /comes twice/],
    ["no rows", { inputs: [{ ...x, shape: [0, 3] }], raw_input_contents: [Buffer.alloc(0)] }, /no rows/],
    ["another shape than the model's", { inputs: [{ ...x, shape: [3] }] }, /has the shape \[-1,3\] and got \[3\]/],
    [
      "shared memory in",
      { inputs: [{ ...x, parameters: { shared_memory_region: { string_param: "r" } } }] },
      /shared memory is not served/,
    ],
    [
      "shared memory out",
      { outputs: [{ name: "label", parameters: { shared_memory_region: { string_param: "r" } } }] },
      /shared memory is not served/,
    ],
    [
      "classification",
      { outputs: [{ name: "label", parameters: { classification: { int64_param: 2 } } }] },
      /classification extension is not served/,
    ],
    ["an output that there is not", { outputs: [{ name: "none" }] }, /no output "none"/],
    [
      "missing values that the model has no answer to",
      { raw_input_contents: [Buffer.from(Float32Array.of(Number.NaN, 0, 0).buffer)] },
      /NaN or an infinite number/,
    ],
  ])("%s: INVALID_ARGUMENT", async (_what, more, words) => {
    await expect(ask("ModelInfer", pets(more))).rejects.toMatchObject(refused(grpc.status.INVALID_ARGUMENT, words));
  });

  test("parameters of any kind reach a remote model, 64-bit integers digit by digit", async () => {
    const spec = [{ name: "x", datatype: "FP64", shape: [-1, 1] }];
    const remote = await remoteServer({ name: "m", platform: "test", inputs: spec, outputs: spec }, () => ({
      outputs: [{ name: "x", datatype: "FP64", shape: [1, 1], data: [1] }],
    }));
    const config = modelConfig("far", [{ version: "1", source: { kind: "url", url: remote.url, trusted: true } }]);
    const other = await openTestGateway({ models: [config] });
    const own = connect(other.grpcAddress);
    try {
      const parameters = {
        big: { uint64_param: "18446744073709551615" },
        flag: { bool_param: false },
        share: { double_param: 0.5 },
      };
      const inputs = [{ name: "x", datatype: "FP64", shape: [1, 1], contents: { fp64_contents: [2] } }];
      await ask("ModelInfer", { model_name: "far", inputs, parameters }, {}, own);
      expect(remote.asked[0]!["text"]).toContain('"parameters":{"big":18446744073709551615,"flag":false,"share":0.5}');
    } finally {
      own.close();
      await other.close();
      remote.server.close();
    }
  });
});

describe("gRPC itself", () => {
  test("a deadline that is over is DEADLINE_EXCEEDED, and the next call is answered", async () => {
    await expect(ask("ModelInfer", pets(), { deadline: Date.now() - 1 })).rejects.toMatchObject({
      code: grpc.status.DEADLINE_EXCEEDED,
    });
    expect(await ask("ModelInfer", pets(), { deadline: Date.now() + 5000 })).toMatchObject({ model_name: "pets" });
  });

  test.each([grpc.compressionAlgorithms.gzip, grpc.compressionAlgorithms.deflate])(
    "messages packed by algorithm %i are read",
    async (algorithm) => {
      const packed = new grpc.Client(gateway.grpcAddress, grpc.credentials.createInsecure(), {
        "grpc.default_compression_algorithm": algorithm,
      });
      const answer = await callRaw("/inference.GRPCInferenceService/ServerLive", Buffer.alloc(0), packed);
      expect([...answer]).toEqual([8, 1]);
      packed.close();
    },
  );

  test("a message beyond the limit is RESOURCE_EXHAUSTED", async () => {
    const path = "/inference.GRPCInferenceService/ModelInfer";
    await expect(callRaw(path, Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject({
      code: grpc.status.RESOURCE_EXHAUSTED,
    });
  });

  test.each(["ModelStreamInfer", "ModelConfig", "SystemSharedMemoryStatus"])(
    "Triton's %s is UNIMPLEMENTED, which its clients understand",
    async (method) => {
      const call = callRaw(`/inference.GRPCInferenceService/${method}`, Buffer.alloc(0));
      await expect(call).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
    },
  );

  test("grpc.health.v1: Check knows the services by name, and NOT_FOUND those that there are not", async () => {
    const named = (name: string): Buffer => Buffer.concat([Buffer.from([10, name.length]), Buffer.from(name)]);
    const check = "/grpc.health.v1.Health/Check";
    expect([...(await callRaw(check, Buffer.alloc(0)))]).toEqual([8, 1]);
    expect([...(await callRaw(check, named("inference.GRPCInferenceService")))]).toEqual([8, 1]);
    await expect(callRaw(check, named("other"))).rejects.toMatchObject({ code: grpc.status.NOT_FOUND });
  });

  test("grpc.health.v1: Watch tells SERVING, and NOT_SERVING when the gateway drains", async () => {
    const other = await openTestGateway({ models: protocolModels().slice(0, 1) });
    const own = new grpc.Client(other.grpcAddress, grpc.credentials.createInsecure());
    const same = (bytes: Buffer): Buffer => bytes;
    const stream = own.makeServerStreamRequest("/grpc.health.v1.Health/Watch", same, same, Buffer.alloc(0));
    const seen: number[] = [];
    stream.on("data", (bytes: Buffer) => seen.push(bytes[1]!));
    const ended = new Promise((resolve) => stream.on("end", resolve));
    await expect.poll(() => seen).toEqual([1]);
    await other.close();
    await ended;
    expect(seen).toEqual([1, 2]);
    own.close();
  });
});

function callRaw(path: string, bytes: Buffer, own: grpc.Client = client): Promise<Buffer> {
  const same = (value: Buffer): Buffer => value;
  return new Promise((resolve, reject) => {
    own.makeUnaryRequest(path, same, same, bytes, (error, answer) =>
      error === null ? resolve(answer!) : reject(error),
    );
  });
}

test("nothing that was asked here was called a bug", () => {
  expect(gateway.bugs).toEqual([]);
});
