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
  // 32-bit counts of one grouping stay in the processor's cache; the sums of all of them need not.
  const local = new Uint32Array(Math.max(grouping.none + 1, grouping.slices.length) * 2 * SCORE_BINS);
  for (let i = 0; i < codes.length; i++) {
    local[(members[i]! * 2 + label[i]!) * SCORE_BINS + codes[i]!]! += 1;
  }
  grouping.slices.forEach((slice, code) => {
    let to = slice * 2 * SCORE_BINS;
    for (let at = code * 2 * SCORE_BINS; at < (code + 1) * 2 * SCORE_BINS; at++, to++) counts[to]! += local[at]!;
  });
}

/** Influence is read from this many bins, each the mean over 8 of the 1,024: small enough for the processor's cache. */
const INFLUENCE_BINS = 128;
const FINE_PER_COARSE = SCORE_BINS / INFLUENCE_BINS;

/**
 * Rank metrics of one model from 1,024 bins: each slice's metric is evaluated on its histogram, then one pass over the
 * rows adds the influence of (label, bin) to the row's fold. Sums stay exact; within a coarse bin the rows share their
 * mean influence, which takes less than 1/128^2 of the variance away.
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
  const members = Math.max(grouping.none + 1, grouping.slices.length);
  for (const target of targets) {
    const tables = new Float64Array(members * 2 * INFLUENCE_BINS);
    const local = new Float64Array(members * FOLDS);
    grouping.slices.forEach((slice, code) => {
      const value = evaluateBins(target, counts, slice, tables, code);
      if (Number.isNaN(value)) return;
      target.table.values[model]![slice] = value;
      target.table.binningError![model]![slice] = binningError(counts, slice);
    });
    const memberCodes = grouping.codes;
    for (let i = 0; i < codes.length; i++) {
      const code = memberCodes[i]!;
      local[code * FOLDS + folds[i]!]! += tables[(code * 2 + label[i]!) * INFLUENCE_BINS + (codes[i]! >> 3)]!;
    }
    const sums = target.table.sums[model]!;
    grouping.slices.forEach((slice, code) => {
      for (let fold = 0; fold < FOLDS; fold++) sums[slice * FOLDS + fold]! += local[code * FOLDS + fold]!;
    });
  }
}

/** Writes the mean of value + influence per (label, coarse bin) into the member's part of `tables`; returns the value. */
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
  for (const [label, groups, influence] of [
    [0, negatives, negative!],
    [1, positives, positive!],
  ] as const) {
    const base = (code * 2 + label) * INFLUENCE_BINS;
    for (let coarse = 0; coarse < INFLUENCE_BINS; coarse++) {
      let sum = 0;
      let rows = 0;
      for (let fine = 0; fine < FINE_PER_COARSE; fine++) {
        const group = SCORE_BINS - 1 - (coarse * FINE_PER_COARSE + fine);
        sum += groups[group]! * influence[group]!;
        rows += groups[group]!;
      }
      tables[base + coarse] = rows > 0 ? value + sum / rows : 0;
    }
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
