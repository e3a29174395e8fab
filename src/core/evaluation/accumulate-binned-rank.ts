import type { MetricRequest, RankMetric } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable } from "./evidence.ts";
import { SCORE_BINS } from "./score-code.ts";

interface BinnedTarget {
  readonly metric: RankMetric;
  readonly request: MetricRequest;
  readonly table: DirectTable;
}

/** Adds one model's rows of one grouping to its label-by-score histogram; codes are low to high. */
export function addHistogram(counts: Float64Array, grouping: Grouping, codes: Uint16Array, label: Uint8Array): void {
  const members = grouping.codes;
  const offset = new Int32Array(Math.max(grouping.none + 1, grouping.slices.length)).fill(-1);
  grouping.slices.forEach((slice, code) => {
    offset[code] = slice * 2 * SCORE_BINS;
  });
  for (let i = 0; i < codes.length; i++) {
    const at = offset[members[i]!]!;
    if (at >= 0) counts[at + label[i]! * SCORE_BINS + codes[i]!]! += 1;
  }
}

/**
 * Rank metrics of one model from 1,024 bins: each slice's metric is evaluated on its histogram, then one pass over the
 * rows adds the influence of (label, bin) to the row's fold.
 * @param counts this part's histogram, [slice][label][bin]
 */
export function rankByBins(
  targets: readonly BinnedTarget[],
  model: number,
  grouping: Grouping,
  codes: Uint16Array,
  label: Uint8Array,
  folds: Uint8Array,
  counts: Float64Array,
): void {
  for (const target of targets) {
    const tables = new Float64Array(grouping.slices.length * 2 * SCORE_BINS);
    const present = new Uint8Array(Math.max(grouping.none + 1, grouping.slices.length));
    grouping.slices.forEach((slice, code) => {
      const value = evaluateBins(target, counts, slice, tables, code);
      if (Number.isNaN(value)) return;
      present[code] = 1;
      target.table.values[model]![slice] = value;
      target.table.binningError![model]![slice] = binningError(counts, slice);
    });
    const sums = target.table.sums[model]!;
    const members = grouping.codes;
    for (let i = 0; i < codes.length; i++) {
      const code = members[i]!;
      if (present[code] === 0) continue;
      const from = (code * 2 + label[i]!) * SCORE_BINS + codes[i]!;
      sums[grouping.slices[code]! * FOLDS + folds[i]!]! += tables[from]!;
    }
  }
}

/** Writes value + influence per (label, bin) into the member's part of `tables`; returns the value. */
function evaluateBins(
  { metric, request }: BinnedTarget,
  counts: Float64Array,
  slice: number,
  tables: Float64Array,
  code: number,
): number {
  const { positives, negatives } = bestFirst(counts, slice);
  const { value, positive, negative } = metric.evaluate(positives, negatives, request, true);
  if (Number.isNaN(value)) return value;
  const base = code * 2 * SCORE_BINS;
  for (let group = 0; group < SCORE_BINS; group++) {
    const bin = SCORE_BINS - 1 - group;
    tables[base + bin] = value + negative![group]!;
    tables[base + SCORE_BINS + bin] = value + positive![group]!;
  }
  return value;
}

/** A slice's histogram as counts per bin, best first: the form that rank metrics read. */
export function bestFirst(counts: Float64Array, slice: number): { positives: Float64Array; negatives: Float64Array } {
  const start = slice * 2 * SCORE_BINS;
  const negatives = counts.slice(start, start + SCORE_BINS).reverse();
  const positives = counts.slice(start + SCORE_BINS, start + 2 * SCORE_BINS).reverse();
  return { positives, negatives };
}

/** Largest error that binning can make in the AUC: half the share of (positive, negative) pairs that share a bin. */
export function binningError(counts: Float64Array, slice: number): number {
  const { positives, negatives } = bestFirst(counts, slice);
  let shared = 0;
  let allPositives = 0;
  let allNegatives = 0;
  for (let bin = 0; bin < SCORE_BINS; bin++) {
    shared += positives[bin]! * negatives[bin]!;
    allPositives += positives[bin]!;
    allNegatives += negatives[bin]!;
  }
  return allPositives * allNegatives === 0 ? 0 : shared / (2 * allPositives * allNegatives);
}
