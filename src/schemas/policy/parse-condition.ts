import { nearest } from "../../core/nearest.ts";
import type { Condition, Range, Scalar } from "../../core/slices/condition.ts";
import { whyNeverTrue } from "../../core/slices/condition-never.ts";
import { weekdayName } from "../../core/slices/condition-text.ts";
import { parseTime } from "../../core/tables/parse-time.ts";
import type { Path, SourceProblem } from "../yaml-source.ts";

export type Report = (problem: SourceProblem) => void;

const DEEPEST = 20;
const FORMS = ["from", "to", "above", "below", "not", "null", "hour", "weekday"] as const;
/** How others call the same, for the mend. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  min: "from",
  max: "to",
  gte: "from",
  ge: "from",
  gt: "above",
  lte: "to",
  le: "to",
  lt: "below",
  until: "below",
  before: "below",
  after: "above",
  over: "above",
  under: "below",
};

/**
 * A condition as the policy writes it: `{ gender: F, user_age: { from: 18, below: 30 } }`, with `any`, `all` and `not`
 * nesting. Every problem is reported; null where there was one.
 */
export function parseCondition(value: unknown, path: Path, report: Report): Condition | null {
  let failed = false;
  const condition = conditionAt(value, path, 0, (problem) => {
    failed = true;
    report(problem);
  });
  if (failed || condition === null) return null;
  const reason = whyNeverTrue(condition);
  if (reason === null) return condition;
  report({ path, message: `can never be true: ${reason}` });
  return null;
}

/** What one column is asked for: a value, a list, `{ from, below }`, `{ not: … }`, `{ null: true }`. */
export function parseColumnCondition(column: string, value: unknown, path: Path, report: Report): Condition | null {
  return columnConditionAt(column, value, path, 0, report);
}

function conditionAt(value: unknown, path: Path, depth: number, report: Report): Condition | null {
  if (depth > DEEPEST) return refuse(report, path, `conditions nest more than ${DEEPEST} deep`);
  if (!isMap(value)) {
    return refuse(report, path, `is ${shown(value)}; a condition is a map from columns to values`, [
      "for example: { user_activity: low, user_age: { from: 18, below: 30 } }",
    ]);
  }
  const keys = Object.keys(value);
  if (keys.length === 0) {
    return refuse(report, path, "is empty, which selects every row", ["name a column and a value, or leave it out"]);
  }
  if (keys.length === 2 && typeof value["column"] === "string" && Object.hasOwn(value, "is")) {
    return columnConditionAt(value["column"], value["is"], [...path, "is"], depth + 1, report);
  }
  const parts = keys.map((key) => partAt(key, value[key], [...path, key], depth + 1, report));
  const found = parts.filter((part) => part !== null);
  if (found.length < parts.length) return null;
  return found.length === 1 ? found[0]! : { kind: "all", of: found };
}

function partAt(key: string, value: unknown, path: Path, depth: number, report: Report): Condition | null {
  if (key === "not" && isMap(value)) {
    const of = conditionAt(value, path, depth, report);
    return of === null ? null : { kind: "not", of };
  }
  if ((key === "any" || key === "all") && Array.isArray(value) && value.every(isMap)) {
    if (value.length === 0) return refuse(report, path, "is an empty list");
    const of = value.map((part, index) => conditionAt(part, [...path, index], depth, report));
    return of.includes(null) ? null : { kind: key, of: of.filter((part) => part !== null) };
  }
  return columnConditionAt(key, value, path, depth, report);
}

function columnConditionAt(
  column: string,
  value: unknown,
  path: Path,
  depth: number,
  report: Report,
): Condition | null {
  if (depth > DEEPEST) return refuse(report, path, `conditions nest more than ${DEEPEST} deep`);
  if (value === null) {
    return refuse(report, path, "is empty", [`rows without a value are asked for by { null: true }`]);
  }
  if (Array.isArray(value)) return listAt(column, value, path, report);
  if (isMap(value)) return formsAt(column, value, path, depth, report);
  const scalar = scalarAt(value, path, report);
  return scalar === null ? null : { kind: "is", column, values: [scalar] };
}

function listAt(column: string, list: readonly unknown[], path: Path, report: Report): Condition | null {
  if (list.length === 0) return refuse(report, path, "is an empty list, which selects nothing");
  const values: Scalar[] = [];
  for (const [index, entry] of list.entries()) {
    if (entry === null) continue;
    const scalar = scalarAt(entry, [...path, index], report);
    if (scalar === null) return null;
    values.push(scalar);
  }
  const is: Condition = { kind: "is", column, values };
  if (values.length === list.length) return is;
  const isNull: Condition = { kind: "null", column, isNull: true };
  return values.length === 0 ? isNull : { kind: "any", of: [is, isNull] };
}

function scalarAt(value: unknown, path: Path, report: Report): Scalar | null {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return refuse(report, path, `is ${value}, which no row can be compared with`);
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return refuse(report, path, `is beyond the whole numbers that are told apart (2^53)`, [
        "keep such ids as text in the data and write them in quotes",
      ]);
    }
    return value;
  }
  return refuse(report, path, `is ${shown(value)}; it takes a text, a number, true or false`);
}

function formsAt(
  column: string,
  forms: Readonly<Record<string, unknown>>,
  path: Path,
  depth: number,
  report: Report,
): Condition | null {
  const keys = Object.keys(forms);
  const unknown = keys.filter((key) => !(FORMS as readonly string[]).includes(key));
  for (const key of unknown) {
    const near = OTHER_WORDS[key.toLowerCase()] ?? nearest(key, FORMS)[0];
    report({
      path,
      key,
      message: `a condition has no "${key}"`,
      mend: [near === undefined ? `it has ${FORMS.join(", ")}` : `nearest: ${near}`],
    });
  }
  if (unknown.length > 0) return null;
  if (keys.length === 0) return refuse(report, path, "is empty", [`write a value, a list or { from: 18, below: 30 }`]);
  const parts: (Condition | null)[] = [];
  if (keys.some((key) => key in BOUNDS)) parts.push(rangeAt(column, forms, path, report));
  if ("not" in forms) {
    const of = columnConditionAt(column, forms["not"], [...path, "not"], depth + 1, report);
    parts.push(of === null ? null : { kind: "not", of });
  }
  if ("null" in forms) {
    const isNull = forms["null"];
    parts.push(
      typeof isNull === "boolean"
        ? { kind: "null", column, isNull }
        : refuse(report, [...path, "null"], `is ${shown(isNull)}; it takes true or false`),
    );
  }
  if ("hour" in forms) parts.push(clockAt(column, "hour", forms["hour"], [...path, "hour"], report));
  if ("weekday" in forms) parts.push(clockAt(column, "weekday", forms["weekday"], [...path, "weekday"], report));
  const found = parts.filter((part) => part !== null);
  if (found.length < parts.length) return null;
  return found.length === 1 ? found[0]! : { kind: "all", of: found };
}

const BOUNDS = { from: true, to: true, above: true, below: true } as const;

function rangeAt(
  column: string,
  forms: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): Condition | null {
  const range: { -readonly [K in keyof Range]: number } = {};
  let dates = 0;
  let numbers = 0;
  for (const key of Object.keys(BOUNDS) as (keyof Range)[]) {
    if (!(key in forms)) continue;
    const bound = forms[key];
    const time = typeof bound === "string" ? parseTime(bound) : null;
    if (typeof bound === "number" && Number.isFinite(bound)) {
      numbers++;
      range[key] = bound;
    } else if (time !== null) {
      dates++;
      range[key] = time;
    } else {
      return refuse(report, [...path, key], `is ${shown(bound)}; a bound is a number or a date such as 2026-01-31`);
    }
  }
  if (dates > 0 && numbers > 0) return refuse(report, path, "has a date for one bound and a number for the other");
  return dates > 0 ? { kind: "range", column, range, time: true } : { kind: "range", column, range };
}

function clockAt(
  column: string,
  part: "hour" | "weekday",
  value: unknown,
  path: Path,
  report: Report,
): Condition | null {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const values: number[] = [];
  for (const entry of given) {
    const number = part === "hour" ? hourOf(entry) : weekdayOf(entry);
    if (number === null) {
      return refuse(report, path, `is ${shown(entry)}; ${CLOCK_TAKES[part]}`);
    }
    values.push(number);
  }
  if (values.length === 0) return refuse(report, path, "is an empty list, which selects nothing");
  return { kind: "clock", column, part, values };
}

const CLOCK_TAKES = {
  hour: "an hour is a whole number from 0 to 23, in UTC",
  weekday: "a weekday is a name (Monday or Mon) or a number from 1 (Monday) to 7 (Sunday)",
} as const;

function hourOf(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 23 ? value : null;
}

function weekdayOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isInteger(value) && value >= 1 && value <= 7 ? value : null;
  if (typeof value !== "string" || value.length < 3) return null;
  const wanted = value.toLowerCase();
  for (let day = 1; day <= 7; day++) if (weekdayName(day).toLowerCase().startsWith(wanted)) return day;
  return null;
}

function refuse(report: Report, path: Path, message: string, mend: readonly string[] = []): null {
  report({ path, message, mend });
  return null;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value of the file as a message quotes it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "a map";
}
