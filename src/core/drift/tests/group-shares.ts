import { chiSquaredSurvival } from "../../statistics/gamma-distribution.ts";
import type { GroupCounts } from "../column-pair.ts";

/** Both sides as shares of their rows, or null where a side has no rows. */
export function groupShares(groups: GroupCounts): { p: Float64Array; q: Float64Array; n: number; m: number } | null {
  const n = groups.reference.reduce((sum, count) => sum + count, 0);
  const m = groups.current.reduce((sum, count) => sum + count, 0);
  if (n === 0 || m === 0) return null;
  return { p: groups.reference.map((count) => count / n), q: groups.current.map((count) => count / m), n, m };
}

/** Smallest mean of the two expected counts with which the chi-squared law is used for a divergence. */
const expectedLimit = 5;

/**
 * p-value of a divergence that is sum (p - q)^2 / p to second order: divergence x nm / (n + m) follows chi-squared with
 * groups - 1 degrees of freedom when nothing moved. Null when a fifth of the groups expects fewer than five rows.
 */
export function divergencePValue(divergence: number, groups: GroupCounts, n: number, m: number): number | null {
  const count = groups.labels.length;
  if (count < 2) return 1;
  let thin = 0;
  for (let i = 0; i < count; i++) {
    const expected = ((groups.reference[i]! + groups.current[i]!) * Math.min(n, m)) / (n + m);
    if (expected < expectedLimit) thin++;
  }
  if (thin * 5 > count) return null;
  return chiSquaredSurvival((divergence * n * m) / (n + m), count - 1);
}

export const noRows = "a side has no rows";
export const thinGroups = "more than a fifth of the groups expects fewer than five rows: no p-value";
