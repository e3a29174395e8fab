import type { PredictReply, PredictRequest, RowReply } from "../../app/serving/predict-request.ts";
import type { PredictionPath } from "../../app/serving/prediction-path.ts";
import { listOrder } from "../../app/serving/row-reply.ts";
import type { ServedModel } from "../../app/serving/served-model.ts";
import { type FeatureRecord, RequestFailure } from "../../core/serving/feature-record.ts";
import { requestTime } from "../../core/tables/parse-time.ts";
import { asObject, refuseUnknownKeys } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendDocument } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

/**
 * `POST /v1/models/{model}[/versions/{version}]/predict`: one record (`record`, or the columns themselves), many
 * (`records`), or one list to be put in order (`items`, with what they share in `context`).
 */
export async function answerRecords(
  exchange: Exchange,
  path: PredictionPath,
  model: ServedModel,
  version: string | null,
  limits: GatewayLimits,
): Promise<void> {
  const body = await readBody(exchange, limits);
  const isForm = exchange.request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  // Tools that send JSON without saying so send this type (curl does): a form never starts with a brace.
  const document =
    isForm && body[0] !== 0x7b
      ? formDocument(body.toString("utf8"), model, version)
      : asObject(parseJson(body), "the body");
  const { request, shape } = recordsRequest(model, version, document, limits);
  const reply = await path.predict(request);
  const rejected = reply.rows.filter((row) => row.rejected.length > 0);
  if (rejected.length === reply.rows.length) {
    const reasons = rejected.flatMap((row) => row.rejected.map((problem) => problem.message));
    throw new RequestFailure(`refused by the contract: ${reasons.slice(0, 5).join("; ")}`, 422);
  }
  const answer = shape === "items" ? listAnswer(model, reply, request) : recordsAnswer(model, reply, shape);
  return sendDocument(exchange, 200, JSON.stringify(answer));
}

/** Fields of a browser's form as one record; numbers where the model takes no text. */
function formDocument(text: string, model: ServedModel, version: string | null): Readonly<Record<string, unknown>> {
  const slot = version === null ? model.champion : model.slot(version);
  const texts = new Set(
    (slot?.model.inputs ?? []).filter((input) => input.datatype === "BYTES").map((input) => input.name),
  );
  const fields = [...new URLSearchParams(text)].slice(0, 10_000).map(([name, value]): [string, unknown] => {
    if (value === "") return [name, null];
    const isNumber = !texts.has(name) && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
    return [name, isNumber ? Number(value) : value];
  });
  const { unit, ...record } = Object.fromEntries(fields);
  return { record, ...(unit === undefined ? {} : { unit }) };
}

const envelope = new Set(["record", "records", "items", "unit", "context", "time", "id", "key", "test"]);

type Shape = "record" | "records" | "items";

/** The forms of the door as a request of the path. @throws RequestFailure */
export function recordsRequest(
  model: ServedModel,
  version: string | null,
  document: Readonly<Record<string, unknown>>,
  limits: Pick<GatewayLimits, "batch">,
): { request: PredictRequest; shape: Shape } {
  const forms = (["record", "records", "items"] as const).filter((form) => document[form] !== undefined);
  if (forms.length > 1) throw new RequestFailure(`the body has ${forms.join(" and ")}; one of them`);
  // A bare object of columns is one record, as a form in a browser sends it.
  const shape: Shape = forms[0] ?? "record";
  const bare = forms.length === 0;
  if (bare && Object.keys(document).every((key) => envelope.has(key))) {
    throw new RequestFailure("the body has no `record`, `records` or `items`");
  }
  if (!bare) refuseUnknownKeys(document, envelope, "the body");
  const context = document["context"] == null || bare ? null : asObject(document["context"], "`context`");
  const found = bare ? document : document[shape];
  const records = shape === "record" ? [asObject(found, "`record`")] : recordList(found, shape, limits);
  const merged = shape === "items" && context !== null ? records.map((item) => ({ ...context, ...item })) : records;
  return {
    shape,
    request: {
      model: model.name,
      version,
      rows: { count: merged.length, records: merged },
      allOutputs: false,
      // Among bare columns `unit` is the unit, unless the model reads a column of that name.
      unit: bare ? bareUnit(model, version, document["unit"]) : idText(document["unit"], "unit"),
      context,
      time: bare ? null : timeValue(document["time"]),
      key: bare ? null : idText(document["key"] ?? document["id"], "key"),
      list: shape === "items",
      door: "records",
      ...(!bare && document["test"] === true ? { test: true } : {}),
    },
  };
}

function bareUnit(model: ServedModel, version: string | null, value: unknown): string | null {
  const slot = version === null ? model.champion : model.slot(version);
  if (slot?.model.columns.includes("unit") === true) return null;
  return typeof value === "string" || typeof value === "number" ? idText(value, "unit") : null;
}

function recordList(value: unknown, what: string, limits: Pick<GatewayLimits, "batch">): FeatureRecord[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new RequestFailure(`\`${what}\` is a list of records, at least one`);
  if (value.length > limits.batch) {
    throw new RequestFailure(`${value.length} records in one request; the limit is ${limits.batch}`, 413);
  }
  return value.map((record: unknown) => asObject(record, `each of \`${what}\``));
}

function idText(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string" && value.length <= 1000) return value;
  throw new RequestFailure(`\`${name}\` is a text of at most 1,000 characters, or a number`);
}

function timeValue(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const time = requestTime(value);
  if (time === null)
    throw new RequestFailure("`time` is a time such as 2026-11-23T09:30:00Z, or milliseconds since 1970");
  return time;
}

function recordsAnswer(model: ServedModel, reply: PredictReply, shape: Shape): unknown {
  const predictions = reply.rows.map(rowAnswer);
  const common = { model: model.name, ...(reply.logged ? {} : { logged: false }) };
  if (shape === "record") return { ...common, ...predictions[0] };
  return { ...common, id: reply.request, predictions };
}

/** One prediction as the door answers it. Keys that say nothing are left out. */
export function rowAnswer(row: RowReply): Readonly<Record<string, unknown>> {
  if (row.rejected.length > 0) {
    return { id: row.id, prediction: null, rejected: row.rejected.map((problem) => problem.message) };
  }
  return {
    id: row.id,
    prediction: row.prediction,
    ...(row.classes === null ? {} : { classes: row.classes }),
    version: row.version,
    cohort: row.cohort,
    arm: row.arm,
    ...(row.fallback === null ? {} : { fallback: row.fallback }),
    ...(row.marks.length === 0 ? {} : { marks: row.marks.map((mark) => mark.message) }),
    ...(row.overrides.length === 0 ? {} : { overrides: row.overrides.map(({ kind, reason }) => ({ kind, reason })) }),
  };
}

/** Items with their scores, best first; blocked and refused ones are left out and named. */
function listAnswer(model: ServedModel, reply: PredictReply, request: PredictRequest): unknown {
  const ordered = listOrder(reply.rows);
  const first = reply.rows[0]!;
  const left = reply.rows.filter((row) => !ordered.includes(row));
  return {
    model: model.name,
    id: reply.request,
    version: first.version,
    cohort: first.cohort,
    arm: first.arm,
    ...(reply.logged ? {} : { logged: false }),
    ...(first.fallback === null ? {} : { fallback: first.fallback }),
    items: ordered.map((row, position) => ({
      id: row.id,
      item: row.item ?? row.row,
      score: row.prediction,
      position,
      row: row.row,
      ...(row.overrides.length === 0 ? {} : { overrides: row.overrides.map(({ kind, reason }) => ({ kind, reason })) }),
      ...(row.marks.length === 0 ? {} : { marks: row.marks.map((mark) => mark.message) }),
    })),
    ...(left.length === 0
      ? {}
      : {
          left_out: left.map((row) => ({
            item: row.item ?? row.row,
            why: row.overrides[0]?.reason ?? row.rejected.map((problem) => problem.message).join("; "),
          })),
        }),
    rows: request.rows.count,
  };
}
