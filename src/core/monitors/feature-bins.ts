import { type Column, nullCode } from "../tables/table.ts";

/** Quantiles of numbers; categories by frequency; missing has a bin of its own. At most 63. */
const NUMBER_BINS = 40;
const CATEGORY_BINS = 60;
const MISSING = 62;
const RARE = 61;

/** Some rows of a column. */
export interface ColumnRows {
  readonly column: Column;
  readonly rows: Uint32Array;
}

/** How values of a feature become small integers. */
export type Binning =
  | { readonly kind: "numbers"; readonly edges: readonly number[] }
  | { readonly kind: "texts"; readonly codes: ReadonlyMap<string, number> };

/** Learns bins on all of these rows. Null where the kinds do not go together (a text here, a number there). */
export function fitBinning(sides: readonly ColumnRows[]): Binning | null {
  if (sides.every(({ column }) => isNumeric(column))) return { kind: "numbers", edges: edgesOf(sides) };
  return sides.some(({ column }) => isNumeric(column)) ? null : { kind: "texts", codes: codesOf(sides) };
}

/** The bin of each row; null where the column is of another kind. */
export function applyBinning(binning: Binning, { column, rows }: ColumnRows): Uint8Array | null {
  if ((binning.kind === "numbers") !== isNumeric(column)) return null;
  if (binning.kind === "numbers") {
    const { edges } = binning;
    const { values } = column as Exclude<Column, { readonly kind: "category" }>;
    return Uint8Array.from(rows, (row) => {
      const value = values[row]!;
      if (value !== value) return MISSING;
      let bin = 0;
      while (bin < edges.length && edges[bin]! <= value) bin++;
      return bin;
    });
  }
  return Uint8Array.from(rows, (row) => {
    const text = textOf(column, row);
    return text === null ? MISSING : (binning.codes.get(text) ?? RARE);
  });
}

/** One feature of both sides in bins of both together, reference rows first; null where the kinds do not go together. */
export function featureBins(
  reference: Column,
  referenceRows: Uint32Array,
  current: Column,
  currentRows: Uint32Array,
): Uint8Array | null {
  const sides = [
    { column: reference, rows: referenceRows },
    { column: current, rows: currentRows },
  ];
  const binning = fitBinning(sides);
  if (binning === null) return null;
  const out = new Uint8Array(referenceRows.length + currentRows.length);
  out.set(applyBinning(binning, sides[0]!)!);
  out.set(applyBinning(binning, sides[1]!)!, referenceRows.length);
  return out;
}

function isNumeric({ kind }: Column): boolean {
  return kind === "number" || kind === "time";
}

function edgesOf(sides: readonly ColumnRows[]): number[] {
  const values = new Float64Array(sides.reduce((sum, { rows }) => sum + rows.length, 0)).fill(Number.NaN);
  let at = 0;
  for (const { column, rows } of sides) {
    if (column.kind !== "category") for (const row of rows) values[at++] = column.values[row]!;
  }
  const sorted = values.filter((value) => value === value).sort();
  const edges: number[] = [];
  for (let k = 1; k < NUMBER_BINS; k++) {
    const edge = sorted[Math.floor((k * sorted.length) / NUMBER_BINS)];
    if (edge !== undefined && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) edges.push(edge);
  }
  return edges;
}

function codesOf(sides: readonly ColumnRows[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { column, rows } of sides) {
    for (const row of rows) {
      const text = textOf(column, row);
      if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const frequent = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, CATEGORY_BINS);
  return new Map(frequent.map(([text], code) => [text, code]));
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
