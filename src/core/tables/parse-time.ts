const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Milliseconds since 1970 UTC of a date or time as RFC 3339 and ISO 8601 write it (`2026-11-23`,
 * `2026-11-23T09:30:00.5+01:00`, with a space for the `T` too); without a zone it is UTC. Null for anything else,
 * 30 February included. Digits beyond the microsecond are dropped.
 */
export function parseTime(text: string): number | null {
  const found = FORM.exec(text.trim());
  if (found === null) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = found;
  const parts = [Number(year), Number(month), Number(day)] as const;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const whole = utc(parts[0], parts[1], parts[2], Number(hour), Number(minute), Number(second));
  const date = new Date(whole);
  if (date.getUTCMonth() + 1 !== parts[1] || date.getUTCDate() !== parts[2]) return null;
  return whole + Number(`${fraction}000000`.slice(0, 6)) / 1000 - zoneOffset(zone);
}

function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || "0");
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}

/** Below this a number of milliseconds would lie before March 1973, and one of seconds lies before the year 5138. */
const fewestMilliseconds = 1e11;
/** The end of the year 9999. */
const mostMilliseconds = 253_402_300_799_999;

/**
 * A time as a request gives it, in milliseconds since 1970: a text such as 2026-11-23T09:30:00Z, milliseconds, or seconds as
 * Python's `time.time()` counts them. Null where it is none.
 */
export function requestTime(value: unknown): number | null {
  if (typeof value === "string") return parseTime(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  if (Math.abs(value) > mostMilliseconds) return null;
  return Math.abs(value) < fewestMilliseconds ? value * 1000 : value;
}
