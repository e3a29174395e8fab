import { createHash } from "node:crypto";
import type { Answer, PredictOptions, ServingModel, UrlServingSource } from "../../app/ports/serving-runtime.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { decodeRecords } from "../../core/serving/decode-records.ts";
import type { InputColumns } from "../../core/serving/record-encoder.ts";
import type { Tensor } from "../../core/serving/tensor.ts";
import { plainAddress } from "./remote-address.ts";
import type { RemoteHttp } from "./remote-http.ts";

/** Asks a server that takes records; the answers in their order: a number, a text, or the numbers of all classes. */
export type AskRecords = (
  records: readonly FeatureRecord[],
  signal: AbortSignal | undefined,
) => Promise<readonly (number | string | readonly number[])[]>;

/** A model behind a server that takes records and not tensors. */
export function recordModel(
  kind: "mlflow" | "json",
  url: URL,
  http: RemoteHttp,
  source: UrlServingSource,
  ask: AskRecords,
): ServingModel {
  const features = source.features ?? [];
  const plan = (tensors: readonly Tensor[]): InputColumns[] =>
    tensors.map((tensor) => {
      const width = tensor.shape[1] ?? 1;
      const wide = tensors.length === 1 && width === features.length && width > 1;
      return {
        input: tensor.name,
        datatype: tensor.datatype,
        tail: [width],
        columns: wide ? features : width === 1 ? [tensor.name] : null,
      };
    });
  const decode = (tensors: readonly Tensor[]): readonly FeatureRecord[] | null => decodeRecords(plan(tensors), tensors);
  return {
    kind,
    platform: kind === "mlflow" ? "mlflow_pyfunc" : "json_http",
    digest: createHash("sha256")
      .update(JSON.stringify([kind, plainAddress(url), source.request, source.response]))
      .digest("hex"),
    inputs: features.map((name) => ({ name, datatype: "FP64", shape: [-1, 1] })),
    outputs: [{ name: "prediction", datatype: "FP64", shape: [-1, 1] }],
    score: {
      output: "prediction",
      column: typeof source.class === "number" ? source.class : null,
      ...(source.task === "regression" ? { isVector: true } : {}),
    },
    columns: features,
    placement: `remote: ${kind === "mlflow" ? "MLflow" : "JSON"} at ${url.host}`,
    encode: (records) =>
      features.map((name) => ({
        name,
        datatype: "FP64",
        shape: [records.length, 1],
        data: Float64Array.from(records, (record) => Number(record[name] ?? Number.NaN)),
      })),
    decode,
    predict: async (rows, { signal }: PredictOptions) => {
      const records = rows.records ?? decode(rows.tensors ?? []);
      if (records === null)
        throw new RequestFailure("the model takes columns by name, and the tensors do not hold such");
      const kept = features.length === 0 ? records : records.map((record) => only(record, features));
      return toAnswer(await ask(kept, signal), records.length, source);
    },
    close: async () => http.close(),
  };
}

function only(record: FeatureRecord, names: readonly string[]): FeatureRecord {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}

/** @throws Error where the answer is no answer for these rows: the server lies */
function toAnswer(
  values: readonly (number | string | readonly number[])[],
  rows: number,
  { class: wanted, task }: Pick<UrlServingSource, "class" | "task">,
): Answer {
  if (values.length !== rows) throw new Error(`the server answered ${values.length} predictions for ${rows} records`);
  const first = values[0];
  if (typeof first === "string") {
    const texts = values.map(String);
    const output: Tensor = { name: "prediction", datatype: "BYTES", shape: [rows, 1], data: texts };
    return { outputs: [output], scores: new Float64Array(rows).fill(Number.NaN), width: 1, texts };
  }
  const all = Array.isArray(first) ? first.length : 1;
  const column = all === 1 ? 0 : typeof wanted === "number" ? wanted : all === 2 && task !== "regression" ? 1 : null;
  const width = column === null ? all : 1;
  const scores = new Float64Array(rows * width);
  for (const [row, value] of values.entries()) {
    const numbers = typeof value === "object" ? value : [Number(value)];
    if (numbers.length !== all)
      throw new Error(`prediction ${row + 1} has ${numbers.length} numbers, the first has ${all}`);
    if (column === null) scores.set(numbers, row * width);
    else scores[row] = numbers[column] ?? Number.NaN;
  }
  return { outputs: [{ name: "prediction", datatype: "FP64", shape: [rows, width], data: scores }], scores, width };
}
