import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { divergencePValue, groupShares, noRows, thinGroups } from "./group-shares.ts";

const method = "Jensen-Shannon distance, base 2, on the column's groups";

export const jensenShannonTest: DriftTest = {
  name: "jensen_shannon",
  title: "Jensen-Shannon distance",
  needs: "any",
  range: [0, 1],
  convention:
    "sqrt(KL(P|M)/2 + KL(Q|M)/2) with M the mean of both, logarithms to base 2, no smoothing (scipy's jensenshannon with base=2) on the column's groups, missing as a group. p-value: 8 ln 2 x distance^2 x nm/(n+m) against chi-squared with groups - 1 degrees of freedom.",
  hasPValue: true,
  compute({ groups }) {
    const shares = groupShares(groups);
    if (shares === null) return noResult(method, noRows);
    const statistic = jensenShannon(shares.p, shares.q);
    const p_value = divergencePValue(8 * Math.LN2 * statistic ** 2, groups, shares.n, shares.m);
    return { statistic, p_value, method, ...(p_value === null ? { reason: thinGroups } : {}) };
  },
};

/** Distance of two distributions over the same groups; 0 for equal ones, 1 for disjoint ones. */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i]!;
    const b = q[i]!;
    const middle = (a + b) / 2;
    if (a > 0) divergence += (a * Math.log2(a / middle)) / 2;
    if (b > 0) divergence += (b * Math.log2(b / middle)) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}
