import type { ColumnFrame, Frame } from "../profile/frame.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import type { RowSample } from "../profile/row-sample.ts";
import { mapDictionary } from "../profile/update-category.ts";
import type { Column } from "../tables/table.ts";

/** Rows of both sides as small integers per feature: what the domain classifier splits on. */
export interface BinnedFeatures {
  readonly names: readonly string[];
  /** Per feature, one bin per row, reference rows first. */
  readonly bins: readonly Uint8Array[];
  /** 1 for rows of the current side. */
  readonly isCurrent: Uint8Array;
  readonly rows: number;
}

const bins = 48;
const missingBin = 63;
const unseenBinCode = 62;
const rareBinCode = 61;

/** Evenly spaced rows of a sample, at most `limit`. */
export function evenRows(rows: number, limit: number): Uint32Array {
  const count = Math.min(rows, limit);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/**
 * Numbers are cut at 48 quantiles of both sides pooled; categories take a bin each for the 60 most frequent, one for
 * further known and one for unseen values; missing is a bin of its own. Identifiers, free text and times are left out.
 */
export function binnedFeatures(frame: Frame, reference: RowSample, current: RowSample, limit: number): BinnedFeatures {
  const left = evenRows(reference.table.rows, limit);
  const right = evenRows(current.table.rows, limit);
  const isCurrent = new Uint8Array(left.length + right.length).fill(1, left.length);
  const names: string[] = [];
  const features: Uint8Array[] = [];
  for (const column of frame.columns) {
    if (column.identifier || column.kind === "text" || column.kind === "time") continue;
    const a = reference.table.columns.get(column.name);
    const b = current.table.columns.get(column.name);
    if (a === undefined || b === undefined) continue;
    const out = new Uint8Array(isCurrent.length);
    if (isCategoryFrame(column)) {
      categoryBins(column, a, left, out, 0);
      categoryBins(column, b, right, out, left.length);
    } else numberBins(a, b, left, right, out);
    names.push(column.name);
    features.push(out);
  }
  return { names, bins: features, isCurrent, rows: isCurrent.length };
}

function categoryBins(frame: ColumnFrame, column: Column, rows: Uint32Array, out: Uint8Array, at: number): void {
  if (!isCategoryFrame(frame)) return;
  const code = (bin: number): number => {
    if (bin > frame.values.length) return unseenBinCode;
    return bin === frame.values.length || bin > 60 ? rareBinCode : bin;
  };
  if (column.kind === "category") {
    const map = mapDictionary(frame, column.dictionary);
    for (let i = 0; i < rows.length; i++) {
      const bin = map.bins[column.codes[rows[i]!]!];
      out[at + i] = bin === undefined ? missingBin : code(bin);
    }
    return;
  }
  for (let i = 0; i < rows.length; i++) {
    const value = column.values[rows[i]!]!;
    const bin = frame.values.indexOf(value === 1 ? "true" : "false");
    out[at + i] = Number.isNaN(value) || value === 255 ? missingBin : bin < 0 ? unseenBinCode : code(bin);
  }
}

function numberBins(a: Column, b: Column, left: Uint32Array, right: Uint32Array, out: Uint8Array): void {
  if (a.kind === "category" || b.kind === "category") return;
  const pooled = new Float64Array(out.length);
  for (let i = 0; i < left.length; i++) pooled[i] = a.values[left[i]!]!;
  for (let i = 0; i < right.length; i++) pooled[left.length + i] = b.values[right[i]!]!;
  const sorted = pooled.filter((value) => value === value).sort();
  const edges: number[] = [];
  for (let k = 1; k < bins; k++) {
    const edge = sorted[Math.floor((k * sorted.length) / bins)];
    if (edge !== undefined && edge > (edges.at(-1) ?? sorted[0]!)) edges.push(edge);
  }
  for (let i = 0; i < pooled.length; i++) {
    const value = pooled[i]!;
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (edges[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    out[i] = value === value ? low : missingBin;
  }
}
