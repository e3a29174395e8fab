import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { groupShares, noRows } from "./group-shares.ts";

export const largestDifferenceTest: DriftTest = {
  name: "l_infinity",
  title: "L-infinity",
  needs: "any",
  range: [0, 1],
  convention: "Largest difference of a group's share, on the column's groups, missing as a group. No p-value.",
  hasPValue: false,
  compute({ groups }) {
    const shares = groupShares(groups);
    if (shares === null) return noResult("largest difference of a group's share", noRows);
    let statistic = 0;
    let where = 0;
    for (let i = 0; i < shares.p.length; i++) {
      const difference = Math.abs(shares.p[i]! - shares.q[i]!);
      if (difference > statistic) {
        statistic = difference;
        where = i;
      }
    }
    const method = `largest difference of a group's share, at ${groups.labels[where] ?? "no group"}`;
    return { statistic, p_value: null, method };
  },
};

export const totalVariationTest: DriftTest = {
  name: "total_variation",
  title: "Total variation",
  needs: "any",
  range: [0, 1],
  convention:
    "Half the sum of the absolute differences of the groups' shares: the share of rows that would have to change group. Missing is a group. No p-value.",
  hasPValue: false,
  compute({ groups }) {
    const shares = groupShares(groups);
    const method = "half the sum of absolute differences of the groups' shares";
    if (shares === null) return noResult(method, noRows);
    let sum = 0;
    for (let i = 0; i < shares.p.length; i++) sum += Math.abs(shares.p[i]! - shares.q[i]!);
    return { statistic: Math.min(1, sum / 2), p_value: null, method };
  },
};
