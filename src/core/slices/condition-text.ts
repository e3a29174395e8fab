import type { Condition, Range, Scalar } from "./condition.ts";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export function weekdayName(isoDay: number): string {
  return WEEKDAYS[isoDay - 1] ?? String(isoDay);
}

/** A condition as people read it: `user_age from 18 below 30 and gender = F`. */
export function conditionText(condition: Condition): string {
  return textOf(condition, false);
}

/** @param inner true where the text is part of a larger condition and `or` needs its brackets */
function textOf(condition: Condition, inner: boolean): string {
  switch (condition.kind) {
    case "all":
      if (condition.of.length === 0) return "everything";
      return condition.of.map((part) => textOf(part, condition.of.length > 1)).join(" and ");
    case "any": {
      if (condition.of.length === 0) return "nothing";
      const text = condition.of.map((part) => textOf(part, condition.of.length > 1)).join(" or ");
      return inner && condition.of.length > 1 ? `(${text})` : text;
    }
    case "not":
      return notText(condition.of);
    case "null":
      return `${condition.column} is ${condition.isNull ? "null" : "not null"}`;
    case "is":
      return `${condition.column} = ${valuesText(condition.values, condition.time === true)}`;
    case "range":
      return `${condition.column} ${rangeText(condition.range, condition.time === true)}`;
    case "clock":
      return `${condition.column} on ${clockText(condition)}`;
  }
}

function notText(condition: Condition): string {
  if (condition.kind === "is") {
    return `${condition.column} not ${valuesText(condition.values, condition.time === true)}`;
  }
  return `not (${textOf(condition, false)})`;
}

function valuesText(values: readonly Scalar[], time: boolean): string {
  if (values.length === 0) return "nothing";
  return values.map((value) => scalarText(value, time)).join(" | ");
}

function scalarText(value: Scalar, time: boolean): string {
  if (time && typeof value === "number") return timeText(value);
  if (typeof value !== "string") return String(value);
  return value.trim() === value && value !== "" && !/[|()"]/.test(value) ? value : JSON.stringify(value);
}

function rangeText(range: Range, time: boolean): string {
  const parts: string[] = [];
  for (const key of ["from", "above", "to", "below"] as const) {
    const bound = range[key];
    if (bound !== undefined) parts.push(`${key} ${time ? timeText(bound) : String(bound)}`);
  }
  return parts.length === 0 ? "is not null" : parts.join(" ");
}

function clockText(condition: Extract<Condition, { kind: "clock" }>): string {
  return condition.values
    .map((value) => (condition.part === "weekday" ? weekdayName(value) : `${String(value).padStart(2, "0")}h`))
    .join(" | ");
}

/** A day where the time is midnight, else RFC 3339 in UTC. */
export function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return String(milliseconds);
  const text = date.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, -14) : text.replace(".000Z", "Z");
}
