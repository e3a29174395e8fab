import type { PredictionPath } from "../../app/serving/prediction-path.ts";
import type { PredictReply, PredictRequest } from "../../app/serving/predict-request.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { type Parameters, sharedRows, type Tensor, type TensorSpec } from "../../core/serving/tensor.ts";
import { parseTime } from "../../core/tables/parse-time.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendBytes, sendDocument, sendJson } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import {
  hasUnsafeIntegers,
  parseExact,
  readParameters,
  readTensor,
  tensorBinary,
  tensorJson,
} from "../../schemas/serving/v2-tensors.ts";

export const v2Extensions = ["binary_tensor_data", "model_repository", "parameters"] as const;

/** The Open Inference Protocol over HTTP. @returns false where the path is none of the protocol's */
export function answerV2(
  exchange: Exchange,
  path: PredictionPath,
  models: ReadonlyMap<string, ServedModel>,
  state: { readonly ready: () => boolean; readonly version: string },
  limits: GatewayLimits,
): boolean | Promise<boolean> {
  const [, first, name, third, fourth, fifth] = exchange.path;
  const get = exchange.request.method === "GET";
  const depth = exchange.path.length;
  if (depth === 1 && get) {
    sendJson(exchange, 200, JSON.stringify({ name: "umpire", version: state.version, extensions: v2Extensions }));
    return true;
  }
  if (first === "health" && depth === 3 && get) return answerHealth(exchange, name, state.ready());
  if (first === "repository" && name === "index" && depth === 3) {
    sendJson(exchange, 200, JSON.stringify(repositoryIndex(models)));
    return true;
  }
  if (first !== "models" || name === undefined) return false;
  const version = third === "versions" ? (fourth ?? null) : null;
  const action = third === "versions" ? fifth : third;
  if (third === "versions" && fourth === undefined) return false;
  const model = path.model(name);
  if (version !== null && model.slot(version) === undefined) {
    throw new RequestFailure(`model "${model.name}" has no version "${version.slice(0, 100)}"`, 404);
  }
  if (action === undefined && get) {
    sendJson(exchange, 200, JSON.stringify(modelMetadata(model, version)));
    return true;
  }
  if (action === "config" && get) {
    sendJson(exchange, 200, JSON.stringify(modelConfig(model, version)));
    return true;
  }
  if (action === "ready" && get) {
    const ready = model.champion !== undefined;
    sendJson(exchange, ready ? 200 : 503, JSON.stringify({ name: model.name, ready }));
    return true;
  }
  if (action === "infer" && exchange.request.method === "POST") {
    return infer(exchange, path, model, version, limits);
  }
  return false;
}

function answerHealth(exchange: Exchange, what: string | undefined, ready: boolean): boolean {
  if (what === "live") sendJson(exchange, 200, '{"live":true}');
  else if (what === "ready") sendJson(exchange, ready ? 200 : 503, JSON.stringify({ ready }));
  else return false;
  return true;
}

export function repositoryIndex(
  models: ReadonlyMap<string, ServedModel>,
): { readonly name: string; readonly version: string; readonly state: string; readonly reason: string }[] {
  return [...models.values()].flatMap((model) =>
    model.versions.map((version) => ({ name: model.name, version, state: "READY", reason: "" })),
  );
}

/** Metadata of a model (its champion) or of one version. */
export function modelMetadata(
  model: ServedModel,
  version: string | null,
): {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
} {
  const slot = version === null ? model.champion : model.slot(version);
  if (slot === undefined) throw new RequestFailure(`no version of "${model.name}" is loaded`, 503);
  const { platform, inputs, outputs } = slot.model;
  return { name: model.name, versions: model.versions, platform, inputs, outputs };
}

/** What Triton calls a model's configuration, as far as it has a meaning here; its clients size their batches by it. */
function modelConfig(model: ServedModel, version: string | null): Readonly<Record<string, unknown>> {
  const { inputs, outputs, platform } = modelMetadata(model, version) as {
    inputs: readonly TensorSpec[];
    outputs: readonly TensorSpec[];
    platform: string;
  };
  const config = ({ name, datatype, shape }: TensorSpec): unknown => ({
    name,
    data_type: `TYPE_${datatype === "BYTES" ? "STRING" : datatype}`,
    dims: shape,
  });
  return { name: model.name, platform, max_batch_size: 0, input: inputs.map(config), output: outputs.map(config) };
}

async function infer(
  exchange: Exchange,
  path: PredictionPath,
  model: ServedModel,
  version: string | null,
  limits: GatewayLimits,
): Promise<true> {
  const body = await readBody(exchange, limits);
  const { document, binary } = splitBody(exchange, body);
  const request = inferRequest(model, version, document, binary, limits);
  const reply = await path.predict(request);
  if (reply.rows.some((row) => row.rejected.length > 0)) {
    const reasons = reply.rows.flatMap((row) => row.rejected.map((problem) => problem.message));
    throw new RequestFailure(`refused by the contract: ${reasons.slice(0, 5).join("; ")}`);
  }
  respond(exchange, model, document, reply);
  return true;
}

/** Binary against JSON is decided by the header alone: clients send both under any content type. */
function splitBody(exchange: Exchange, body: Buffer): { document: Readonly<Record<string, unknown>>; binary: Buffer } {
  const header = exchange.request.headers["inference-header-content-length"];
  const length = header === undefined ? body.length : Number(header);
  if (!Number.isSafeInteger(length) || length < 0 || length > body.length) {
    throw new RequestFailure(
      `Inference-Header-Content-Length is ${String(header).slice(0, 30)}, and the body has ${body.length} bytes`,
    );
  }
  const json = body.subarray(0, length);
  let document = asObject(parseJson(json), "an infer request");
  if (hasUnsafeIntegers(document)) document = asObject(parseExact(json.toString("utf8")), "an infer request");
  return { document, binary: body.subarray(length) };
}

function inferRequest(
  model: ServedModel,
  version: string | null,
  document: Readonly<Record<string, unknown>>,
  bytes: Buffer,
  limits: GatewayLimits,
): PredictRequest {
  const { inputs, id } = document;
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw new RequestFailure("an infer request has `inputs`, at least one");
  if (inputs.length > limits.tensors) throw new RequestFailure(`more than ${limits.tensors} inputs`, 413);
  const binary = { bytes, at: 0 };
  const tensors = inputs.map((input) => readTensor(input, limits, binary));
  if (binary.at !== bytes.length) throw new RequestFailure(`${bytes.length - binary.at} bytes follow the last input`);
  const parameters = readParameters(document["parameters"]) ?? {};
  if (id !== undefined && typeof id !== "string") throw new RequestFailure("`id` is a text");
  return tensorRequest({ model, version, tensors, parameters, key: id ?? null, door: "v2", limits });
}

export interface TensorRequestParts {
  readonly model: ServedModel;
  readonly version: string | null;
  readonly tensors: readonly Tensor[];
  readonly parameters: Parameters;
  readonly key: string | null;
  readonly door: string;
  readonly limits: GatewayLimits;
}

/** Tensors of either wire (HTTP, gRPC) as a request of the path. @throws RequestFailure */
export function tensorRequest({
  model,
  version,
  tensors,
  parameters,
  key,
  door,
  limits,
}: TensorRequestParts): PredictRequest {
  const count = sharedRows(tensors) ?? 1;
  if (count === 0) throw new RequestFailure("the inputs hold no rows");
  if (count > limits.batch) throw new RequestFailure(`${count} rows in one request; the limit is ${limits.batch}`, 413);
  return {
    model: model.name,
    version: version === "" ? null : version,
    rows: { count, tensors, parameters },
    allOutputs: true,
    unit: parameterText(parameters["unit"]),
    context: null,
    time: parameterTime(parameters["time"]),
    key,
    list: parameters["list"] === true || model.options.task === "ranking",
    door,
  };
}

function parameterText(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value.slice(0, 1000);
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

function parameterTime(value: unknown): number | null {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return typeof value === "string" ? parseTime(value) : null;
}

/** What the path did, as parameters of the answer: plain values only. */
export function replyParameters(reply: PredictReply): Record<string, string | boolean> {
  const { rows } = reply;
  const parameters: Record<string, string | boolean> = {
    prediction_id: reply.request,
    cohort: shared(rows, "cohort") ?? "",
    variant: shared(rows, "arm") ?? "",
  };
  const fallback = shared(rows, "fallback");
  if (fallback !== null) parameters["fallback"] = fallback;
  if (rows.some((row) => row.overrides.length > 0)) {
    parameters["override"] = [...new Set(rows.flatMap((row) => row.overrides.map((effect) => effect.kind)))].join(",");
  }
  if (rows.some((row) => row.marks.length > 0)) {
    const marks = rows.flatMap((row) => row.marks.map((mark) => `${mark.check}:${mark.column}`));
    parameters["marks"] = [...new Set(marks)].join(",");
  }
  if (!reply.logged) parameters["logged"] = false;
  return parameters;
}

/** What all rows say; `mixed` where they differ. */
function shared(rows: PredictReply["rows"], key: "cohort" | "arm" | "fallback"): string | null {
  const value = rows[0]![key];
  for (const row of rows) if (row[key] !== value) return "mixed";
  return value;
}

/** The version that answered: one name, or `mixed` where rows went to several. */
export function replyVersion(reply: PredictReply): string {
  const version = reply.rows[0]?.version ?? "";
  return reply.rows.every((row) => row.version === version) ? version : "mixed";
}

/** The outputs that were asked for, in that order. @throws RequestFailure naming one that there is not */
export function wantedOutputs(reply: PredictReply, wanted: readonly string[] | null): readonly Tensor[] {
  const outputs = reply.outputs ?? [];
  if (wanted === null) return outputs;
  return wanted.map((name) => {
    const found = outputs.find((output) => output.name === name);
    if (found !== undefined) return found;
    throw new RequestFailure(
      `there is no output "${name.slice(0, 100)}"; ${outputs.map((output) => output.name).join(", ")}`,
    );
  });
}

function respond(
  exchange: Exchange,
  model: ServedModel,
  document: Readonly<Record<string, unknown>>,
  reply: PredictReply,
): void {
  const asked = Array.isArray(document["outputs"]) && document["outputs"].length > 0 ? document["outputs"] : null;
  const requested = asked?.map((output: unknown) => asObject(output, "each of `outputs`")) ?? null;
  const outputs = wantedOutputs(reply, requested?.map((output) => String(output["name"])) ?? null);
  const allBinary = readParameters(document["parameters"])?.["binary_data_output"] === true;
  const isBinary = outputs.map((_, i) => {
    const own = readParameters(requested?.[i]?.["parameters"])?.["binary_data"];
    return own === undefined ? allBinary : own === true;
  });
  const id = typeof document["id"] === "string" ? document["id"] : reply.request;
  const head = `{"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(replyVersion(reply))},"id":${JSON.stringify(id)},"parameters":${JSON.stringify(replyParameters(reply))},"outputs":[`;
  const parts: Uint8Array[] = [];
  const texts = outputs.map((output, i) => {
    if (isBinary[i] !== true) return tensorJson(output);
    const { json, bytes } = tensorBinary(output);
    parts.push(bytes);
    return json;
  });
  const text = `${head}${texts.join(",")}]}`;
  if (parts.length === 0) {
    sendDocument(exchange, 200, text);
    return;
  }
  const json = Buffer.from(text);
  sendBytes(exchange, 200, Buffer.concat([json, ...parts]), {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(json.length),
  });
}
