import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Column, Table } from "../tables/table.ts";
import { makeFrame } from "./make-frame.ts";
import type { Profile } from "./profile.ts";
import { createProfile, createProfiler, mergeProfiles } from "./profile.ts";
import { frameDocument, periodDocument, readProfileDocument } from "./profile-document.ts";

const byName = (a: readonly [string, number], b: readonly [string, number]): number => (a[0] < b[0] ? -1 : 1);

const cell = fc.record({
  x: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    fc.constantFrom(NaN, Infinity, -Infinity, 0, 3),
  ),
  isNull: fc.boolean(),
  level: fc.constantFrom("a", "b", "c", "ä", "", null),
  flag: fc.constantFrom(0, 1, 255),
  words: fc.constantFrom("the cat and the dog sat on a mat", "der Hund und die Katze sind nicht da", "zebra", null),
});
interface Cell {
  readonly x: number;
  readonly isNull: boolean;
  readonly level: string | null;
  readonly flag: number;
  readonly words: string | null;
}

function tableOf(cells: readonly Cell[], firstRow = 0): Table {
  const category = (texts: readonly (string | null)[]): Column => {
    const dictionary = { texts: [...new Set(texts.filter((text) => text !== null))] };
    const codes = Uint16Array.from(texts, (text) => (text === null ? 0xffff : dictionary.texts.indexOf(text)));
    return { name: "", kind: "category", codes, dictionary };
  };
  const columns = new Map<string, Column>([
    [
      "x",
      {
        name: "x",
        kind: "number",
        values: Float64Array.from(cells, (row) => (row.isNull ? NaN : row.x)),
        nulls: Uint8Array.from(cells, (row) => Number(row.isNull)),
      },
    ],
    ["level", { ...category(cells.map((row) => row.level)), name: "level" }],
    ["flag", { name: "flag", kind: "boolean", values: Uint8Array.from(cells, (row) => row.flag) }],
    ["words", { ...category(cells.map((row) => row.words)), name: "words" }],
  ]);
  return { rows: cells.length, firstRow, columns };
}

const reference = tableOf(
  Array.from({ length: 300 }, (_, i) => ({
    x: Math.sin(i) * 100 + i,
    isNull: i % 50 === 0,
    level: i % 3 === 0 ? "a" : "b",
    flag: i % 2,
    words: `the cat and the dog number ${i} sat on a mat`,
  })),
);
const frame = makeFrame(reference, { text: ["words"] });

function profileOf(cells: readonly Cell[], firstRow = 0): Profile {
  const profile = createProfile(frame);
  createProfiler(frame).add(profile, tableOf(cells, firstRow));
  return profile;
}

/** Counts must be equal to the last digit, floating sums to rounding: what differs is returned as is. */
function differences(left: Profile, right: Profile): unknown[] {
  const found: unknown[] = [];
  if (left.rows !== right.rows || left.joint.rows !== right.joint.rows) found.push([left.rows, right.rows]);
  left.columns.forEach((a, index) => {
    const b = right.columns[index]!;
    const plain = (column: typeof a): string =>
      JSON.stringify({
        ...column,
        powers: null,
        frame: null,
        min: String(column.min),
        max: String(column.max),
        counts: [...column.counts],
        registers: [...column.registers],
        unseen: [...column.unseen].sort(byName),
        text: column.text && {
          ...column.text,
          cells: [...column.text.cells],
          byLanguage: [...column.text.byLanguage],
          known: [...column.text.known].sort(byName),
          unknown: [...column.text.unknown].sort(byName),
        },
      });
    if (plain(a) !== plain(b)) found.push([plain(a), plain(b)]);
    a.powers.forEach((sum, k) => {
      if (!close(sum, b.powers[k]!)) found.push([a.frame.name, sum, b.powers[k]]);
    });
  });
  left.joint.products.forEach((sum, k) => {
    if (!close(sum, right.joint.products[k]!)) found.push([sum, right.joint.products[k]]);
  });
  return found;
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

describe("profile laws", () => {
  const rows = fc.array(cell, { maxLength: 60 });

  test("a profile of all rows equals the merged profiles of any two parts", () => {
    fc.assert(
      fc.property(rows, fc.nat(60), (cells, cut) => {
        const at = Math.min(cut, cells.length);
        expect(
          differences(profileOf(cells), mergeProfiles([profileOf(cells.slice(0, at)), profileOf(cells.slice(at), at)])),
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("merging is commutative and associative, with the empty profile as neutral element", () => {
    fc.assert(
      fc.property(rows, rows, rows, (one, two, three) => {
        const [a, b, c] = [profileOf(one), profileOf(two), profileOf(three)];
        expect(differences(mergeProfiles([a, b]), mergeProfiles([b, a]))).toEqual([]);
        expect(
          differences(mergeProfiles([mergeProfiles([a, b]), c]), mergeProfiles([a, mergeProfiles([b, c])])),
        ).toEqual([]);
        expect(differences(mergeProfiles([a, createProfile(frame)]), a)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("rows and counts add up: bins plus missing and infinite values are all rows", () => {
    fc.assert(
      fc.property(rows, (cells) => {
        for (const column of profileOf(cells).columns) {
          const inBins = column.counts.reduce((sum, count) => sum + count, 0);
          expect(inBins + column.nulls + column.nan + column.plusInfinity + column.minusInfinity).toBe(column.rows);
          expect(column.rows).toBe(cells.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a profile that is written and read again is the same", () => {
    fc.assert(
      fc.property(rows, (cells) => {
        const profile = profileOf(cells);
        const text = JSON.stringify({
          schema: "umpire.profile/1",
          source: { files: [], rows: cells.length, fingerprint: null },
          time: null,
          frame: frameDocument(frame),
          periods: [periodDocument(profile, null, null)],
        });
        const again = readProfileDocument(JSON.parse(text));
        expect(again.frame).toEqual(frame);
        expect(differences(again.profiles[0]!, profile)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
