import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedData } from "../shared-data.ts";
import { startGateway, type TestGateway } from "./running-gateway.ts";

interface Golden {
  readonly inputs: Readonly<
    Record<string, { readonly dtype: string; readonly shape: number[]; readonly data: (number | string | null)[][] }>
  >;
  readonly outputs: Readonly<Record<string, { readonly data: number[][] }>>;
  readonly features: readonly string[] | { readonly inputs_by_name: readonly string[] };
}

const models = [
  ["movies", "champion", "variable", 0, 1e-5],
  ["income", "champion_logreg", "probabilities", 1, 1e-5],
  ["rides", "champion_xgb", "variable", 0, 1e-2],
  ["stream", "champion_v1", "probabilities", 1, 1e-5],
  ["text", "champion_tfidf", "probabilities", 1, 1e-5],
] as const;

const present = models.every(([set, name]) => sharedData(`${set}/models/${name}.onnx`) !== null);
const datatype: Readonly<Record<string, string>> = { float32: "FP32", string: "BYTES", int64: "INT64" };
let gateway: TestGateway;

beforeAll(async () => {
  if (!present) return;
  const lines = models.map(
    ([set, name]) =>
      `    ${set}: { versions: { v1: { onnx: ${sharedData(`${set}/models/${name}.onnx`)} }, nothing: { constant: 0 } }, fallback: [nothing] }`,
  );
  gateway = await startGateway(`gateway:\n  log: { rotate: false }\n  models:\n${lines.join("\n")}\n`);
});
afterAll(() => gateway?.stop());

function goldenOf(set: string, name: string) {
  return JSON.parse(readFileSync(sharedData(`${set}/models/${name}.golden.json`)!, "utf8")) as Golden;
}

/** Bytes of one input as the protocol writes them. */
function binaryOf({ dtype, data }: Golden["inputs"][string]): Buffer {
  const flat = data.flat();
  if (dtype === "string") {
    return Buffer.concat(
      flat.map((text) => {
        const bytes = Buffer.from(String(text));
        const head = Buffer.alloc(4);
        head.writeUInt32LE(bytes.length);
        return Buffer.concat([head, bytes]);
      }),
    );
  }
  return Buffer.from(Float32Array.from(flat, (value) => (value === null ? Number.NaN : Number(value))).buffer);
}

for (const [set, name, output, column, tolerance] of models) {
  test.skipIf(!present)(
    `the golden rows of ${set} are answered alike by V2 in JSON and binary, records and MLflow's forms`,
    async () => {
      const golden = goldenOf(set, name);
      const expected = golden.outputs[output]!.data.map((row) => row[column]!);
      const check = (scores: readonly number[]): void => {
        expect(scores.length).toBe(expected.length);
        for (const [i, value] of expected.entries())
          expect(Math.abs(scores[i]! - value)).toBeLessThanOrEqual(tolerance);
      };
      const entries = Object.entries(golden.inputs);
      const rows = expected.length;

      const inputs = entries.map(([input, { dtype, shape, data }]) => ({
        name: input,
        shape,
        datatype: datatype[dtype],
        data,
      }));
      const json = await gateway.post(`/v2/models/${set}/infer`, { id: "mine", inputs, outputs: [{ name: output }] });
      const answer = json.body as {
        id: string;
        model_version: string;
        outputs: { name: string; shape: number[]; data: number[] }[];
      };
      expect([json.status, answer.id, answer.model_version, answer.outputs.length]).toEqual([200, "mine", "v1", 1]);
      const width = answer.outputs[0]!.data.length / rows;
      check(expected.map((_, i) => answer.outputs[0]!.data[i * width + column]!));

      const parts = entries.map(([, tensor]) => binaryOf(tensor));
      const head = Buffer.from(
        JSON.stringify({
          inputs: entries.map(([input, { dtype, shape }], i) => ({
            name: input,
            shape,
            datatype: datatype[dtype],
            parameters: { binary_data_size: parts[i]!.length },
          })),
          outputs: [{ name: output, parameters: { binary_data: true } }],
        }),
      );
      const binary = await gateway.post(`/v2/models/${set}/versions/v1/infer`, Buffer.concat([head, ...parts]), {
        "inference-header-content-length": String(head.length),
      });
      const length = Number(binary.headers.get("inference-header-content-length"));
      const bytes = Buffer.from((binary.body as Uint8Array).subarray(length));
      check(expected.map((_, i) => bytes.readFloatLE(4 * (i * width + column))));

      const features = Array.isArray(golden.features) ? (golden.features as readonly string[]) : null;
      const records = expected.map((_, row) =>
        features === null
          ? Object.fromEntries(entries.map(([input, { data }]) => [input, data[row]![0]]))
          : Object.fromEntries(features.map((feature, i) => [feature, entries[0]![1].data[row]![i]])),
      );
      const many = await gateway.post(`/v1/models/${set}/predict`, { records });
      check((many.body as { predictions: { prediction: number }[] }).predictions.map((row) => row.prediction));
      const one = await gateway.post(`/v1/models/${set}/predict`, records[0]);
      expect((one.body as { prediction: number }).prediction).toBeCloseTo(expected[0]!, 1);

      const columns = Object.keys(records[0]!);
      const forms = [
        { dataframe_records: records },
        { dataframe_split: { columns, data: records.map((record) => columns.map((key) => record[key])) } },
        { instances: records },
        { inputs: Object.fromEntries(columns.map((key) => [key, records.map((record) => record[key])])) },
      ];
      for (const form of forms) {
        const invoked = await gateway.post(`/v1/models/${set}/invocations`, form);
        check((invoked.body as { predictions: number[] }).predictions);
      }
      expect(gateway.bugs).toEqual([]);
    },
  );
}
