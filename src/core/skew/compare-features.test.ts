import { describe, expect, test } from "vitest";
import { createRandom } from "../statistics/random.ts";
import type { JoinedRows } from "./compare-features.ts";
import { compareFeatures } from "./compare-features.ts";
import type { Cell } from "./expression.ts";
import { evaluate, timePart } from "./expression.ts";
import { parseExpression } from "./parse-expression.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

interface Raw {
  readonly time: number;
  readonly temperature: number;
  readonly speed: number;
  readonly age: number | null;
  readonly city: string;
}

const random = createRandom(3);
const raws: readonly Raw[] = Array.from({ length: 600 }, (_, row) => ({
  time: start + row * (day / 24) + Math.floor(random.next() * 3_000_000),
  temperature: Math.round(random.nextNormal() * 80 + 150) / 10,
  speed: 20 + Math.round(random.next() * 300) / 10,
  age: row % 9 === 0 ? null : 20 + Math.floor(random.next() * 50),
  city: ["Oslo", "Bergen", " Tromsø "][row % 3]!,
}));

const transformations = {
  temp: "temperature / 41",
  speed_share: "speed / 67",
  hour: "hour of time",
  age_filled: "fill(age, 38)",
  city: "trim(city)",
  work: "temperature * speed",
} as const;

function halvesToEven(x: number): number {
  const low = Math.floor(x);
  if (Math.abs(x - low - 0.5) > 1e-9) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const features = Object.entries(transformations).map(([name, text]) => ({
  name,
  text,
  expression: parseExpression(text),
}));

function right(feature: string, row: number): Cell {
  const expression = features.find((entry) => entry.name === feature)!.expression;
  return evaluate(expression, (column) => raws[row]![column as keyof Raw]);
}

/** Rows whose logged values are right, but for what `fault` says. */
function rowsWith(fault: (feature: string, row: number) => Cell | undefined): JoinedRows {
  return {
    rows: raws.length,
    id: (row) => `r${row}`,
    time: (row) => raws[row]!.time,
    raw: (column, row) => raws[row]![column as keyof Raw],
    isTime: (column) => column === "time",
    logged: (feature, row) => {
      const wrong = fault(feature, row);
      return wrong === undefined ? right(feature, row) : wrong;
    },
  };
}

const isFaulty = (row: number): boolean => row >= 200 && row % 4 === 0;

/** The same expression with one raw column changed. */
function withInput(feature: string, column: keyof Raw, change: (value: never) => unknown) {
  const expression = features.find((entry) => entry.name === feature)!.expression;
  return (name: string, row: number): Cell | undefined =>
    name === feature && isFaulty(row)
      ? evaluate(expression, (input) =>
          input === column ? (change(raws[row]![column] as never) as Cell) : raws[row]![input as keyof Raw],
        )
      : undefined;
}

describe("causes", () => {
  test.each([
    ["unit", "degrees Fahrenheit", "temp", withInput("temp", "temperature", (x: number) => x * 1.8 + 32)],
    [
      "unit",
      "miles instead of kilometres",
      "speed_share",
      withInput("speed_share", "speed", (x: number) => x / 1.609344),
    ],
    ["time zone", "+2 h", "hour", withInput("hour", "time", (x: number) => x + 2 * 3_600_000)],
    [
      "imputation",
      "filled with 0.5",
      "temp",
      (name: string, row: number) => (name === "temp" && isFaulty(row) ? 0.5 : undefined),
    ],
    [
      "imputation",
      "where the input was missing",
      "age_filled",
      (name: string, row: number) => (name === "age_filled" && raws[row]!.age === null && row >= 200 ? 0 : undefined),
    ],
    [
      "missing",
      "logged as missing",
      "speed_share",
      (name: string, row: number) => (name === "speed_share" && isFaulty(row) ? null : undefined),
    ],
    [
      "swapped",
      "value of speed_share",
      "temp",
      (name: string, row: number) => (name === "temp" && isFaulty(row) ? right("speed_share", row) : undefined),
    ],
    [
      "stale",
      "row before",
      "temp",
      (name: string, row: number) => (name === "temp" && isFaulty(row) ? right("temp", row - 1) : undefined),
    ],
    [
      "text form",
      "lower case",
      "city",
      (name: string, row: number) =>
        name === "city" && isFaulty(row) ? String(right("city", row)).toLowerCase() : undefined,
    ],
    [
      "scale",
      "times 1.7",
      "temp",
      (name: string, row: number) => (name === "temp" && isFaulty(row) ? Number(right("temp", row)) * 1.7 : undefined),
    ],
    [
      "rounding",
      "temperature was taken rounded to whole numbers",
      "temp",
      // Halves to the even neighbour, as numpy rounds, of values in steps of a half.
      withInput("temp", "temperature", (x: number) => halvesToEven(x)),
    ],
    [
      "rounding",
      "cut to multiples of 0.1",
      "speed_share",
      (name: string, row: number) =>
        name === "speed_share" && isFaulty(row) ? Math.floor(Number(right("speed_share", row)) * 10) / 10 : undefined,
    ],
    [
      "unit",
      "Fahrenheit instead of Celsius and rounded to whole numbers",
      "temp",
      withInput("temp", "temperature", (x: number) => Math.round(x * 1.8 + 32)),
    ],
    [
      "clipping",
      "cut off above 0.5",
      "speed_share",
      (name: string, row: number) =>
        name === "speed_share" && isFaulty(row) ? Math.min(0.5, Number(right("speed_share", row))) : undefined,
    ],
    [
      "left out",
      "speed was left out of work",
      "work",
      (name: string, row: number) => (name === "work" && isFaulty(row) ? raws[row]!.temperature : undefined),
    ],
    [
      "offset",
      "plus 0.013",
      "temp",
      (name: string, row: number) =>
        name === "temp" && isFaulty(row) ? Number(right("temp", row)) + 0.013 : undefined,
    ],
  ] as const)("%s: %s", (kind, words, feature, fault) => {
    const { features: found } = compareFeatures(rowsWith(fault), { features, tolerance: 1e-6 });
    expect(found[0]!.name).toBe(feature);
    expect(found[0]!.cause).toMatchObject({ kind });
    expect(found[0]!.cause!.sentence).toContain(words);
    expect(found.slice(1).every((other) => other.differing === 0)).toBe(true);
  });

  test("noise is not explained by any known mistake", () => {
    const noise = createRandom(8);
    const fault = (name: string, row: number): Cell | undefined =>
      name === "temp" && isFaulty(row) ? noise.next() : undefined;
    const values = new Map<number, Cell | undefined>();
    const stable = (name: string, row: number): Cell | undefined => {
      if (name !== "temp") return undefined;
      if (!values.has(row)) values.set(row, fault(name, row));
      return values.get(row);
    };
    const { features: found } = compareFeatures(rowsWith(stable), { features, tolerance: 1e-6 });
    expect(found[0]!.cause!.kind).toBe("unknown");
  });
});

describe("rows that differ", () => {
  test("are counted, dated and named; float32 rounding is no difference", () => {
    const rows = rowsWith((name, row) =>
      name === "temp" ? (isFaulty(row) ? 99 : Math.fround(Number(right(name, row)))) : undefined,
    );
    const { features: found, affected } = compareFeatures(rows, { features, tolerance: 1e-6 });
    expect(found[0]).toMatchObject({
      name: "temp",
      differing: 100,
      share: 100 / 600,
      share_since: 0.25,
      ids: expect.arrayContaining(["r200", "r596"]),
    });
    expect(found[0]!.since).toBe(new Date(raws[200]!.time).toISOString());
    expect(Date.parse(found[0]!.since_earliest!)).toBeLessThan(raws[200]!.time);
    expect(affected).toBe(100);
  });
});

describe("expressions", () => {
  const value = (text: string, cells: Record<string, Cell> = {}): Cell =>
    evaluate(parseExpression(text), (column) => cells[column] ?? null);

  test("arithmetic has the usual precedence, and minus works in front", () => {
    expect(value("1 + 2 * 3 - 4 / 2")).toBe(5);
    expect(value("-(2 + 3) * 2")).toBe(-10);
    expect(value("(x - 32) * 5 / 9", { x: 212 })).toBe(100);
  });

  test("missing in, missing out, except for fill", () => {
    expect(value("x / 2")).toBeNull();
    expect(value("fill(x, 38) + 1")).toBe(39);
    expect(value("log(x)", { x: -1 })).toBeNull();
  });

  test("columns with odd names go in backticks, and a column may be called month", () => {
    expect(value("`wind speed (km/h)` / 67", { "wind speed (km/h)": 67 })).toBe(1);
    expect(value("month + 1", { month: 2 })).toBe(3);
    expect(value("month of t", { t: Date.UTC(2026, 10, 5) })).toBe(11);
  });

  test("weekdays start at Sunday, months at 1, all in UTC", () => {
    const time = Date.UTC(2012, 8, 16, 23, 30);
    expect(timePart(time, "weekday")).toBe(0);
    expect(timePart(time, "month")).toBe(9);
    expect(timePart(time, "hour")).toBe(23);
  });

  test.each([
    ["2 +", "missing at the end"],
    ["sqroot(x)", "nearest: sqrt"],
    ["clip(x)", "takes 3 values"],
    ["x ; process.exit()", '";" does not belong here'],
    ["epoch of t", "parts of a time are"],
    [`${"(".repeat(80)}x${")".repeat(80)}`, "nest deeper"],
  ])("%s is refused with the reason", (text, reason) => {
    expect(() => parseExpression(text)).toThrow(reason);
  });
});
