import { type Column, nullCode } from "../tables/table.ts";

/** Quantiles of both sides together; categories by frequency; missing has a bin of its own. At most 63. */
const NUMBER_BINS = 40;
const CATEGORY_BINS = 60;
const MISSING = 62;
const RARE = 61;

/**
 * One feature of both sides as small integers, reference rows first, for telling the sides apart. Null where the kinds do
 * not go together (a text here, a number there).
 */
export function featureBins(
  reference: Column,
  referenceRows: Uint32Array,
  current: Column,
  currentRows: Uint32Array,
): Uint8Array | null {
  const out = new Uint8Array(referenceRows.length + currentRows.length);
  const sides = [
    { column: reference, rows: referenceRows, at: 0 },
    { column: current, rows: currentRows, at: referenceRows.length },
  ] as const;
  if (sides.every(({ column }) => column.kind === "number" || column.kind === "time")) {
    binNumbers(sides, out);
    return out;
  }
  if (sides.some(({ column }) => column.kind === "number" || column.kind === "time")) return null;
  binTexts(sides, out);
  return out;
}

type Sides = readonly { readonly column: Column; readonly rows: Uint32Array; readonly at: number }[];

function binNumbers(sides: Sides, out: Uint8Array): void {
  const values = new Float64Array(out.length).fill(Number.NaN);
  for (const { column, rows, at } of sides) {
    if (column.kind === "category") continue;
    rows.forEach((row, i) => (values[at + i] = column.values[row]!));
  }
  const sorted = values.filter((value) => value === value).sort();
  const edges: number[] = [];
  for (let k = 1; k < NUMBER_BINS; k++) {
    const edge = sorted[Math.floor((k * sorted.length) / NUMBER_BINS)];
    if (edge !== undefined && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) edges.push(edge);
  }
  values.forEach((value, i) => {
    let bin = 0;
    while (bin < edges.length && edges[bin]! <= value) bin++;
    out[i] = value === value ? bin : MISSING;
  });
}

function binTexts(sides: Sides, out: Uint8Array): void {
  const texts: (string | null)[] = Array.from({ length: out.length }, () => null);
  const counts = new Map<string, number>();
  for (const { column, rows, at } of sides) {
    rows.forEach((row, i) => {
      const text = textOf(column, row);
      texts[at + i] = text;
      if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    });
  }
  const frequent = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, CATEGORY_BINS);
  const codes = new Map(frequent.map(([text], code) => [text, code]));
  texts.forEach((text, i) => (out[i] = text === null ? MISSING : (codes.get(text) ?? RARE)));
}

/** Booleans go by the name that a record of JSON gives them. */
function textOf(column: Column, row: number): string | null {
  if (column.kind === "category") {
    const code = column.codes[row]!;
    return code === nullCode(column.codes) ? null : (column.dictionary.texts[code] ?? null);
  }
  const value = column.values[row]!;
  return value > 1 ? null : String(value === 1);
}
