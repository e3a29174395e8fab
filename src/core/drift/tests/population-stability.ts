import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { divergencePValue, groupShares, noRows, thinGroups } from "./group-shares.ts";

const method = "population stability index on the column's groups, 0.5 added to every count";

export const populationStabilityTest: DriftTest = {
  name: "psi",
  title: "Population stability index",
  needs: "any",
  range: [0, Number.POSITIVE_INFINITY],
  convention:
    "sum (p - q) ln(p / q) on the column's groups, missing as a group, with 0.5 added to every count of both sides. p-value: PSI x nm/(n+m) against chi-squared with groups - 1 degrees of freedom; so the usual limits 0.1 and 0.2 mean nothing for small samples.",
  hasPValue: true,
  compute({ groups }) {
    const shares = groupShares(groups);
    if (shares === null) return noResult(method, noRows);
    const added = 0.5 * groups.labels.length;
    let statistic = 0;
    for (let i = 0; i < groups.labels.length; i++) {
      const p = (groups.reference[i]! + 0.5) / (shares.n + added);
      const q = (groups.current[i]! + 0.5) / (shares.m + added);
      statistic += (p - q) * Math.log(p / q);
    }
    const p_value = divergencePValue(statistic, groups, shares.n, shares.m);
    return { statistic, p_value, method, ...(p_value === null ? { reason: thinGroups } : {}) };
  },
};
