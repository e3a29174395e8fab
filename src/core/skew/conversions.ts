import type { Cell } from "./expression.ts";

/** A mistake that a value may have gone through before the transformation. */
export interface Conversion {
  readonly cause: "unit" | "scale" | "time zone" | "rounding" | "text form";
  readonly words: string;
  apply(cell: Cell): Cell;
}

function numeric(cause: Conversion["cause"], words: string, change: (x: number) => number): Conversion {
  return { cause, words, apply: (cell) => (typeof cell === "number" ? change(cell) : cell) };
}
function textual(words: string, change: (text: string) => string): Conversion {
  return { cause: "text form", words, apply: (cell) => (typeof cell === "string" ? change(cell) : cell) };
}

/** Factors that units differ by, both ways. */
const factors: ReadonlyArray<readonly [number, string, string, Conversion["cause"]]> = [
  [100, "in percent instead of a share", "as a share instead of percent", "unit"],
  [1000, "a thousand times too large (kilo, milli)", "a thousand times too small (kilo, milli)", "unit"],
  [1e6, "a million times too large", "a million times too small", "unit"],
  [12, "per year instead of per month", "per month instead of per year", "unit"],
  [60, "sixty times too large (minutes, seconds)", "sixty times too small (minutes, seconds)", "unit"],
  [3600, "in seconds instead of hours", "in hours instead of seconds", "unit"],
  [24, "in hours instead of days", "in days instead of hours", "unit"],
  [7, "per week instead of per day", "per day instead of per week", "unit"],
  [1.609344, "in kilometres instead of miles", "in miles instead of kilometres", "unit"],
  [3.6, "in km/h instead of m/s", "in m/s instead of km/h", "unit"],
  [3.280839895, "in feet instead of metres", "in metres instead of feet", "unit"],
  [2.2046226218, "in pounds instead of kilograms", "in kilograms instead of pounds", "unit"],
  [2.54, "in centimetres instead of inches", "in inches instead of centimetres", "unit"],
  [
    33.8638866667,
    "in hectopascals instead of inches of mercury",
    "in inches of mercury instead of hectopascals",
    "unit",
  ],
  [10, "ten times too large", "ten times too small", "scale"],
];

const hour = 3_600_000;

/** Everything that is tried on an input, most usual first. */
export const conversions: readonly Conversion[] = [
  numeric("unit", "in degrees Fahrenheit instead of Celsius", (x) => x * 1.8 + 32),
  numeric("unit", "in degrees Celsius instead of Fahrenheit", (x) => (x - 32) / 1.8),
  numeric("unit", "in kelvin instead of degrees Celsius", (x) => x + 273.15),
  numeric("unit", "in degrees Celsius instead of kelvin", (x) => x - 273.15),
  ...factors.flatMap(([factor, up, down, cause]) => [
    numeric(cause, up, (x) => x * factor),
    numeric(cause, down, (x) => x / factor),
  ]),
  numeric("scale", "with the opposite sign", (x) => -x),
  numeric("scale", "on a logarithmic scale", (x) => Math.log(x)),
  numeric("scale", "on a logarithmic scale, log(1 + x)", (x) => Math.log1p(x)),
  numeric("scale", "exponentiated", (x) => Math.exp(x)),
  numeric("scale", "with log(x) in place of log(1 + x)", (x) => Math.log(Math.expm1(x))),
  numeric("scale", "with log(1 + x) in place of log(x)", (x) => Math.log1p(Math.exp(x))),
  numeric("rounding", "rounded to whole numbers", (x) => Math.round(x)),
  numeric("rounding", "cut to whole numbers", (x) => Math.trunc(x)),
  numeric("rounding", "rounded to one decimal", (x) => Math.round(x * 10) / 10),
  numeric("rounding", "rounded to two decimals", (x) => Math.round(x * 100) / 100),
  textual("in lower case", (text) => text.toLowerCase()),
  textual("in upper case", (text) => text.toUpperCase()),
  textual("without blanks around", (text) => text.trim()),
  textual("in lower case without blanks around", (text) => text.trim().toLowerCase()),
];

/** Shifts of a time by whole and half hours: a time zone that was added, dropped or applied twice. */
export const timeShifts: readonly Conversion[] = Array.from({ length: 28 }, (_, i) => i + 1).flatMap((halves) =>
  [1, -1].map((sign): Conversion => {
    const hours = (sign * halves) / 2;
    const words = `shifted by ${sign > 0 ? "+" : "−"}${halves / 2} h (time zone)`;
    return numeric("time zone", words, (x) => x + hours * hour);
  }),
);
