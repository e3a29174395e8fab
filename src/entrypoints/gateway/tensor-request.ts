import type { PredictReply, PredictRequest } from "../../app/serving/predict-request.ts";
import { fitsInputs } from "../../app/serving/answer-rows.ts";
import { askedSlot } from "../../app/serving/answer-plans.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { decodeRecords } from "../../core/serving/decode-records.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { type Parameters, sharedRows, type Tensor } from "../../core/serving/tensor.ts";
import { requestTime } from "../../core/tables/parse-time.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

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
  const twice = tensors.length > 1 ? repeated(tensors.map((tensor) => tensor.name)) : undefined;
  if (twice !== undefined) throw new RequestFailure(`the input "${twice.slice(0, 100)}" comes twice`);
  const count = sharedRows(tensors) ?? 1;
  if (count === 0) throw new RequestFailure("the inputs hold no rows");
  if (count > limits.batch) throw new RequestFailure(`${count} rows in one request; the limit is ${limits.batch}`, 413);
  const request: PredictRequest = {
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
    ...(parameters["test"] === true ? { test: true } : {}),
  };
  const records = parameters["content_type"] === "pd" ? tableRecords(model, request, tensors) : null;
  return records === null ? request : { ...request, rows: { count, records, parameters } };
}

/**
 * MLServer's clients send a data frame as one tensor a column and call it `pd`: records by column name, unless the
 * model's own inputs are just these.
 */
function tableRecords(model: ServedModel, request: PredictRequest, tensors: readonly Tensor[]): FeatureRecord[] | null {
  return fitsInputs(askedSlot(model, request).model, tensors) ? null : decodeRecords([], tensors);
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function parameterText(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value.slice(0, 1000);
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

function parameterTime(value: unknown): number | null {
  return requestTime(value);
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

/**
 * Refuses outputs that the model does not have before it is asked, so that nothing is predicted and kept for a request
 * that is refused.
 * @throws RequestFailure
 */
export function checkWanted(model: ServedModel, request: PredictRequest, wanted: readonly string[] | null): void {
  if (wanted === null) return;
  const known = askedSlot(model, request).model.outputs.map((output) => output.name);
  if (known.length === 0) return;
  for (const name of wanted) if (!known.includes(name)) throw noOutput(name, known);
}

/** The outputs that were asked for, in that order. @throws RequestFailure naming one that there is not */
export function wantedOutputs(reply: PredictReply, wanted: readonly string[] | null): readonly Tensor[] {
  const outputs = reply.outputs ?? [];
  if (wanted === null) return outputs;
  return wanted.map((name) => {
    const found = outputs.find((output) => output.name === name);
    if (found !== undefined) return found;
    throw noOutput(
      name,
      outputs.map((output) => output.name),
    );
  });
}

function noOutput(name: string, known: readonly string[]): RequestFailure {
  return new RequestFailure(`there is no output "${name.slice(0, 100)}"; ${known.join(", ")}`);
}

/** Refuses what a client asks of an output and would not get: an answer in another form would be a wrong one. */
export function refuseForms(name: string, parameters: Parameters | undefined): void {
  if (parameters === undefined) return;
  if (parameters["shared_memory_region"] !== undefined) {
    throw new RequestFailure(`output "${name.slice(0, 100)}": shared memory is not served; it comes in the answer`);
  }
  if (parameters["classification"] !== undefined) {
    throw new RequestFailure(
      `output "${name.slice(0, 100)}": the classification extension is not served; ask for the output itself`,
    );
  }
}
