import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { divergencePValue, groupShares, noRows, thinGroups } from "./group-shares.ts";

const method = "Hellinger distance on the column's groups";

export const hellingerTest: DriftTest = {
  name: "hellinger",
  title: "Hellinger distance",
  needs: "any",
  range: [0, 1],
  convention:
    "sqrt(1 - sum sqrt(p q)), computed as sqrt(sum (sqrt p - sqrt q)^2 / 2), on the column's groups, missing as a group, no smoothing. p-value: 8 x distance^2 x nm/(n+m) against chi-squared with groups - 1 degrees of freedom.",
  hasPValue: true,
  compute({ groups }) {
    const shares = groupShares(groups);
    if (shares === null) return noResult(method, noRows);
    let sum = 0;
    for (let i = 0; i < shares.p.length; i++) sum += (Math.sqrt(shares.p[i]!) - Math.sqrt(shares.q[i]!)) ** 2;
    const square = Math.min(1, sum / 2);
    const p_value = divergencePValue(8 * square, groups, shares.n, shares.m);
    return { statistic: Math.sqrt(square), p_value, method, ...(p_value === null ? { reason: thinGroups } : {}) };
  },
};
