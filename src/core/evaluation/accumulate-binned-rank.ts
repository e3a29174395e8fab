import type { MetricRequest, RankMetric } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable } from "./evidence.ts";
import { SCORE_BINS } from "./score-code.ts";
import { widenForFewRows } from "./small-sample.ts";

interface BinnedTarget {
  readonly metric: RankMetric;
  readonly request: MetricRequest;
  readonly table: DirectTable;
}

/** Score code and label of each row in one number: label x 1,024 + code. */
export function labelledCodes(codes: Uint16Array, label: Uint8Array): Uint16Array {
  for (let i = 0; i < codes.length; i++) codes[i] = (label[i]! << 10) | codes[i]!;
  return codes;
}

const CELLS = 2 * SCORE_BINS;

/**
 * Adds the rows of one grouping to the label-by-score histograms of all models. Two models go in one pass: both read
 * the same members.
 * @param codes labelled codes of each model
 */
export function addHistograms(
  counts: readonly Float64Array[],
  grouping: Grouping,
  codes: readonly Uint16Array[],
): void {
  // 32-bit counts of one grouping stay in the processor's cache; the sums of all of them need not.
  const local = codes.map(() => new Uint32Array(membersOf(grouping) * CELLS));
  for (let m = 0; m < codes.length; m += 2) {
    if (m + 1 < codes.length) countTwo(local[m]!, local[m + 1]!, grouping.codes, codes[m]!, codes[m + 1]!);
    else countOne(local[m]!, grouping.codes, codes[m]!);
  }
  local.forEach((own, m) => {
    grouping.slices.forEach((slice, code) => {
      let to = slice * CELLS;
      for (let at = code * CELLS; at < (code + 1) * CELLS; at++, to++) counts[m]![to]! += own[at]!;
    });
  });
}

function membersOf({ none, slices }: Grouping): number {
  return Math.max(none + 1, slices.length);
}

function countOne(local: Uint32Array, members: Grouping["codes"], codes: Uint16Array): void {
  for (let i = 0; i < codes.length; i++) local[(members[i]! << 11) | codes[i]!]! += 1;
}

function countTwo(
  localA: Uint32Array,
  localB: Uint32Array,
  members: Grouping["codes"],
  codesA: Uint16Array,
  codesB: Uint16Array,
): void {
  for (let i = 0; i < codesA.length; i++) {
    const base = members[i]! << 11;
    localA[base | codesA[i]!]! += 1;
    localB[base | codesB[i]!]! += 1;
  }
}

/** Influence is read from this many bins, each the mean over 8 of the 1,024: small enough for the processor's cache. */
const INFLUENCE_BINS = 128;
const FINE_PER_COARSE = SCORE_BINS / INFLUENCE_BINS;

/**
 * One rank metric of all models from 1,024 bins: each slice's metric is evaluated on its histogram, then a pass over
 * the rows adds the influence of (label, bin) to the row's fold. Sums stay exact; within a coarse bin the rows share
 * their mean influence, which takes less than 1/128^2 of the variance away.
 * @param codes labelled codes of each model
 * @param counts each model's histogram of this part, [slice][label][bin]
 */
export function rankByBins(
  target: BinnedTarget,
  grouping: Grouping,
  codes: readonly Uint16Array[],
  folds: Uint8Array,
  counts: readonly Float64Array[],
): void {
  const members = membersOf(grouping);
  const tables = codes.map((_, m) => influenceTable(target, m, grouping, counts[m]!));
  const local = codes.map(() => new Float64Array(members * FOLDS));
  for (let m = 0; m < codes.length; m += 2) {
    const n = m + 1;
    if (n < codes.length) {
      addTwo(local[m]!, local[n]!, tables[m]!, tables[n]!, grouping.codes, codes[m]!, codes[n]!, folds);
    } else addOne(local[m]!, tables[m]!, grouping.codes, codes[m]!, folds);
  }
  local.forEach((own, m) => {
    const sums = target.table.sums[m]!;
    grouping.slices.forEach((slice, code) => {
      for (let fold = 0; fold < FOLDS; fold++) sums[slice * FOLDS + fold]! += own[code * FOLDS + fold]!;
    });
  });
}

function influenceTable(target: BinnedTarget, model: number, grouping: Grouping, counts: Float64Array): Float64Array {
  const table = new Float64Array(membersOf(grouping) * 2 * INFLUENCE_BINS);
  grouping.slices.forEach((slice, code) => {
    const value = evaluateBins(target, counts, slice, table, code);
    if (Number.isNaN(value)) return;
    target.table.values[model]![slice] = value;
    target.table.binningError![model]![slice] = binningError(counts, slice);
  });
  return table;
}

// The label lies above the code, so that a shift by 3 gives the place of (label, coarse bin): 256 for each member.
function addOne(
  local: Float64Array,
  table: Float64Array,
  members: Grouping["codes"],
  codes: Uint16Array,
  folds: Uint8Array,
): void {
  for (let i = 0; i < codes.length; i++) {
    const base = members[i]! << 8;
    local[base | folds[i]!]! += table[base | (codes[i]! >> 3)]!;
  }
}

function addTwo(
  localA: Float64Array,
  localB: Float64Array,
  tableA: Float64Array,
  tableB: Float64Array,
  members: Grouping["codes"],
  codesA: Uint16Array,
  codesB: Uint16Array,
  folds: Uint8Array,
): void {
  for (let i = 0; i < codesA.length; i++) {
    const base = members[i]! << 8;
    const cell = base | folds[i]!;
    localA[cell]! += tableA[base | (codesA[i]! >> 3)]!;
    localB[cell]! += tableB[base | (codesB[i]! >> 3)]!;
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
  const plain = metric.evaluate(positives, negatives, request, true);
  const { value, positive, negative } = widenForFewRows(plain, positives, negatives);
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
