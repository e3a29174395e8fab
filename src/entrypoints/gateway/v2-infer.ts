import type { PredictionPath } from "../../app/serving/prediction-path.ts";
import type { PredictReply, PredictRequest } from "../../app/serving/predict-request.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { asObject } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendBytes, sendDocument } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import {
  hasUnsafeIntegers,
  parseExact,
  readFlag,
  readParameters,
  readTensor,
  tensorBinary,
  tensorJson,
} from "../../schemas/serving/v2-tensors.ts";
import { rawTensor } from "./raw-tensor.ts";
import {
  checkWanted,
  refuseForms,
  replyParameters,
  replyVersion,
  tensorRequest,
  wantedOutputs,
} from "./tensor-request.ts";

/** `POST …/infer`: JSON, or JSON with the bytes of tensors behind it, or the bytes of the only tensor. */
export async function infer(
  exchange: Exchange,
  path: PredictionPath,
  model: ServedModel,
  version: string | null,
  limits: GatewayLimits,
): Promise<void> {
  const body = await readBody(exchange, limits);
  const { request, answer } = readInfer(exchange, body, model, version, limits);
  checkWanted(model, request, answer.outputs?.map((output) => output.name) ?? null);
  const reply = await path.predict(request);
  if (reply.rows.some((row) => row.rejected.length > 0)) {
    const reasons = reply.rows.flatMap((row) => row.rejected.map((problem) => problem.message));
    throw new RequestFailure(`refused by the contract: ${reasons.slice(0, 5).join("; ")}`);
  }
  return respond(exchange, model, answer, reply);
}

/** In which form the client wants its answer. */
interface AnswerForm {
  readonly id: string | null;
  /** Null: all of them. */
  readonly outputs: readonly WantedOutput[] | null;
  /** For outputs that say nothing of their own. */
  readonly binary: boolean;
}

interface WantedOutput {
  readonly name: string;
  readonly binary: boolean | undefined;
}

/** Binary against JSON is decided by the header alone: clients send both under any content type. */
function readInfer(
  exchange: Exchange,
  body: Buffer,
  model: ServedModel,
  version: string | null,
  limits: GatewayLimits,
): { readonly request: PredictRequest; readonly answer: AnswerForm } {
  const header = exchange.request.headers["inference-header-content-length"];
  const length = header === undefined ? body.length : /^\d{1,15}$/.test(String(header)) ? Number(header) : -1;
  if (length < 0 || length > body.length) {
    throw new RequestFailure(
      `Inference-Header-Content-Length is ${String(header).slice(0, 30)}, and the body has ${body.length} bytes`,
    );
  }
  if (length === 0 && header !== undefined) {
    const tensors = [rawTensor(model, version, body, limits)];
    const request = tensorRequest({ model, version, tensors, parameters: {}, key: null, door: "v2", limits });
    return { request, answer: { id: null, outputs: null, binary: true } };
  }
  const json = body.subarray(0, length);
  let document = asObject(parseJson(json), "an infer request");
  if (hasUnsafeIntegers(document)) document = asObject(parseExact(json.toString("utf8")), "an infer request");
  const { inputs, id } = document;
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw new RequestFailure("an infer request has `inputs`, at least one");
  if (inputs.length > limits.tensors) throw new RequestFailure(`more than ${limits.tensors} inputs`, 413);
  const binary = { bytes: body.subarray(length), at: 0 };
  const tensors = inputs.map((input) => readTensor(input, limits, binary));
  const left = binary.bytes.length - binary.at;
  if (left !== 0) throw new RequestFailure(`${left} bytes follow the last input`);
  if (id !== undefined && id !== null && typeof id !== "string") throw new RequestFailure("`id` is a text");
  const parameters = readParameters(document["parameters"]) ?? {};
  const key = id ?? null;
  const request = tensorRequest({ model, version, tensors, parameters, key, door: "v2", limits });
  const outputs = readWanted(document["outputs"], limits);
  return { request, answer: { id: key, outputs, binary: readFlag(parameters, "binary_data_output") ?? false } };
}

function readWanted(value: unknown, limits: GatewayLimits): readonly WantedOutput[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw new RequestFailure("`outputs` is a list of objects with a `name`");
  if (value.length === 0) return null;
  if (value.length > limits.tensors) throw new RequestFailure(`more than ${limits.tensors} outputs`, 413);
  return value.map((entry: unknown) => {
    const output = asObject(entry, "each of `outputs`");
    const { name } = output;
    if (typeof name !== "string" || name === "") throw new RequestFailure("one of `outputs` has no `name`");
    const parameters = readParameters(output["parameters"]);
    refuseForms(name, parameters);
    return { name, binary: parameters === undefined ? undefined : readFlag(parameters, "binary_data") };
  });
}

function respond(
  exchange: Exchange,
  model: ServedModel,
  answer: AnswerForm,
  reply: PredictReply,
): void | Promise<void> {
  const outputs = wantedOutputs(reply, answer.outputs?.map((output) => output.name) ?? null);
  const id = answer.id ?? reply.request;
  const head = `{"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(replyVersion(reply))},"id":${JSON.stringify(id)},"parameters":${JSON.stringify(replyParameters(reply))},"outputs":[`;
  const parts: Uint8Array[] = [];
  const texts = outputs.map((output, i) => {
    if (!(answer.outputs?.[i]?.binary ?? answer.binary)) return tensorJson(output);
    const { json, bytes } = tensorBinary(output);
    parts.push(bytes);
    return json;
  });
  const text = `${head}${texts.join(",")}]}`;
  if (parts.length === 0) return sendDocument(exchange, 200, text);
  const json = Buffer.from(text);
  return sendBytes(exchange, 200, Buffer.concat([json, ...parts]), {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(json.length),
  });
}
