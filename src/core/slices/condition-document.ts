import type { Condition, Scalar } from "./condition.ts";
import { timeText, weekdayName } from "./condition-text.ts";

/** JSON as the policy file writes conditions. */
export type ConditionDocument = { readonly [key: string]: unknown };

/**
 * The condition in the form of the policy file, so that what a verdict or a report shows can be pasted back:
 * `{ gender: F, user_age: { from: 18, below: 30 } }`.
 */
export function conditionDocument(condition: Condition): ConditionDocument {
  switch (condition.kind) {
    case "all": {
      const merged = asOneMap(condition.of);
      return merged ?? { all: condition.of.map(conditionDocument) };
    }
    case "any":
      return { any: condition.of.map(conditionDocument) };
    case "not":
      return { not: conditionDocument(condition.of) };
    default: {
      const key = condition.column;
      // A column that is named like a keyword is written by its long form.
      return isKeyword(key) ? { column: key, is: columnDocument(condition) } : { [key]: columnDocument(condition) };
    }
  }
}

const isKeyword = (name: string): boolean => ["all", "any", "not", "column", "__proto__"].includes(name);

/** Several plain columns, each once, are one map. */
function asOneMap(parts: readonly Condition[]): ConditionDocument | null {
  if (parts.length < 2) return null;
  const merged: Record<string, unknown> = {};
  for (const part of parts) {
    if (part.kind === "all" || part.kind === "any" || part.kind === "not") return null;
    if (isKeyword(part.column) || Object.hasOwn(merged, part.column)) return null;
    merged[part.column] = columnDocument(part);
  }
  return merged;
}

type ColumnCondition = Exclude<Condition, { kind: "all" | "any" | "not" }>;

function columnDocument(condition: ColumnCondition): unknown {
  switch (condition.kind) {
    case "null":
      return { null: condition.isNull };
    case "is": {
      const values = condition.values.map((value) => scalarDocument(value, condition.time === true));
      return values.length === 1 ? values[0] : values;
    }
    case "range":
      return Object.fromEntries(
        Object.entries(condition.range).map(([key, bound]) => [key, scalarDocument(bound, condition.time === true)]),
      );
    case "clock": {
      const values = condition.part === "weekday" ? condition.values.map(weekdayName) : condition.values;
      return { [condition.part]: values.length === 1 ? values[0] : values };
    }
  }
}

function scalarDocument(value: Scalar, time: boolean): Scalar {
  return time && typeof value === "number" ? timeText(value) : value;
}
