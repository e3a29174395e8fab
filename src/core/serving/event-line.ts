import type { LogEvent } from "./prediction-event.ts";

/**
 * One event as a line of JSON. Numbers that JSON has no word for (NaN, infinities) become null, 64-bit integers text;
 * a line holds no line break.
 */
export function eventLine(event: LogEvent): string {
  try {
    return JSON.stringify(event);
  } catch {
    // Only a bigint lands here; a replacer on every event would cost more than the rest.
    return JSON.stringify(event, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  }
}
