import { chiSquaredSurvival } from "../../statistics/gamma-distribution.ts";
import type { GroupCounts } from "../column-pair.ts";
import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { groupShares, noRows } from "./group-shares.ts";

export const chiSquaredTest: DriftTest = {
  name: "chi2",
  title: "Chi-squared",
  needs: "any",
  range: [0, Number.POSITIVE_INFINITY],
  convention:
    "Pearson's test of the 2 x groups table of counts (both sides are samples; scipy's chi2_contingency without correction), missing as a group. Groups that expect less than one row on a side are pooled into one.",
  hasPValue: true,
  compute({ groups }) {
    const test = chiSquaredOfTable(groups);
    if (test === null) return noResult("chi-squared of the 2 x groups table", noRows);
    return { statistic: test.statistic, p_value: test.pValue, method: test.method };
  },
};

export const cramersVTest: DriftTest = {
  name: "cramers_v",
  title: "Cramér's V",
  needs: "any",
  range: [0, 1],
  convention:
    "sqrt(chi-squared / (n + m)) of the same 2 x groups table: 0 for equal shares, 1 for disjoint ones. p-value of chi-squared.",
  hasPValue: true,
  compute({ groups }) {
    const test = chiSquaredOfTable(groups);
    if (test === null) return noResult("Cramér's V of the 2 x groups table", noRows);
    const statistic = Math.min(1, Math.sqrt(test.statistic / test.rows));
    return { statistic, p_value: test.pValue, method: `Cramér's V; ${test.method}` };
  },
};

export interface ChiSquared {
  readonly statistic: number;
  readonly pValue: number;
  readonly df: number;
  readonly rows: number;
  readonly method: string;
}

/** Null where a side has no rows; statistic 0 and p 1 where there is one group only. */
export function chiSquaredOfTable(groups: GroupCounts): ChiSquared | null {
  const shares = groupShares(groups);
  if (shares === null) return null;
  const { n, m } = shares;
  const cells: Array<[number, number]> = [];
  let pooled: [number, number] = [0, 0];
  let pooledGroups = 0;
  for (let i = 0; i < groups.labels.length; i++) {
    const a = groups.reference[i]!;
    const b = groups.current[i]!;
    // A group without rows on either side (a language that nobody writes in) is no group.
    if (a + b === 0) continue;
    if (((a + b) * Math.min(n, m)) / (n + m) >= 1) cells.push([a, b]);
    else {
      pooled = [pooled[0] + a, pooled[1] + b];
      pooledGroups++;
    }
  }
  if (pooledGroups > 0) cells.push(pooled);
  let statistic = 0;
  for (const [a, b] of cells) {
    const all = a + b;
    const expectedA = (all * n) / (n + m);
    const expectedB = (all * m) / (n + m);
    statistic += (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
  }
  const df = Math.max(0, cells.length - 1);
  const note = pooledGroups > 1 ? `, ${pooledGroups} thin groups pooled` : "";
  return {
    statistic: df === 0 ? 0 : statistic,
    pValue: df === 0 ? 1 : chiSquaredSurvival(statistic, df),
    df,
    rows: n + m,
    method: `chi-squared of the 2 x ${cells.length} table, ${df} degrees of freedom${note}`,
  };
}
