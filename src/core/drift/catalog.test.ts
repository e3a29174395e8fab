import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeFrame } from "../profile/make-frame.ts";
import { createProfile, createProfiler } from "../profile/profile.ts";
import { createRandom } from "../statistics/random.ts";
import type { Column, Table } from "../tables/table.ts";
import { driftTests, runDriftTests } from "./catalog.ts";
import { chiSquaredOfTable } from "./tests/chi-squared.ts";
import type { ColumnPair } from "./column-pair.ts";
import { columnPair } from "./column-pair.ts";
import type { DriftTest, DriftTestResult } from "./drift-test.ts";

type Values = ArrayLike<number> | ReadonlyArray<string | null>;

function columnOf(values: Values): Column {
  const first = Array.from(values as ArrayLike<unknown>).find((value) => value !== null);
  if (typeof first === "string") {
    const texts = [...new Set(Array.from(values as readonly (string | null)[]).filter((value) => value !== null))];
    const place = new Map(texts.map((text, code) => [text, code]));
    const codes = Uint16Array.from(values as readonly (string | null)[], (value) =>
      value === null ? 0xffff : place.get(value)!,
    );
    return { name: "x", kind: "category", codes, dictionary: { texts } };
  }
  return { name: "x", kind: "number", values: Float64Array.from(values as ArrayLike<number>) };
}

function tableOf(column: Column): Table {
  const rows = column.kind === "category" ? column.codes.length : column.values.length;
  return { rows, firstRow: 0, columns: new Map([["x", column]]) };
}

/** The pair as `umpire drift` makes it; exact from rows, or from histograms alone. */
function pairOf(reference: Values, current: Values, exact = true): ColumnPair {
  const [left, right] = [tableOf(columnOf(reference)), tableOf(columnOf(current))];
  const frame = makeFrame(left, { notText: ["x"], notIdentifier: ["x"] });
  const profiler = createProfiler(frame);
  const [before, after] = [createProfile(frame), createProfile(frame)];
  profiler.add(before, left);
  profiler.add(after, right);
  const sorted = (values: Values): Float64Array | null =>
    exact && frame.columns[0]!.kind === "number"
      ? Float64Array.from(values as ArrayLike<number>)
          .filter((value) => Number.isFinite(value))
          .sort()
      : null;
  return columnPair(before.columns[0]!, after.columns[0]!, sorted(reference), sorted(current));
}

function run(name: DriftTest, reference: Values, current: Values, exact = true): DriftTestResult {
  return runDriftTests(pairOf(reference, current, exact))[name.name]!;
}

function normals(seed: number, count: number, mean = 0, sd = 1): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => mean + sd * random.nextNormal());
}

function letters(seed: number, count: number, tilt: number, size = 8): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => `v${Math.floor(size * random.next() ** (1 + tilt))}`);
}

let cached: readonly (readonly ColumnPair[])[] | null = null;

/** 400 pairs of samples of one distribution: numbers, then categories. */
function nullPairs(): readonly (readonly ColumnPair[])[] {
  const draws = Array.from({ length: 400 }, (_, draw) => draw);
  cached ??= [
    draws.map((draw) => pairOf(normals(1000 + draw, 600), normals(9000 + draw, 300))),
    draws.map((draw) => pairOf(letters(1000 + draw, 600, 0.4), letters(9000 + draw, 300, 0.4))),
  ];
  return cached;
}

test("groups without rows on both sides change nothing", () => {
  const full = { labels: ["a", "b"], reference: Float64Array.of(60, 40), current: Float64Array.of(30, 70) };
  const padded = {
    labels: ["a", "x", "b", "y"],
    reference: Float64Array.of(60, 0, 40, 0),
    current: Float64Array.of(30, 0, 70, 0),
  };
  expect(chiSquaredOfTable(padded)).toEqual(chiSquaredOfTable(full));
  expect(
    chiSquaredOfTable({ labels: ["a", "x"], reference: Float64Array.of(60, 0), current: Float64Array.of(30, 0) }),
  ).toMatchObject({
    statistic: 0,
    pValue: 1,
  });
});

describe.each(driftTests.map((entry) => [entry.name, entry] as const))("%s", (_, entry) => {
  const categorical = entry.needs === "any";

  test("equal samples have distance 0 and p 1", () => {
    for (const values of [normals(1, 500), ...(categorical ? [letters(1, 500, 0)] : [])]) {
      const result = run(entry, values, values);
      expect(result.statistic).toBeCloseTo(0, 7);
      expect(result.p_value).toBe(entry.hasPValue ? 1 : null);
    }
  });

  test("the order of rows does not matter", () => {
    const [a, b] = [normals(2, 400), normals(3, 300, 0.3)];
    expect(run(entry, a.toReversed(), b.toReversed())).toEqual(run(entry, a, b));
  });

  test("one positive factor on both sides changes nothing", () => {
    const [a, b] = [normals(4, 400), normals(5, 300, 0.3)];
    const scaled = run(
      entry,
      a.map((x) => 8 * x),
      b.map((x) => 8 * x),
    );
    const plain = run(entry, a, b);
    expect(scaled.statistic).toBeCloseTo(plain.statistic!, 9);
    expect(scaled.p_value === null).toBe(plain.p_value === null);
  });

  test("a growing shift grows the statistic", () => {
    const statistics = [0, 0.2, 0.5, 1, 2].map(
      (shift) => run(entry, normals(6, 3000), normals(7, 3000, shift)).statistic!,
    );
    expect(statistics).toEqual(statistics.toSorted((a, b) => a - b));
    expect(statistics[4]! / statistics[1]!).toBeGreaterThan(2);
  });

  test("statistics stay in the stated range", () => {
    const pairs: Array<[Values, Values]> = [
      [normals(8, 200), normals(9, 50, 100)],
      [normals(8, 200), normals(9, 1, 3)],
    ];
    if (categorical) pairs.push([letters(1, 100, 0), letters(2, 100, 3).map((text) => `other ${text}`)]);
    for (const [a, b] of pairs) {
      const { statistic } = run(entry, a, b);
      expect(statistic!).toBeGreaterThanOrEqual(entry.range[0]);
      expect(statistic!).toBeLessThanOrEqual(entry.range[1]);
    }
  });

  test("empty, constant, all-null, infinite and single rows give a number or a reason, never NaN", () => {
    const odd: Values[] = [
      [3],
      [3, 3, 3, 3],
      [Number.NaN, Number.NaN],
      [Number.POSITIVE_INFINITY, 1, 2, Number.NEGATIVE_INFINITY],
      [],
    ];
    for (const a of odd) {
      for (const b of odd) {
        const result = run(entry, a, b);
        if (result.statistic === null) expect(result.reason).toBeTruthy();
        else expect(Number.isFinite(result.statistic)).toBe(true);
        if (result.p_value !== null) expect(result.p_value >= 0 && result.p_value <= 1).toBe(true);
      }
    }
  });

  test.runIf(categorical)("a category with a thousand values works, and new values count", () => {
    const many = (offset: number): string[] => Array.from({ length: 5000 }, (_row, i) => `id${(i % 1000) + offset}`);
    expect(run(entry, many(0), many(0)).statistic).toBeCloseTo(0, 7);
    expect(run(entry, many(0), many(900)).statistic!).toBeGreaterThan(run(entry, many(0), many(100)).statistic! - 1e-9);
  });

  test.runIf(entry.hasPValue)("without drift, p at or below 0.05 comes at about 5%", () => {
    const rates = nullPairs()
      .slice(0, categorical ? 2 : 1)
      .map((pairs) => pairs.filter((pair) => (entry.compute(pair).p_value ?? 1) <= 0.05).length / pairs.length);
    for (const rate of rates) {
      expect(rate).toBeGreaterThan(0.015);
      expect(rate).toBeLessThan(0.085);
    }
  });
});

describe("histograms instead of rows", () => {
  test("Kolmogorov-Smirnov from 1,000 bins is within its stated bound, and within 0.002 of the exact one", () => {
    const [a, b] = [normals(11, 30_000), normals(12, 30_000, 0.1, 1.1)];
    const [exact, binned] = [pairOf(a, b), pairOf(a, b, false)].map((pair) => runDriftTests(pair)["ks"]!);
    expect(Math.abs(exact!.statistic! - binned!.statistic!)).toBeLessThanOrEqual(binned!.error_bound!);
    expect(Math.abs(exact!.statistic! - binned!.statistic!)).toBeLessThan(0.002);
  });

  test("Wasserstein from 1,000 bins is within its stated bound, also for values far outside the reference", () => {
    for (const [mean, sd] of [
      [0.1, 1.1],
      [40, 1],
      [0, 30],
    ] as const) {
      const [a, b] = [normals(13, 20_000), normals(14, 20_000, mean, sd)];
      const [exact, binned] = [pairOf(a, b), pairOf(a, b, false)].map((pair) => runDriftTests(pair)["wasserstein"]!);
      expect(Math.abs(exact!.statistic! - binned!.statistic!)).toBeLessThanOrEqual(binned!.error_bound!);
      expect(Math.abs(exact!.statistic! / binned!.statistic! - 1)).toBeLessThan(0.1);
    }
  });

  test("values between the reference's few values are seen although no decile separates them", () => {
    const a = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : 4));
    const b = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 2 : 3));
    const tests = runDriftTests(pairOf(a, b, false));
    expect(tests["ks"]!.statistic).toBeCloseTo(0.5, 9);
    expect(tests["total_variation"]!.statistic).toBe(1);
  });
});

interface Fixture {
  readonly cases: ReadonlyArray<{
    readonly name: string;
    readonly reference: readonly (number | string | null)[];
    readonly current: readonly (number | string | null)[];
    readonly expected: Readonly<Record<string, { readonly statistic: number; readonly p_value: number | null }>>;
  }>;
}

describe("against scipy", () => {
  const fixture = JSON.parse(readFileSync(new URL("./catalog.fixture.json", import.meta.url), "utf8")) as Fixture;
  const toValues = (cells: readonly (number | string | null)[]): Values =>
    cells.some((cell) => typeof cell === "string")
      ? (cells as readonly (string | null)[])
      : Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : (cell as number)));

  test.each(fixture.cases.map((entry) => [entry.name, entry] as const))("%s", (_, entry) => {
    const results = runDriftTests(pairOf(toValues(entry.reference), toValues(entry.current)));
    for (const [name, expected] of Object.entries(entry.expected)) {
      const result = results[name]!;
      expect(Math.abs(result.statistic! - expected.statistic), name).toBeLessThan(
        1e-10 * Math.max(1, expected.statistic),
      );
      if (expected.p_value !== null) {
        expect(Math.abs(result.p_value! - expected.p_value), name).toBeLessThan(
          1e-8 * Math.max(1e-3, expected.p_value),
        );
      }
    }
  });
});
