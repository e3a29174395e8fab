import { RequestFailure } from "../../core/serving/feature-record.ts";

/** A value that must be a JSON object. @throws RequestFailure saying what it should be */
export function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RequestFailure(`${what} is a JSON object`);
}
