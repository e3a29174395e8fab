import { numberInText } from "../tables/number-in-text.ts";
import { parseTime } from "../tables/parse-time.ts";
import { type ClockPart, type Condition, clockPart, inRange, type Range, type Scalar } from "./condition.ts";

export type ConditionPredicate = (record: Readonly<Record<string, unknown>>) => boolean;

type Get = (record: Readonly<Record<string, unknown>>) => unknown;

/**
 * Compiles a condition to a function on one record, for the request path. Values may be JSON (times as RFC 3339 text
 * or milliseconds) or JavaScript's own (Date, bigint); a missing key is null, a text that is a number compares as one.
 *
 * @param singlePrecision columns that the model's data keep as 32-bit floats: the record's number is rounded the same
 *   way before it is compared, so that 0.1 in a request and 0.1 in the file are the same value
 */
export function conditionPredicate(condition: Condition, singlePrecision?: ReadonlySet<string>): ConditionPredicate {
  switch (condition.kind) {
    case "all":
      return allOf(condition.of.map((part) => conditionPredicate(part, singlePrecision)));
    case "any":
      return anyOf(condition.of.map((part) => conditionPredicate(part, singlePrecision)));
    case "not": {
      const inner = conditionPredicate(condition.of, singlePrecision);
      return (record) => !inner(record);
    }
    case "null": {
      const get = getter(condition.column, singlePrecision);
      return condition.isNull ? (record) => isNull(get(record)) : (record) => !isNull(get(record));
    }
    case "is":
      return isPredicate(getter(condition.column, singlePrecision), condition.values, condition.time === true);
    case "range":
      return rangePredicate(getter(condition.column, singlePrecision), condition.range, condition.time === true);
    case "clock":
      return clockPredicate(getter(condition.column, singlePrecision), condition.part, condition.values);
  }
}

function getter(column: string, singlePrecision: ReadonlySet<string> | undefined): Get {
  // `constructor` and the like would be found on every object.
  const plain: Get =
    column in Object.prototype
      ? (record) => (Object.hasOwn(record, column) ? record[column] : undefined)
      : (record) => record[column];
  if (singlePrecision === undefined || !singlePrecision.has(column)) return plain;
  return (record) => {
    const value = plain(record);
    return typeof value === "number" ? Math.fround(value) : value;
  };
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined || value !== value;
}

function allOf(parts: readonly ConditionPredicate[]): ConditionPredicate {
  const [first, second] = parts;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (parts.length === 2) return (record) => first(record) && second(record);
  return (record) => {
    for (const part of parts) if (!part(record)) return false;
    return true;
  };
}

function anyOf(parts: readonly ConditionPredicate[]): ConditionPredicate {
  const [first, second] = parts;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (parts.length === 2) return (record) => first(record) || second(record);
  return (record) => {
    for (const part of parts) if (part(record)) return true;
    return false;
  };
}

function isPredicate(get: Get, values: readonly Scalar[], time: boolean): ConditionPredicate {
  const numeric = values.some((value) => typeof value === "number");
  const wanted = new Set<unknown>(values.filter((value) => value === value));
  const only = values.length === 1 ? values[0] : undefined;
  if (!numeric) return only === undefined ? (record) => wanted.has(get(record)) : (record) => get(record) === only;
  return (record) => {
    const value = get(record);
    if (typeof value === "number") return wanted.has(value);
    return wanted.has(value) || wanted.has(comparable(value, time));
  };
}

function rangePredicate(get: Get, range: Range, time: boolean): ConditionPredicate {
  return (record) => {
    const value = get(record);
    return inRange(typeof value === "number" ? value : comparable(value, time), range);
  };
}

function clockPredicate(get: Get, part: ClockPart, values: readonly number[]): ConditionPredicate {
  const wanted = new Set(values);
  return (record) => {
    const value = get(record);
    return wanted.has(clockPart(typeof value === "number" ? value : comparable(value, true), part));
  };
}

/** NaN for whatever has no place on a number line. */
function comparable(value: unknown, time: boolean): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value !== "string") return Number.NaN;
  // A model takes the text "25" as 25: what chooses the model must not see anything else.
  return time ? (parseTime(value) ?? Number.NaN) : numberInText(value);
}
