import type { ColumnProfile } from "../profile/column-profile.ts";
import { filledRows } from "../profile/column-profile.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import { kolmogorovSurvival } from "../statistics/kolmogorov-distribution.ts";
import { groupCounts } from "./column-pair.ts";
import { chiSquaredOfTable } from "./tests/chi-squared.ts";
import { histogramDistance } from "./tests/kolmogorov-smirnov.ts";

/**
 * p-value that two profiles are samples of one distribution, rows taken as independent: chi-squared on the groups, and
 * for ordered columns with many values Kolmogorov-Smirnov too; the smaller of k p-values times k (Bonferroni).
 * @param more further p-values of the same column (language, classifier)
 */
export function twoSamplePValue(
  reference: ColumnProfile,
  current: ColumnProfile,
  ks: number | null = null,
  more: readonly number[] = [],
): number {
  const pValues = more.filter((p) => !Number.isNaN(p));
  const table = chiSquaredOfTable(groupCounts(reference, current));
  if (table !== null) pValues.push(table.pValue);
  const frame = reference.frame;
  const hasRanges = !isCategoryFrame(frame) && !(frame.kind !== "text" && frame.discrete);
  const n = filledRows(reference);
  const m = filledRows(current);
  if (hasRanges && n > 0 && m > 0) {
    pValues.push(ks ?? asymptoticKolmogorov(reference, current, frame.edges, n, m));
  }
  return pValues.length === 0 ? 1 : Math.min(1, pValues.length * Math.min(...pValues));
}

function asymptoticKolmogorov(
  reference: ColumnProfile,
  current: ColumnProfile,
  edges: Float64Array,
  n: number,
  m: number,
): number {
  const { distance } = histogramDistance(
    { counts: reference.counts, filled: n, edges },
    { counts: current.counts, filled: m },
  );
  return kolmogorovSurvival(distance, Math.max(1, Math.round((n * m) / (n + m))));
}
