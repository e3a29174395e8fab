import type { TableCheck } from "../check.ts";
import { finding, thousands } from "../check-finding.ts";
import { type ColumnFacts, nullShare } from "../column-facts.ts";
import { severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { figure } from "../words.ts";

/** A sensor that repeats itself, or a default that overwrote the data. */
export const stuckCheck: TableCheck = {
  kind: "table",
  name: "stuck",
  group: "reference",
  severity: "error",
  says: "A column has one value where the reference had at least five (two to four: a warning), in 30 rows or more, and the reference's most frequent value is not so common that chance explains it. A run of one value at least 50 rows and 10 times longer than the reference's longest is a warning.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const reference = column.reference;
      const severity = severityFor("stuck", "error", contract, column);
      if (seen === null || reference === null || severity === "off" || seen.rows < 30) return [];
      if (contract!.key.includes(column.name)) return [];
      const filled = seen.rows * (1 - nullShare(seen));
      const commonest =
        reference.top === null ? modeShare(reference.quantiles) : Math.max(0, ...Object.values(reference.top));
      if (
        constant(seen, filled, reference.quantiles !== null) &&
        reference.distinct >= 2 &&
        filled >= 30 &&
        commonest ** Math.min(filled, 1e4) < 1e-6
      ) {
        const value = seen.numbers === null ? (seen.texts.counts[0]?.[0] ?? "") : figure(seen.numbers.min);
        return [
          finding({
            check: "stuck",
            severity: severity === "error" && reference.distinct < 5 ? "warning" : severity,
            column: column.name,
            count: Math.round(filled),
            examples: [value],
            message: `${column.name}: 1 distinct value, ${value} (reference has about ${thousands(reference.distinct)}); stuck`,
          }),
        ];
      }
      const run = seen.numbers?.longestRun ?? 0;
      if (reference.longestRun === null || run < 50 || run < reference.longestRun * 10) return [];
      if (reference.distinct < 20 || commonest ** run > 1e-6) return [];
      return [
        finding({
          check: "stuck",
          severity: severity === "error" ? "warning" : severity,
          column: column.name,
          count: run,
          lines: [Math.max(1, seen.numbers!.longestRunEnd - run + 1), seen.numbers!.longestRunEnd],
          message: `${column.name}: the same value on ${thousands(run)} rows in a row, up to line ${thousands(seen.numbers!.longestRunEnd)} (reference at most ${thousands(reference.longestRun)}); stuck?`,
        }),
      ];
    });
  },
};

/** One value throughout; in a column of numbers, one number, whatever words stand among them. */
function constant(seen: ColumnFacts, filled: number, numeric: boolean): boolean {
  if (seen.distinct === 1) return true;
  return (
    numeric && seen.numbers !== null && seen.numbers.min === seen.numbers.max && seen.numbers.count >= filled * 0.9
  );
}

/** Share of the most frequent number, from equal neighbours among the quantiles (steps of 5 %), rounded up. */
function modeShare(quantiles: readonly number[] | null): number {
  if (quantiles === null) return 0;
  let [longest, run] = [1, 1];
  for (let i = 1; i < quantiles.length; i++) {
    run = quantiles[i] === quantiles[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return Math.min(1, (longest + 1) / 20);
}
