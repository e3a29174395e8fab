import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesToTensor } from "../../../src/core/serving/tensor-bytes.ts";
import { type Datatype, datatypes } from "../../../src/core/serving/tensor.ts";
import { openTestGateway, type TestGateway } from "../open-test-gateway.ts";
import { type Answered, petsRequest, protocolModels, send } from "./protocol-gateway.ts";

/** Open Inference Protocol V2, "Tensor Data" and "Tensor Data Types", and Triton's binary tensor data extension. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({ models: protocolModels() });
});
afterAll(() => gateway.close());

/** Two elements of each datatype as JSON writes them, the extremes among them. */
const extremes: Readonly<Record<Datatype, string>> = {
  BOOL: "[true,false]",
  UINT8: "[255,0]",
  UINT16: "[65535,1]",
  UINT32: "[4294967295,1]",
  UINT64: "[18446744073709551615,9007199254740993]",
  INT8: "[-128,127]",
  INT16: "[-32768,32767]",
  INT32: "[-2147483648,2147483647]",
  INT64: "[-9223372036854775808,9007199254740993]",
  FP16: "[65504,-0.25]",
  FP32: "[3.4028234663852886e+38,-0.25]",
  FP64: "[1e+300,0.1]",
  BYTES: '["Zoë 😀",""]',
};

const echoBody = (own: Partial<Record<Datatype, string>> = {}): string =>
  `{"inputs":[${datatypes.map((type) => `{"name":"in_${type}","datatype":"${type}","shape":[1,2],"data":${own[type] ?? extremes[type]}}`).join(",")}]}`;

const post = (model: string, body: object | string, headers?: Readonly<Record<string, string>>): Promise<Answered> =>
  send(gateway.address, "POST", `/v2/models/${model}/infer`, body, headers);

/** The text of one output's data, digit by digit. */
const dataOf = (answer: Answered, type: Datatype): string =>
  new RegExp(`"name":"out_${type}"[^}]*"data":(\\[[^\\]]*\\])`).exec(answer.bytes.toString())?.[1] ??
  answer.bytes.toString();

describe("JSON elements", () => {
  test.each(datatypes)("%s comes back digit by digit, extremes included", async (type) => {
    expect(dataOf(await post("echo", echoBody()), type)).toBe(extremes[type]);
  });

  test.each<[Datatype, string, string]>([
    ["BOOL", "[1,0]", "[true,false]"],
    ["INT64", "[1.0,2e3]", "[1,2000]"],
    ["FP64", "[9007199254740993,1]", "[9007199254740992,1]"],
  ])("%s takes %s", async (type, given, kept) => {
    expect(dataOf(await post("echo", echoBody({ [type]: given })), type)).toBe(kept);
  });

  test.each<[Datatype, string]>([
    ["UINT64", "[18446744073709551616,0]"],
    ["UINT64", "[-1,0]"],
    ["INT64", "[9223372036854775808,0]"],
    ["INT64", "[1.5,0]"],
    ["INT64", '["1",0]'],
    ["INT8", "[128,0]"],
    ["BOOL", "[2,0]"],
    ["BOOL", '["true",false]'],
    ["FP16", "[65520,0]"],
    ["FP32", "[1e39,0]"],
    ["FP32", "[true,0]"],
    ["FP64", '["0.5",0]'],
    ["BYTES", "[1,2]"],
    ["BYTES", '["cut\\u0000off",""]'],
  ])("%s refuses %s: a value that would silently become another", async (type, given) => {
    const answer = await post("echo", echoBody({ [type]: given }));
    expect([answer.status, answer.bytes.toString()]).toEqual([400, expect.stringContaining(`in_${type}`)]);
  });
});

describe('"natural multi-dimensional representation, or … flattened one-dimensional"', () => {
  const shape = [2, 3];
  test.each([
    ["flat", [1, 2, 3, 4, 5, 6]],
    [
      "natural",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      "one list around",
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    ],
    ["one list of all", [[1, 2, 3, 4, 5, 6]]],
  ])("%s is taken", async (_what, data) => {
    const flat = await post("pets", petsRequest({ shape, data: [1, 2, 3, 4, 5, 6] }));
    const answer = await post("pets", petsRequest({ shape, data }));
    expect([answer.status, answer.body["outputs"]]).toEqual([200, flat.body["outputs"]]);
  });

  test.each([
    [
      "rows of different length",
      [
        [1, 2, 3, 4],
        [5, 6],
      ],
    ],
    [
      "the other way round",
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    ["lists among numbers", [1, 2, [3, 4, 5, 6]]],
    ["numbers among lists", [[1, 2, 3], 4, 5, 6]],
    [
      "a row too deep",
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
    ],
  ])("%s is refused: its elements would land in other places", async (_what, data) => {
    const answer = await post("pets", petsRequest({ shape, data }));
    expect([answer.status, answer.bytes.toString()]).toEqual([400, expect.stringContaining("`data`")]);
  });
});

describe('binary tensor data: "the JSON … followed by the binary tensor data"', () => {
  const floats = Buffer.from(Float32Array.of(0.1, 0.2, 0.3).buffer);
  const description = (size: unknown = 12, more: object = {}): object => ({
    inputs: [{ name: "x", shape: [1, 3], datatype: "FP32", parameters: { binary_data_size: size } }],
    ...more,
  });
  const binary = (document: object, bytes: Buffer, length?: string, headers: Record<string, string> = {}) => {
    const json = Buffer.from(JSON.stringify(document));
    const own = { "inference-header-content-length": length ?? String(json.length), ...headers };
    return post("pets", Buffer.concat([json, bytes]), own);
  };

  test("gives the same answer as JSON, under any content type, packed or not", async () => {
    const json = await post("pets", petsRequest({ data: [0.1, 0.2, 0.3].map(Math.fround) }));
    for (const type of ["application/octet-stream", "application/json", "text/plain"]) {
      const answer = await binary(description(), floats, undefined, { "content-type": type });
      expect(answer.body["outputs"]).toEqual(json.body["outputs"]);
    }
    const head = Buffer.from(JSON.stringify(description()));
    const packed = await post("pets", gzipSync(Buffer.concat([head, floats])), {
      "content-encoding": "gzip",
      "inference-header-content-length": String(head.length),
    });
    expect(packed.body["outputs"]).toEqual(json.body["outputs"]);
  });

  test("every datatype goes in and comes out as the same bytes, binary and JSON inputs mixed", async () => {
    const bytes: Partial<Record<Datatype, Buffer>> = {
      FP16: Buffer.from(Uint16Array.of(0x7bff, 0xb400).buffer),
      BOOL: Buffer.from([1, 0]),
      INT64: Buffer.from(BigInt64Array.of(-9_223_372_036_854_775_808n, 7n).buffer),
      BYTES: Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from("Zoë"), Buffer.from([0, 0, 0, 0])]),
    };
    const inputs = datatypes.map((datatype) => {
      const own = bytes[datatype];
      const content =
        own === undefined
          ? { data: JSON.parse(extremes[datatype]) as unknown }
          : { parameters: { binary_data_size: own.length } };
      return { name: `in_${datatype}`, datatype, shape: [1, 2], ...content };
    });
    const outputs = datatypes.map((datatype) => ({ name: `out_${datatype}` }));
    // UINT64's extreme would lose its last digits in JSON.parse.
    inputs.find((input) => input.datatype === "UINT64")!["data" as "name"] = [1, 2] as never;
    const head = Buffer.from(JSON.stringify({ inputs, outputs, parameters: { binary_data_output: true } }));
    const body = Buffer.concat([head, ...datatypes.flatMap((datatype) => bytes[datatype] ?? [])]);
    const answer = await post("echo", body, { "inference-header-content-length": String(head.length) });
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    const length = Number(answer.headers.get("inference-header-content-length"));
    const document = JSON.parse(answer.bytes.subarray(0, length).toString()) as {
      outputs: { name: string; datatype: Datatype; parameters: { binary_data_size: number }; data?: unknown }[];
    };
    let at = length;
    for (const { datatype, parameters, data } of document.outputs) {
      expect(data).toBeUndefined();
      const part = answer.bytes.subarray(at, (at += parameters.binary_data_size));
      const own = bytes[datatype];
      if (own === undefined) expect(bytesToTensor(datatype, datatype, 2, part)).toHaveLength(2);
      else expect(part, datatype).toEqual(own);
    }
    expect(at).toBe(answer.bytes.length);
  });

  test("`binary_data` of one output overrides `binary_data_output` of the request, both ways", async () => {
    const outputs = [{ name: "label", parameters: { binary_data: false } }, { name: "probabilities" }];
    const some = await post("pets", petsRequest({}, { outputs, parameters: { binary_data_output: true } }));
    const length = Number(some.headers.get("inference-header-content-length"));
    const [label, probabilities] = (JSON.parse(some.bytes.subarray(0, length).toString()) as { outputs: object[] })
      .outputs;
    expect(label).toMatchObject({ data: [expect.any(String)] });
    expect(probabilities).toMatchObject({ parameters: { binary_data_size: 12 } });
    expect(some.bytes.length).toBe(length + 12);
    const one = [{ name: "label", parameters: { binary_data: true } }, { name: "probabilities" }];
    expect((await post("pets", petsRequest({}, { outputs: one }))).headers.get("content-type")).toBe(
      "application/octet-stream",
    );
  });

  test("without a binary output the answer is plain JSON, without the header", async () => {
    const answer = await binary(description(), floats);
    expect(answer.headers.get("inference-header-content-length")).toBeNull();
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test.each<[string, object, Buffer, string | undefined, RegExp]>([
    ["bytes left over", description(), Buffer.alloc(13), undefined, /1 bytes follow the last input/],
    ["too few bytes", description(), Buffer.alloc(4), undefined, /binary_data_size is 12 and 4 bytes follow/],
    [
      "a size that does not fit the shape",
      description(4),
      Buffer.alloc(4),
      undefined,
      /has 4 bytes; its shape and datatype need 12/,
    ],
    ["a size that is no number", description("12"), floats, undefined, /binary_data_size is 12/],
    ["a size below zero", description(-1), floats, undefined, /binary_data_size is -1/],
    ["data as well", petsRequest({ parameters: { binary_data_size: 12 } }), floats, undefined, /both `data` and/],
    ["a header that is no number", description(), floats, "abc", /Inference-Header-Content-Length is abc/],
    ["a header in hexadecimal", description(), floats, "0x10", /Inference-Header-Content-Length is 0x10/],
    ["a header that is empty", description(), floats, "", /Inference-Header-Content-Length is /],
    ["a header below zero", description(), floats, "-1", /Inference-Header-Content-Length is -1/],
    ["a header beyond the body", description(), floats, "99999", /Inference-Header-Content-Length is 99999/],
    ["a header that cuts the JSON", description(), floats, "10", /not JSON/],
  ])("%s is refused with words", async (_what, document, bytes, length, words) => {
    const answer = await binary(document, bytes, length);
    expect([answer.status, answer.body["error"]]).toEqual([400, expect.stringMatching(words)]);
  });

  test("the bytes without the header are refused", async () => {
    const head = Buffer.from(JSON.stringify(description()));
    expect((await post("pets", Buffer.concat([head, floats]))).status).toBe(400);
  });

  test("a header of 0 announces a raw request: the body is the only input, and all outputs come binary", async () => {
    const raw = { "inference-header-content-length": "0" };
    const answer = await post("pets", Buffer.concat([floats, floats]), raw);
    const length = Number(answer.headers.get("inference-header-content-length"));
    expect(JSON.parse(answer.bytes.subarray(0, length).toString())).toMatchObject({
      outputs: [
        { name: "label", shape: [2] },
        { name: "probabilities", shape: [2, 3], parameters: { binary_data_size: 24 } },
      ],
    });
    expect(await post("pets", Buffer.alloc(13), raw)).toMatchObject({ status: 400 });
    expect(await post("echo", floats, raw)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("models with one input") as string },
    });
  });
});

test("nothing that was asked here was called a bug", () => {
  expect(gateway.bugs).toEqual([]);
});
