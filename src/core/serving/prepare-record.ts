import { numberInText } from "../tables/number-in-text.ts";
import { parseTime } from "../tables/parse-time.ts";
import type { Scalar } from "../slices/condition.ts";
import type { FeatureRecord } from "./feature-record.ts";

/** How one feature is made from the columns of a request. */
export type FeatureStep =
  | { readonly kind: "constant"; readonly value: Scalar }
  | { readonly kind: "copy"; readonly from: string }
  /** `(value + add) * multiply / divide`; null stays null. */
  | {
      readonly kind: "linear";
      readonly from: string;
      readonly add: number;
      readonly multiply: number;
      readonly divide: number;
    }
  | { readonly kind: "log1p"; readonly from: string }
  | { readonly kind: "clip"; readonly from: string; readonly low: number | null; readonly high: number | null }
  /** Of a time in UTC; months from 1, weekdays 0 (Sunday) to 6. */
  | { readonly kind: "time-part"; readonly from: string; readonly part: "year" | "month" | "day" | "hour" | "weekday" }
  | { readonly kind: "lower"; readonly from: string; readonly ascii: boolean }
  | {
      readonly kind: "map";
      readonly from: string;
      readonly values: Readonly<Record<string, Scalar>>;
      readonly otherwise: Scalar | null;
    }
  | { readonly kind: "fill"; readonly from: string; readonly value: Scalar };

export interface PreparedFeature {
  readonly feature: string;
  readonly step: FeatureStep;
}

/** Makes the record that the model gets; the columns that came stay beside the features. */
export type Preparation = (record: FeatureRecord) => FeatureRecord;

/**
 * Compiles declared transformations. All read the record as it came, so their order does not matter.
 * @param positions features of the position in a list, and the constant that they have in serving
 */
export function compilePreparation(
  features: readonly PreparedFeature[],
  positions: Readonly<Record<string, Scalar>>,
): Preparation | null {
  const steps = features.map(({ feature, step }) => ({ feature, make: compileStep(step) }));
  const constants = Object.entries(positions);
  if (steps.length === 0 && constants.length === 0) return null;
  return (record) => {
    const prepared: Record<string, unknown> = { ...record };
    for (const { feature, make } of steps) prepared[feature] = make(record);
    for (const [feature, value] of constants) prepared[feature] = value;
    return prepared;
  };
}

function compileStep(step: FeatureStep): (record: FeatureRecord) => unknown {
  switch (step.kind) {
    case "constant":
      return () => step.value;
    case "copy":
      return (record) => record[step.from];
    case "linear":
      return onNumber(step.from, (value) => ((value + step.add) * step.multiply) / step.divide);
    case "log1p":
      return onNumber(step.from, (value) => (value > -1 ? Math.log1p(value) : null));
    case "clip":
      return onNumber(step.from, (value) =>
        Math.min(step.high ?? Number.POSITIVE_INFINITY, Math.max(step.low ?? Number.NEGATIVE_INFINITY, value)),
      );
    case "time-part":
      return (record) => timePart(record[step.from], step.part);
    case "lower":
      return (record) => {
        const value = record[step.from];
        if (typeof value !== "string") return value;
        const lower = value.toLowerCase();
        return step.ascii ? lower.replace(/[^ -~]/g, " ") : lower;
      };
    case "map":
      return (record) => {
        const value = record[step.from];
        if (value === null || value === undefined) return step.otherwise;
        const key = String(value);
        return Object.hasOwn(step.values, key) ? step.values[key] : step.otherwise;
      };
    case "fill":
      return (record) => {
        const value = record[step.from];
        return value === null || value === undefined || value !== value ? step.value : value;
      };
  }
}

/** What is no number is left as it is, for the model's own check to name. A text that is one counts as one, as it does there. */
function onNumber(from: string, of: (value: number) => number | null): (record: FeatureRecord) => unknown {
  return (record) => {
    const value = record[from];
    if (typeof value === "number") return of(value);
    if (typeof value === "boolean" || typeof value === "bigint") return of(Number(value));
    const number = typeof value === "string" ? numberInText(value) : Number.NaN;
    return Number.isNaN(number) ? value : of(number);
  };
}

function timePart(value: unknown, part: "year" | "month" | "day" | "hour" | "weekday"): number | null {
  const at = typeof value === "number" ? value : typeof value === "string" ? parseTime(value) : null;
  if (at === null) return null;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return null;
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "month":
      return date.getUTCMonth() + 1;
    case "day":
      return date.getUTCDate();
    case "hour":
      return date.getUTCHours();
    case "weekday":
      return date.getUTCDay();
  }
}
