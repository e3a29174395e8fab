import { randomUUID } from "node:crypto";
import { createHash } from "node:crypto";
import type { Answer, PredictOptions, Rows, ServingModel, UrlServingSource } from "../../app/ports/serving-runtime.ts";
import { answerOf } from "../../app/serving/answer.ts";
import { Failure } from "../../core/failures.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { decodeRecords } from "../../core/serving/decode-records.ts";
import { type InputColumns, RecordEncoder } from "../../core/serving/record-encoder.ts";
import { isDatatype, type Parameters, type Tensor, type TensorSpec } from "../../core/serving/tensor.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import {
  exactJson,
  hasUnsafeIntegers,
  parseExact,
  readTensor,
  tensorBinary,
  tensorJson,
} from "../../schemas/serving/v2-tensors.ts";
import { plainAddress, shownAddress } from "./remote-address.ts";
import { jsonOf, type RemoteAnswer, type RemoteHttp, RemoteRefusal } from "./remote-http.ts";

const limits = { elements: 16_000_000, tensors: 1000, dimensions: 16 };

/** A model of a server that speaks the Open Inference Protocol (Triton, KServe, MLServer, another gateway). */
export async function openV2Model(url: URL, http: RemoteHttp, source: UrlServingSource): Promise<ServingModel> {
  const signal = AbortSignal.timeout(source.timeoutMilliseconds ?? 5000);
  const path = await modelPath(url, http, source, signal);
  const metadata = asObject(jsonOf(await http.call("GET", path, null, {}, signal)), "the model's metadata");
  const inputs = specs(metadata["inputs"]);
  const outputs = specs(metadata["outputs"]);
  const binary = await speaksBinary(url, http, signal);
  const plan = inputs.map((input): InputColumns => {
    const tail = input.shape.slice(1);
    const single = tail.every((size) => size === 1);
    if (single) return { input: input.name, datatype: input.datatype, tail, columns: [input.name] };
    const width = source.features?.length;
    const wide = inputs.length === 1 && width !== undefined && tail.length === 1;
    return {
      input: input.name,
      datatype: input.datatype,
      tail: wide ? [width] : tail,
      columns: wide ? source.features! : null,
    };
  });
  if (source.features !== undefined && inputs.length === 1 && plan[0]!.columns?.length !== source.features.length) {
    throw new Failure("MODEL", {
      where: shownAddress(url),
      message: `the model's input has the shape [${inputs[0]!.shape.join(",")}], and \`features\` names ${source.features.length}`,
    });
  }
  const encoder = new RecordEncoder(plan, {});
  const score = scoreOf(outputs, url, source);
  return {
    kind: "open-inference",
    platform: String(metadata["platform"] ?? "open-inference"),
    digest: createHash("sha256")
      .update(JSON.stringify([plainAddress(url), metadata]))
      .digest("hex"),
    inputs,
    outputs,
    score,
    columns: plan.flatMap((input) => input.columns ?? []),
    placement: `remote: Open Inference at ${url.host}, ${binary ? "binary" : "JSON"} tensors`,
    encode: (records) => encoder.encode(records),
    decode: (tensors) => decodeRecords(plan, tensors),
    predict: async (rows, options) => {
      const tensors = rows.tensors ?? encoder.encode(rows.records ?? []);
      const outputTensors = await infer(http, path, tensors, rows, options, binary);
      const answer = answerOf(outputTensors, rows.count, score);
      return score.isVector === true ? answer : widthChecked(answer, rows.count);
    },
    close: async () => http.close(),
  };
}

/** `/v2/models/NAME[/versions/V]`: from the address, the source, or the only model that the server lists. */
async function modelPath(url: URL, http: RemoteHttp, source: UrlServingSource, signal: AbortSignal): Promise<string> {
  const found = /^(.*\/v2\/models\/[^/]+(?:\/versions\/[^/]+)?)/.exec(url.pathname)?.[1];
  if (found !== undefined) return found;
  const base = `${url.pathname.replace(/\/(v2\/?)?$/, "")}/v2`;
  const version = source.version === undefined ? "" : `/versions/${encodeURIComponent(source.version)}`;
  if (source.model !== undefined) return `${base}/models/${encodeURIComponent(source.model)}${version}`;
  const index = jsonOf(
    await http.call("POST", `${base}/repository/index`, "{}", { "content-type": "application/json" }, signal),
  );
  const names = [
    ...new Set((Array.isArray(index) ? index : []).map((entry: { name?: unknown }) => String(entry.name))),
  ];
  if (names.length === 1) return `${base}/models/${encodeURIComponent(names[0]!)}${version}`;
  throw new Failure("MODEL", {
    where: shownAddress(url),
    message: `the server holds ${names.length} models`,
    mend: [
      `name one in the address: ${url.origin}${base}/models/${names[0] ?? "NAME"}`,
      ...(names.length > 1 ? [`models: ${names.slice(0, 20).join(", ")}`] : []),
    ],
  });
}

function specs(value: unknown): TensorSpec[] {
  if (!Array.isArray(value)) throw new Error("its metadata lists no tensors");
  return value.map((entry: unknown) => {
    const { name, datatype, shape } = asObject(entry, "each tensor of the metadata");
    if (typeof name !== "string" || !isDatatype(datatype) || !Array.isArray(shape))
      throw new Error("its metadata is not that of the protocol");
    return { name, datatype, shape: shape.map(Number) };
  });
}

async function speaksBinary(url: URL, http: RemoteHttp, signal: AbortSignal): Promise<boolean> {
  try {
    const base = /^(.*\/v2)(\/|$)/.exec(url.pathname)?.[1] ?? "/v2";
    const server = asObject(jsonOf(await http.call("GET", base, null, {}, signal)), "the server's metadata");
    return Array.isArray(server["extensions"]) && server["extensions"].includes("binary_tensor_data");
  } catch {
    return false;
  }
}

function scoreOf(outputs: readonly TensorSpec[], url: URL, source: UrlServingSource): ServingModel["score"] {
  const decimal = outputs.filter((output) => output.datatype.startsWith("FP"));
  const chosen =
    outputs.find((output) => output.name === source.output) ??
    decimal.find((output) => /prob|score|proba|logit/i.test(output.name)) ??
    decimal[0] ??
    outputs[0];
  if (source.output !== undefined && chosen?.name !== source.output) {
    throw new Failure("MODEL", {
      where: shownAddress(url),
      message: `the model has no output "${source.output}"`,
      mend: [`outputs: ${outputs.map((output) => output.name).join(", ")}`],
    });
  }
  const width = chosen?.shape[1] ?? 1;
  const column =
    typeof source.class === "number"
      ? source.class
      : chosen?.shape.length === 1 || width === 1
        ? 0
        : width === 2 && areClasses(chosen, outputs, source)
          ? 1
          : null;
  const isVector = column === null && !areClasses(chosen, outputs, source);
  return { output: chosen?.name ?? "", column, ...(isVector ? { isVector } : {}) };
}

/** Whether several numbers a row are scores of classes: by the task, their name, or a label beside them. */
function areClasses(
  chosen: TensorSpec | undefined,
  outputs: readonly TensorSpec[],
  { task }: UrlServingSource,
): boolean {
  if (task !== undefined && task !== "ranking") return task !== "regression";
  const isLabel = ({ datatype, shape }: TensorSpec): boolean =>
    /^(U?INT|BYTES|BOOL)/.test(datatype) && shape.slice(1).every((size) => size === 1);
  return /prob|logit|softmax|class/i.test(chosen?.name ?? "") || outputs.some(isLabel);
}

/** Declared widths are often -1: two columns are those of a binary model. */
function widthChecked(answer: Answer, rows: number): Answer {
  if (answer.width !== 2 || answer.texts !== undefined) return answer;
  return { ...answer, width: 1, scores: Float64Array.from({ length: rows }, (_, row) => answer.scores[row * 2 + 1]!) };
}

async function infer(
  http: RemoteHttp,
  path: string,
  tensors: readonly Tensor[],
  rows: Rows,
  options: PredictOptions,
  binary: boolean,
): Promise<readonly Tensor[]> {
  const parameters: Parameters = binary ? { ...rows.parameters, binary_data_output: true } : (rows.parameters ?? {});
  const shown = Object.keys(parameters).length === 0 ? "" : `"parameters":${exactJson(parameters)},`;
  const parts = tensors.map((tensor) => (binary ? tensorBinary(tensor) : { json: tensorJson(tensor), bytes: null }));
  // The protocol leaves `id` open, but KServe's models fail without one.
  const json = `{"id":"${randomUUID()}",${shown}"inputs":[${parts.map((part) => part.json).join(",")}]}`;
  if (!binary) {
    // A text goes out in one piece with its head; bytes need a second.
    const headers = { "content-type": "application/json" };
    return outputsOf(await http.call("POST", `${path}/infer`, json, headers, options.signal));
  }
  const head = Buffer.from(json);
  const body = Buffer.concat([head, ...parts.map((part) => part.bytes!)]);
  const headers = {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(head.length),
  };
  return outputsOf(await http.call("POST", `${path}/infer`, body, headers, options.signal));
}

function outputsOf(answer: RemoteAnswer): readonly Tensor[] {
  const declared = Number(answer.headers["inference-header-content-length"] ?? answer.body.length);
  let document: Readonly<Record<string, unknown>>;
  try {
    const json = { ...answer, body: answer.body.subarray(0, declared) };
    document = asObject(jsonOf(json), "the answer");
    if (hasUnsafeIntegers(document)) document = asObject(parseExact(json.body.toString("utf8")), "the answer");
    const { outputs } = document;
    if (!Array.isArray(outputs)) throw new Error("the answer has no outputs");
    const binary = { bytes: answer.body.subarray(declared), at: 0 };
    return outputs.map((output: unknown) => readTensor(output, limits, binary));
  } catch (error) {
    if (
      error instanceof RemoteRefusal &&
      error.status >= 400 &&
      error.status < 500 &&
      error.status !== 429 &&
      error.status !== 408
    ) {
      throw new RequestFailure(error.message);
    }
    // What the server sent is no mistake of the client.
    throw error instanceof RequestFailure ? new Error(error.message) : error;
  }
}
