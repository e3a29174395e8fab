import { nearest } from "../../core/nearest.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";

/** A value that must be a JSON object. @throws RequestFailure saying what it should be */
export function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RequestFailure(`${what} is a JSON object`);
}

/** Refuses a key that nothing reads: a mistyped `expires` would be an override for ever. @throws RequestFailure */
export function refuseUnknownKeys(
  document: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  what: string,
): void {
  for (const key of Object.keys(document)) {
    if (known.has(key)) continue;
    const near = nearest(key, known);
    const hint = near.length === 0 ? [...known].join(", ") : `nearest: ${near.join(", ")}`;
    throw new RequestFailure(`${what} has no key "${key.slice(0, 60)}"; ${hint}`);
  }
}
