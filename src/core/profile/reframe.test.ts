import { expect, test } from "vitest";
import { histogramDistance } from "../drift/tests/kolmogorov-smirnov.ts";
import { createRandom } from "../statistics/random.ts";
import type { Column, Table } from "../tables/table.ts";
import { filledRows } from "./column-profile.ts";
import { makeFrame } from "./make-frame.ts";
import { createProfile, createProfiler, type Profile } from "./profile.ts";
import type { Frame } from "./frame.ts";
import { reframeProfile } from "./reframe.ts";
import { momentSummary } from "./summary.ts";

const random = createRandom(3);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

function tableOf(columns: readonly Column[], rows: number): Table {
  return { rows, firstRow: 0, columns: new Map(columns.map((column) => [column.name, column])) };
}
function rowsOf(shift: number, words: readonly string[], rows = 5000): Table {
  const x = Float64Array.from({ length: rows }, (_, i) => (i % 50 === 0 ? Number.NaN : 40 + 7 * normal() + shift));
  const few = Float64Array.from({ length: rows }, () => Math.floor(random.next() * 6));
  const codes = Uint32Array.from({ length: rows }, () => Math.floor(random.next() ** 2 * words.length));
  return tableOf(
    [
      { name: "x", kind: "number", values: x },
      { name: "few", kind: "number", values: few, integer: true },
      { name: "word", kind: "category", codes, dictionary: { texts: words } },
    ],
    rows,
  );
}
function countOn(frame: Frame, table: Table): Profile {
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, table);
  return profile;
}

test("counted again on another frame: totals, moments and named values exactly, the rest within the stated spread", () => {
  const [before, after] = [rowsOf(0, ["a", "b", "c", "d"]), rowsOf(5, ["b", "c", "d", "e"])];
  const target = makeFrame(before);
  const exact = countOn(target, after);
  const { profile, spread, lost } = reframeProfile(countOn(makeFrame(after), after), target);
  expect(lost.size).toBe(0);
  profile.columns.forEach((column, index) => {
    const real = exact.columns[index]!;
    const name = column.frame.name;
    expect([column.rows, column.nulls, column.nan, column.min, column.max]).toEqual([
      real.rows,
      real.nulls,
      real.nan,
      real.min,
      real.max,
    ]);
    expect(
      column.counts.reduce((sum, count) => sum + count, 0),
      name,
    ).toBe(filledRows(real));
    if (column.frame.kind !== "number") return;
    expect(momentSummary(column).mean).toBeCloseTo(momentSummary(real).mean!, 9);
    expect(momentSummary(column).sd).toBeCloseTo(momentSummary(real).sd!, 9);
    expect(momentSummary(column).kurtosis).toBeCloseTo(momentSummary(real).kurtosis!, 6);
    const n = filledRows(real);
    const { distance } = histogramDistance(
      { counts: column.counts, filled: n, edges: column.frame.edges },
      { counts: real.counts, filled: n },
    );
    expect(distance, name).toBeLessThanOrEqual(spread.get(name)! + 1 / n);
  });
  expect(spread.get("x")).toBeLessThan(0.005);
  expect(spread.get("few")).toBe(0);
  const [word, real] = [profile.columns[2]!, exact.columns[2]!];
  expect(Array.from(word.counts)).toEqual(Array.from(real.counts));
  expect(word.unseen).toEqual(real.unseen);
});

test("a column of another kind, and texts of another vocabulary, are lost with the reason", () => {
  const texts = Array.from({ length: 400 }, (_, i) => `the quick brown fox number ${i} jumps over the lazy dog`);
  const [a, b] = ["one", "two"].map((word) =>
    tableOf(
      [
        {
          name: "note",
          kind: "category",
          codes: Uint32Array.from(texts, (_, i) => i),
          dictionary: { texts: texts.map((text) => `${word} ${text}`) },
        },
        { name: "size", kind: "number", values: Float64Array.from(texts, (_, i) => i % 9) },
      ],
      texts.length,
    ),
  );
  const other = tableOf(
    [
      { name: "note", kind: "number", values: new Float64Array(5) },
      { name: "size", kind: "number", values: new Float64Array(5) },
    ],
    5,
  );
  const frame = makeFrame(a!);
  expect(reframeProfile(countOn(makeFrame(b!), b!), frame).lost.get("note")).toMatch(/vocabulary/);
  expect(reframeProfile(countOn(makeFrame(other), other), frame).lost.get("note")).toMatch(/a number .* free text/);
});
