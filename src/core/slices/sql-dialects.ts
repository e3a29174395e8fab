import { InternalError } from "../failures.ts";
import type { ClockPart } from "./condition.ts";

/** What differs between SQL engines as far as a condition goes. */
export interface SqlDialect {
  readonly name: string;
  identifier(name: string): string;
  text(value: string): string;
  /** Finite or infinite, never NaN. */
  number(value: number): string;
  /** @param type the engine's own type of the column, which decides whether the literal carries a zone */
  time(milliseconds: number, type: string): string;
  isNan(sql: string): string;
  /** Hour 0-23 or ISO weekday 1-7 of a time, in UTC. */
  clock(part: ClockPart, sql: string, type: string): string;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function identifier(name: string): string {
  if (name.includes("\0")) throw new InternalError("a column name holds a zero character, which no SQL engine takes");
  return `"${name.replaceAll('"', '""')}"`;
}

/** Exponent form is a double on every engine; `1.0` is a DECIMAL on some. Whole numbers stay exact integers. */
function finite(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const text = value.toExponential();
  return text.replace("e+", "e");
}

/** `2026-11-23 09:30:00.123456`; the microseconds come from the fraction of the millisecond. */
function timeText(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const micros = Math.round((milliseconds - whole) * 1000);
  const date = new Date(whole + (micros === 1000 ? 1 : 0)).toISOString().replace("T", " ").replace("Z", "");
  return `${date}${String(micros % 1000).padStart(3, "0")}`;
}

const zoned = (type: string): boolean => /with time zone|timestamptz/i.test(type);

export const duckdbDialect: SqlDialect = {
  name: "duckdb",
  identifier,
  // The parser reads statements as zero-ended text.
  text: (value) => {
    const pieces = value.split("\0").map(quote);
    return pieces.length === 1 ? pieces[0]! : `(${pieces.join(" || chr(0) || ")})`;
  },
  number: (value) => (Number.isFinite(value) ? finite(value) : `cast('${value}' as double)`),
  time: (milliseconds, type) =>
    zoned(type) ? `timestamptz '${timeText(milliseconds)}+00'` : `timestamp '${timeText(milliseconds)}'`,
  isNan: (sql) => `isnan(${sql})`,
  clock: (part, sql, type) => {
    const utc = zoned(type) ? `(${sql} at time zone 'UTC')` : sql;
    return part === "hour" ? `hour(${utc})` : `isodow(${utc})`;
  },
};

export const trinoDialect: SqlDialect = {
  name: "trino",
  identifier,
  text: (value) => {
    // Everything outside printable ASCII goes by its code point, so that no client's encoding matters.
    if (/^[\x20-\x7e]*$/.test(value)) return quote(value);
    const escaped = Array.from(value, (character) => {
      if (character === "\\") return "\\\\";
      return /[\x20-\x7e]/.test(character)
        ? character
        : `\\+${character.codePointAt(0)!.toString(16).padStart(6, "0")}`;
    }).join("");
    return `U&${quote(escaped)}`;
  },
  number: (value) => (Number.isFinite(value) ? finite(value) : value > 0 ? "infinity()" : "-infinity()"),
  time: (milliseconds, type) => `timestamp '${timeText(milliseconds)}${zoned(type) ? " UTC" : ""}'`,
  isNan: (sql) => `is_nan(${sql})`,
  clock: (part, sql, type) => {
    const utc = zoned(type) ? `(${sql} at time zone 'UTC')` : sql;
    return part === "hour" ? `hour(${utc})` : `day_of_week(${utc})`;
  },
};
