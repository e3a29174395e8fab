import type { FeatureRecord } from "./feature-record.ts";

/** A record's own value; what every object has (`constructor`) is not one. */
export function valueOf(record: FeatureRecord, column: string): unknown {
  const value = record[column];
  return typeof value === "function" || (typeof value === "object" && !Object.hasOwn(record, column))
    ? undefined
    : value;
}

/** A value as a message shows it, short. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `the text '${value.slice(0, 40)}'`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : String(value);
}
