import { describe, expect, test } from "vitest";
import { createRandom } from "../statistics/random.ts";
import type { Column, Table } from "../tables/table.ts";
import { createRegisters, distinctEstimate, enterHash, hashNumberBits, hashText } from "./hyperloglog.ts";
import { makeEdges } from "./make-edges.ts";
import { makeFrame } from "./make-frame.ts";
import { createProfile, createProfiler, mergeProfiles } from "./profile.ts";
import { frameDocument, periodDocument } from "./profile-document.ts";
import { momentSummary, profileQuantile } from "./summary.ts";
import { languages, textFeatures } from "./text-features.ts";

function numbers(name: string, values: Float64Array): Column {
  return { name, kind: "number", values };
}
function tableOf(columns: readonly Column[], rows: number): Table {
  return { rows, firstRow: 0, columns: new Map(columns.map((column) => [column.name, column])) };
}

describe("edges", () => {
  test("a value that fills most of a column is a group of its own", () => {
    const sorted = Float64Array.from({ length: 5000 }, (_, i) => (i < 4600 ? 0 : i)).sort();
    expect(makeEdges(sorted, false).groups).toEqual(["up to 0", "above 0"]);
  });

  test("few different values are groups, with one for all others", () => {
    expect(makeEdges(Float64Array.of(1, 2, 2, 3), false).groups).toEqual(["1", "2", "3", "other values"]);
  });

  test("a column without any finite value has one bin", () => {
    expect(makeEdges(new Float64Array(0), false).edges).toHaveLength(0);
  });
});

describe("summaries", () => {
  const random = createRandom(1);
  const values = Float64Array.from({ length: 20_000 }, () => 1e6 + random.nextNormal());
  const frame = makeFrame(tableOf([numbers("x", values)], values.length));
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, tableOf([numbers("x", values)], values.length));
  const column = profile.columns[0]!;

  test("moments far from the origin keep their digits", () => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const summary = momentSummary(column);
    expect(summary.mean).toBeCloseTo(mean, 8);
    expect(summary.sd).toBeCloseTo(Math.sqrt(variance), 10);
    expect(summary.skewness).toBeCloseTo(0, 1);
  });

  test("quantiles are off by at most two thousandths of the rows", () => {
    const sorted = values.slice().sort();
    for (const q of [0, 0.01, 0.25, 0.5, 0.9, 0.999, 1]) {
      const quantile = profileQuantile(column, q)!;
      const below = sorted.filter((value) => value <= quantile).length / sorted.length;
      expect(Math.abs(below - q)).toBeLessThanOrEqual(0.002);
    }
  });
});

describe("distinct values", () => {
  test.each([10, 1000, 50_000, 1_000_000])("%d different values are counted within four standard errors", (count) => {
    const registers = createRegisters();
    const whole = new Float64Array(1);
    const halves = new Uint32Array(whole.buffer);
    for (let i = 0; i < count; i++) {
      whole[0] = i;
      enterHash(registers, hashNumberBits(halves[0]!, halves[1]!));
    }
    expect(Math.abs(distinctEstimate(registers) / count - 1)).toBeLessThan(0.092);
  });

  test("similar texts do not collide", () => {
    const registers = createRegisters();
    for (let i = 0; i < 20_000; i++) enterHash(registers, hashText(`user_${i}`));
    expect(Math.abs(distinctEstimate(registers) / 20_000 - 1)).toBeLessThan(0.092);
  });
});

describe("kinds", () => {
  test("rising integers are an identifier, floating numbers that never repeat are not", () => {
    const rows = 200;
    const random = createRandom(3);
    const frame = makeFrame(
      tableOf(
        [
          numbers(
            "row",
            Float64Array.from({ length: rows }, (_, i) => 1000 + i),
          ),
          numbers(
            "price",
            Float64Array.from({ length: rows }, () => random.next()),
          ),
        ],
        rows,
      ),
    );
    expect(frame.columns.map((column) => column.identifier)).toEqual([true, false]);
  });

  test("a language is guessed by its frequent words or its script", () => {
    const guess = (text: string): string => languages[textFeatures(text).language]!;
    expect(guess("the cat sat on the mat and it was happy")).toBe("en");
    expect(guess("ich habe das nicht gewusst und bin auch noch müde")).toBe("de");
    expect(guess("je ne sais pas ce que vous voulez dans la vie")).toBe("fr");
    expect(guess("no sé qué es lo que quieren para la fiesta")).toBe("es");
    expect(guess("привет как дела сегодня")).toBe("cyrillic");
    expect(guess("12345")).toBe("other");
  });
});

describe("size of the file form", () => {
  test("thirty days of twenty columns stay below 5 MB, and their merge has all rows", () => {
    const random = createRandom(9);
    const rows = 20_000;
    const columns = Array.from({ length: 20 }, (_, c) =>
      numbers(
        `c${c}`,
        Float64Array.from({ length: rows }, () => random.nextNormal() * (c + 1)),
      ),
    );
    const day = tableOf(columns, rows);
    const frame = makeFrame(day);
    const profile = createProfile(frame);
    createProfiler(frame).add(profile, day);
    const one = JSON.stringify(periodDocument(profile, "2026-01-01", "2026-01-02")).length;
    expect(JSON.stringify(frameDocument(frame)).length + 30 * one).toBeLessThan(5e6);
    expect(mergeProfiles(Array.from({ length: 30 }, () => profile)).rows).toBe(30 * rows);
  });
});
