import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import fc from "fast-check";
import { expect, test } from "vitest";
import { usualLimits } from "../../../app/serving/gateway-limits.ts";
import { RequestFailure } from "../../../core/serving/feature-record.ts";
import { readInferRequest, writeInferResponse } from "./infer-messages.ts";

const proto = fileURLToPath(new URL("../../../../schemas/open-inference.proto", import.meta.url));
const service = loadSync(proto, { keepCase: true, longs: String, defaults: true, oneofs: true })[
  "inference.GRPCInferenceService"
] as ServiceDefinition;
const infer = service["ModelInfer"] as MethodDefinition<object, object, object, Record<string, unknown>>;

/** Elements of each type in the field that the protocol gives it, with the extremes of the type. */
const typed: readonly [string, string, readonly unknown[], ArrayLike<unknown>][] = [
  ["BOOL", "bool_contents", [true, false], Uint8Array.of(1, 0)],
  ["UINT8", "uint_contents", [255, 0], Uint8Array.of(255, 0)],
  ["UINT16", "uint_contents", [65_535, 0], Uint16Array.of(65_535, 0)],
  ["UINT32", "uint_contents", [4_294_967_295, 0], Uint32Array.of(4_294_967_295, 0)],
  ["UINT64", "uint64_contents", ["18446744073709551615", "0"], BigUint64Array.of(18_446_744_073_709_551_615n, 0n)],
  ["INT8", "int_contents", [-128, 127], Int8Array.of(-128, 127)],
  ["INT16", "int_contents", [-32_768, 32_767], Int16Array.of(-32_768, 32_767)],
  ["INT32", "int_contents", [-2_147_483_648, 2_147_483_647], Int32Array.of(-2_147_483_648, 2_147_483_647)],
  ["INT64", "int64_contents", ["-9223372036854775808", "1"], BigInt64Array.of(-9_223_372_036_854_775_808n, 1n)],
  ["FP32", "fp32_contents", [1.5, -0.25], Float32Array.of(1.5, -0.25)],
  ["FP64", "fp64_contents", [1e300, -1e-300], Float64Array.of(1e300, -1e-300)],
  [
    "BYTES",
    "bytes_contents",
    [Buffer.from("Zoë"), Buffer.from([0xff, 0, 0xfe])],
    ["Zoë", Uint8Array.of(0xff, 0, 0xfe)],
  ],
];

for (const [datatype, field, elements, data] of typed) {
  test(`${datatype} elements are read and written as another implementation of the wire does`, () => {
    const bytes = infer.requestSerialize({
      model_name: "m",
      inputs: [{ name: "x", datatype, shape: [1, 2], contents: { [field]: elements } }],
    });
    const { tensors, raw } = readInferRequest(bytes, usualLimits);
    expect(raw).toBe(false);
    expect(tensors).toEqual([{ name: "x", datatype, shape: [1, 2], data }]);
    const answer = infer.responseDeserialize(
      Buffer.from(
        writeInferResponse({
          modelName: "m",
          modelVersion: "1",
          id: "i",
          parameters: { cohort: "all", logged: false },
          outputs: tensors,
          raw: false,
        }),
      ),
    );
    expect(answer).toMatchObject({
      model_name: "m",
      id: "i",
      parameters: { cohort: { string_param: "all" }, logged: { bool_param: false } },
      outputs: [{ name: "x", datatype, shape: ["1", "2"], contents: { [field]: elements } }],
      raw_output_contents: [],
    });
  });
}

test("parameters of every kind are read, and a key named __proto__ is a key", () => {
  const bytes = infer.requestSerialize({
    model_name: "m",
    inputs: [{ name: "x", datatype: "INT8", shape: [0] }],
    parameters: {
      a: { bool_param: true },
      b: { int64_param: "-7" },
      c: { string_param: "text" },
      d: { double_param: 0.5 },
      e: { uint64_param: "18446744073709551615" },
      ["__proto__"]: { string_param: "p" },
    },
  });
  const { parameters } = readInferRequest(bytes, usualLimits);
  expect(new Map(Object.entries(parameters))).toEqual(
    new Map<string, unknown>([
      ["a", true],
      ["b", -7],
      ["c", "text"],
      ["d", 0.5],
      ["e", 18_446_744_073_709_551_615n],
      ["__proto__", "p"],
    ]),
  );
});

test("whatever the bytes, they are read or refused as the client's mistake", () => {
  const good = infer.requestSerialize({
    model_name: "m",
    inputs: [{ name: "x", datatype: "FP32", shape: [2], contents: { fp32_contents: [1, 2] } }],
    parameters: { a: { string_param: "b" } },
  });
  const cutOrChanged = fc
    .tuple(fc.nat(good.length), fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }))
    .map(([length, changes]) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, length);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cutOrChanged), (bytes) => {
      try {
        readInferRequest(bytes, usualLimits);
      } catch (error) {
        expect(error).toBeInstanceOf(RequestFailure);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
});
