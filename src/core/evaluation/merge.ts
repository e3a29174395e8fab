import { InternalError } from "../failures.ts";
import { findMetric } from "../metrics/catalog.ts";
import { bestFirst, binningError } from "./accumulate-binned-rank.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable, Evidence } from "./evidence.ts";

/**
 * Adds evidence of other rows of the same plan. Counts, moments, list sums and histograms add exactly; distinct units
 * add only if no unit is in both. Rank metrics take their value from the merged histogram (within the binning error),
 * and their fold sums are those of the parts, shifted to that value: approximate, as `parts` > 1 says.
 */
export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  if (a.sliceNames.join() !== b.sliceNames.join() || a.metrics.join() !== b.metrics.join()) {
    throw new InternalError("evidence of different slices or metrics cannot be merged");
  }
  const histograms = a.histograms.map((table, model) => ({
    unit: table.unit,
    counts: add(table.counts, b.histograms[model]!.counts),
  }));
  const { counts } = a;
  const merged: Evidence = {
    ...a,
    counts: {
      rows: add(counts.rows, b.counts.rows),
      groups: add(counts.groups, b.counts.groups),
      units: add(counts.units, b.counts.units),
      positives: add(counts.positives, b.counts.positives),
      listsWithoutPositive: add(counts.listsWithoutPositive, b.counts.listsWithoutPositive),
    },
    moments: { names: a.moments.names, sums: add(a.moments.sums, b.moments.sums) },
    direct: new Map(),
    histograms,
    parts: a.parts + b.parts,
  };
  const direct = merged.direct as Map<string, DirectTable>;
  for (const [text, table] of a.direct) direct.set(text, mergeDirect(text, merged, table, b.direct.get(text)!));
  return merged;
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

function mergeDirect(text: string, merged: Evidence, a: DirectTable, b: DirectTable): DirectTable {
  const { metric, request } = findMetric(text, merged.task);
  const weights = add(a.weights, b.weights);
  const sums = a.sums.map((model, m) => add(model, b.sums[m]!));
  const slices = a.values[0]?.length ?? 0;
  const ranked = metric.shape === "rank" && merged.histograms.length > 0;
  const values = sums.map((model, m) =>
    Float64Array.from({ length: slices }, (_, slice) => {
      if (!ranked) return ratio(model, weights, slice);
      const { positives, negatives } = bestFirst(merged.histograms[m]!.counts, slice);
      return metric.evaluate(positives, negatives, request, false).value;
    }),
  );
  if (ranked) sums.forEach((model, m) => shiftTo(model, weights, values[m]!));
  const errors = ranked
    ? merged.histograms.map(({ counts }) =>
        Float64Array.from({ length: slices }, (_, slice) => binningError(counts, slice)),
      )
    : null;
  return { weights, sums, values, binningError: errors };
}

function ratio(sums: Float64Array, weights: Float64Array, slice: number): number {
  let total = 0;
  let weight = 0;
  for (let cell = slice * FOLDS; cell < (slice + 1) * FOLDS; cell++) {
    total += sums[cell]!;
    weight += weights[cell]!;
  }
  return weight > 0 ? total / weight : Number.NaN;
}

/** Moves fold sums in proportion to weight so that they add up to the given value again. */
function shiftTo(sums: Float64Array, weights: Float64Array, values: Float64Array): void {
  values.forEach((value, slice) => {
    const gap = value - ratio(sums, weights, slice);
    if (!Number.isFinite(gap)) return;
    for (let cell = slice * FOLDS; cell < (slice + 1) * FOLDS; cell++) sums[cell]! += gap * weights[cell]!;
  });
}
