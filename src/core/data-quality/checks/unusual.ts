import { groupCounts } from "../../drift/column-pair.ts";
import { judgeWindows } from "../../drift/judge-windows.ts";
import { judgedColumns } from "../../drift/judged-columns.ts";
import { plainAnswer } from "../../drift/plain-answer.ts";
import { twoSamplePValue } from "../../drift/two-sample.ts";
import type { ColumnProfile } from "../../profile/column-profile.ts";
import { isCategoryFrame } from "../../profile/frame.ts";
import { mergeProfiles, type Profile } from "../../profile/profile.ts";
import { median } from "../../statistics/quantile.ts";
import type { TableCheck } from "../check.ts";
import { finding } from "../check-finding.ts";
import { nullShare } from "../column-facts.ts";
import { columnOf, severityFor } from "../contract.ts";
import { fewestLoads } from "../usual.ts";
import { duration, figure, moment, percent } from "../words.ts";
import { timeRange } from "./time.ts";

/** Effect below which no distribution is called unusual, and how far beyond the farthest earlier load it must lie. */
const floor = 0.05;
const beyondFarthest = 1.5;
/** Two-sample p-value above which chance may explain it: small loads lie far from all others. */
const chance = 0.001;

export const unusualAgeCheck: TableCheck = {
  kind: "table",
  name: "unusual-age",
  group: "table",
  severity: "warning",
  says: "The newest row is older than that of earlier loads was when they were checked: beyond the median of five accepted loads or more (of this weekday and hour, where there are as many) and the largest of four robust standard deviations, half of the median and an hour.",
  run(context) {
    const { contract, usual, now } = context;
    const severity = severityFor("unusual-age", "warning", contract, null);
    const column = contract?.time?.column;
    if (severity === "off" || column === undefined || now === null) return [];
    const limits = usual?.age ?? null;
    const newest = timeRange(context.facts, column)?.newest ?? null;
    if (limits === null || newest === null || now - newest <= limits.to) return [];
    const most = contract?.time?.age ?? null;
    if (most !== null && now - newest > most) return [];
    return [
      finding({
        check: "unusual-age",
        severity,
        column,
        message: `${column}: the newest row is of ${moment(newest)}, ${duration(now - newest)} old; usual is ${limits.says}`,
      }),
    ];
  },
};

export const unusualNullsCheck: TableCheck = {
  kind: "table",
  name: "unusual-nulls",
  group: "column",
  severity: "warning",
  says: "The share of nulls of a column is not what earlier loads had: outside of the median of five accepted loads or more, plus or minus the largest of four robust standard deviations, four standard errors, half of the median and 0.01.",
  run({ facts, contract, usual }) {
    return facts.columns.flatMap((column) => {
      const limits = usual?.nulls.get(column.name);
      const own = columnOf(contract, column.name);
      const severity = severityFor("unusual-nulls", "warning", contract, own);
      const share = nullShare(column);
      if (limits === undefined || severity === "off" || facts.rows === 0) return [];
      if (share >= limits.from && share <= limits.to) return [];
      return [
        finding({
          check: "unusual-nulls",
          severity,
          column: column.name,
          count: Math.round(share * column.rows),
          message: `${column.name}: ${percent(share)} null, ${limits.says}`,
        }),
      ];
    });
  },
};

export const unusualValuesCheck: TableCheck = {
  kind: "table",
  name: "unusual-values",
  group: "reference",
  severity: "warning",
  says: "A column is distributed unlike in earlier loads: farther from them (the larger of the Jensen-Shannon and Kolmogorov-Smirnov distances) than any of ten accepted loads or more lies from the others, by half at least, 0.05 at least, and farther than chance explains (two-sample p at most 0.001). Of the same weekday and hour where there are ten such loads.",
  run({ contract, usual, profile }) {
    const loads = fullLoads(usual?.profiles ?? []);
    if (profile === null || profile === undefined || loads.length < fewestLoads) return [];
    const reference = mergeProfiles(loads);
    const judged = judgedColumns(reference, profile);
    const [now] = judgeWindows({
      reference,
      referenceWindows: loads.map((load) => ({ from: null, to: null, profile: load })),
      currentWindows: [{ from: null, to: null, profile }],
      columns: judged,
      space: null,
      // Farther than all: the most surprising answer that so many loads can give.
      alpha: 1 / loads.length,
      floor,
      by: null,
      season: "none",
      events: [],
    }).judgements;
    if (now === undefined) return [];
    return judged.flatMap((index, place) => {
      const { name } = reference.frame.columns[index]!;
      const own = columnOf(contract, name);
      const severity = severityFor("unusual-values", "warning", contract, own);
      if (severity === "off" || !now.alarms[place] || now.beyond[place]! < beyondFarthest) return [];
      const [before, after] = [reference.columns[index]!, profile.columns[index]!];
      if (!(twoSamplePValue(before, after) <= chance)) return [];
      const effect = now.effects[place]!;
      const farthest = effect / now.beyond[place]!;
      const plain = [
        plainAnswer(before, after).sentence,
        isCategoryFrame(before.frame) ? movedShares(before, after) : "",
      ];
      return [
        finding({
          check: "unusual-values",
          severity,
          column: name,
          message: `${name}: unlike ${usual!.profilesSay}: distance ${figure(Number(effect.toPrecision(2)))}, among themselves at most ${figure(Number(farthest.toPrecision(2)))}; ${plain.filter((part) => part !== "").join("; ")}`,
        }),
      ];
    });
  },
};

/** The two values whose shares moved most: `DE 40.1% → 21.7%`. */
function movedShares(before: ColumnProfile, after: ColumnProfile): string {
  const { labels, reference, current } = groupCounts(before, after);
  return labels
    .map((label, i) => ({ label, was: reference[i]! / before.rows, is: current[i]! / after.rows }))
    .toSorted((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was))
    .slice(0, 2)
    .map(({ label, was, is }) => `${label} ${percent(was)} → ${percent(is)}`)
    .join(", ");
}

/** Much smaller loads differ more by chance alone. */
function fullLoads(profiles: readonly Profile[]): readonly Profile[] {
  const usualRows = median(profiles.map((profile) => profile.rows));
  return profiles.filter((profile) => profile.rows >= usualRows / 2);
}
