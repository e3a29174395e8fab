import { timeWords } from "../../core/report/time-words.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Override } from "../../core/serving/overrides.ts";
import { requestTime } from "../../core/tables/parse-time.ts";
import { refuseUnknownKeys } from "./as-object.ts";

export interface OverrideParts {
  /** Names of the models that are served. */
  readonly models: { has(name: string): boolean };
  readonly now: () => number;
  /** Name of an override that brings none. */
  readonly newId: () => string;
}

/** @throws RequestFailure saying what an override needs */
export function overrideOf(document: Readonly<Record<string, unknown>>, parts: OverrideParts): Override {
  const text = (key: string, needed: boolean): string => {
    const value = document[key];
    if (typeof value === "number") return String(value);
    if (typeof value === "string" && value.length <= 1000 && (value !== "" || !needed)) return value;
    if (value === undefined && !needed) return "";
    throw new RequestFailure(`\`${key}\` of an override is a text of at most 1,000 characters`);
  };
  const number = (key: string, usual: number): number => {
    const value = document[key];
    if (value === undefined || value === null) return usual;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new RequestFailure(`\`${key}\` of an override is a number`);
  };
  refuseUnknownKeys(document, overrideKeys, "an override");
  const model = document["model"] === undefined || document["model"] === null ? null : text("model", true);
  if (model !== null && !parts.models.has(model))
    throw new RequestFailure(`there is no model "${model.slice(0, 100)}"`, 404);
  const common = {
    id: document["id"] === undefined ? parts.newId() : text("id", true),
    model,
    expires: expiry(document["expires"], parts.now()),
    reason: text("reason", true),
    by: text("by", false),
  };
  switch (document["kind"]) {
    case "block":
      return { kind: "block", ...common, item: text("item", true) };
    case "boost": {
      const factor = number("factor", 1);
      const add = number("add", 0);
      if (factor === 1 && add === 0) throw new RequestFailure("a boost has `factor`, `add` or both");
      return {
        kind: "boost",
        ...common,
        item: text("item", true),
        factor,
        add,
        limit: limitOf(number("limit", 0), document["limit"] == null),
      };
    }
    case "opt-out":
      return { kind: "opt-out", ...common, unit: text("unit", true) };
    default:
      throw new RequestFailure("`kind` of an override is block, boost or opt-out");
  }
}

const overrideKeys = new Set("kind id model item unit factor add limit expires reason by applied".split(" "));

function limitOf(value: number, isAbsent: boolean): number | null {
  if (isAbsent) return null;
  if (Number.isInteger(value) && value > 0) return value;
  throw new RequestFailure("`limit` of a boost is a whole number of predictions, at least 1");
}

function expiry(value: unknown, now: number): number | null {
  if (value === undefined || value === null) return null;
  const time = requestTime(value);
  if (time === null)
    throw new RequestFailure("`expires` is a time such as 2026-12-01T00:00:00Z, or milliseconds since 1970");
  if (time <= now) throw new RequestFailure(`\`expires\` lies in the past: ${timeWords(new Date(time).toISOString())}`);
  return time;
}
