import { kolmogorovDistance, kolmogorovSmirnovPValue } from "../../statistics/kolmogorov-smirnov.ts";
import type { PairSide } from "../column-pair.ts";
import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";

export const kolmogorovSmirnovTest: DriftTest = {
  name: "ks",
  title: "Kolmogorov-Smirnov",
  needs: "ordered",
  range: [0, 1],
  convention:
    "Largest distance between the two distribution functions over finite values, as scipy's ks_2samp: from all rows up to 150,000 on both sides together, else at the fine histogram's edges, with the error bound printed. p-value two-sided, exact up to 10,000 values in the larger sample, else asymptotic; ties make it conservative.",
  hasPValue: true,
  compute({ reference, current }) {
    const n = reference.filled;
    const m = current.filled;
    if (n === 0 || m === 0) return noResult("two-sample Kolmogorov-Smirnov", emptySide(n));
    if (reference.sorted !== null && current.sorted !== null) {
      const statistic = kolmogorovDistance(reference.sorted, current.sorted);
      const exact = Math.max(n, m) <= 10_000;
      const method = `two-sample Kolmogorov-Smirnov on all rows, p ${exact ? "exact" : "asymptotic"}`;
      return { statistic, p_value: kolmogorovSmirnovPValue(statistic, n, m), method };
    }
    const { distance, bound } = histogramDistance(reference, current);
    return {
      statistic: distance,
      p_value: kolmogorovSmirnovPValue(distance, n, m),
      method: `two-sample Kolmogorov-Smirnov on ${reference.counts.length} bins at the reference's quantiles`,
      error_bound: bound,
    };
  },
};

export function emptySide(referenceFilled: number): string {
  return referenceFilled === 0 ? "the reference has no finite value" : "the current rows have no finite value";
}

/**
 * Distance of two histograms on the same edges at their edges, and how much larger the distance of the rows can be:
 * inside a bin either function can run ahead by the whole bin, except in bins that hold one value.
 */
export function histogramDistance(
  reference: Pick<PairSide, "counts" | "filled" | "edges">,
  current: Pick<PairSide, "counts" | "filled">,
): { distance: number; bound: number } {
  const left = reference.counts;
  const right = current.counts;
  const n = reference.filled;
  const m = current.filled;
  const edges = reference.edges;
  let f = 0;
  let g = 0;
  let distance = 0;
  let bound = 0;
  for (let bin = 0; bin < left.length; bin++) {
    const stepF = left[bin]! / n;
    const stepG = right[bin]! / m;
    const before = f - g;
    f += stepF;
    g += stepG;
    const now = Math.abs(f - g);
    if (now > distance) distance = now;
    if (stepF > 0 && stepG > 0 && !isPoint(edges, bin)) {
      bound = Math.max(bound, Math.abs(before + stepF), Math.abs(before - stepG));
    }
  }
  return { distance, bound: Math.max(0, bound - distance) };
}

/** A bin so narrow that it holds one double. */
function isPoint(edges: Float64Array | null, bin: number): boolean {
  if (edges === null || bin === 0 || bin >= edges.length) return false;
  const low = edges[bin - 1]!;
  return edges[bin]! - low <= Math.max(Number.MIN_VALUE, Math.abs(low) * 3e-16);
}
