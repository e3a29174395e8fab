import type { GivenLabel, LabelIntake } from "../../app/serving/label-intake.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { requestTime } from "../../core/tables/parse-time.ts";
import { asObject, refuseUnknownKeys } from "../../schemas/serving/as-object.ts";
import { type Exchange, parseJson, readBody, sendJson } from "./http-exchange.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";

/** `POST /v1/labels`: one label, or `{ "labels": [ … ] }`, by the prediction's id or by the caller's own key. */
export async function answerLabels(exchange: Exchange, intake: LabelIntake, limits: GatewayLimits): Promise<void> {
  const value = parseJson(await readBody(exchange, limits));
  const list = Array.isArray(value) ? (value as unknown[]) : labelsOf(asObject(value, "the body"));
  if (list.length > limits.batch)
    throw new RequestFailure(`${list.length} labels in one request; the limit is ${limits.batch}`, 413);
  const outcome = await intake.take(list.map(givenLabel));
  sendJson(exchange, 200, JSON.stringify(outcome));
}

function labelsOf(document: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { labels } = document;
  if (labels === undefined) return [document];
  if (Array.isArray(labels)) return labels;
  throw new RequestFailure("`labels` is a list");
}

const labelKeys = new Set(["id", "prediction_id", "key", "item", "model", "name", "label", "time", "source"]);

function givenLabel(value: unknown): GivenLabel {
  const label = asObject(value, "each label");
  refuseUnknownKeys(label, labelKeys, "a label");
  if (label["label"] === undefined) throw new RequestFailure("a label has no `label`");
  return {
    id: text(label["id"] ?? label["prediction_id"], "id"),
    key: text(label["key"], "key"),
    item: text(label["item"], "item"),
    model: text(label["model"], "model"),
    name: text(label["name"], "name"),
    label: label["label"],
    time: time(label["time"]),
    source: text(label["source"], "source"),
  };
}

function text(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string" && value.length <= 1000) return value;
  throw new RequestFailure(`\`${name}\` of a label is a text of at most 1,000 characters`);
}

function time(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const found = requestTime(value);
  if (found === null)
    throw new RequestFailure("`time` of a label is a time such as 2026-11-23T09:30:00Z, or milliseconds since 1970");
  return found;
}
