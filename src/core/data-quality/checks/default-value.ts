import type { TableCheck } from "../check.ts";
import { finding } from "../check-finding.ts";
import { severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { figure, percent } from "../words.ts";

/** One number that suddenly fills part of a column of measurements. */
export const defaultValueCheck: TableCheck = {
  kind: "table",
  name: "default-value",
  group: "reference",
  severity: "warning",
  says: "One value fills at least a fifth of a column of numbers whose reference had 50 or more values and none that common: zero, -1 or a mean in place of null. Judged on the sample of rows.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const quantiles = column.reference?.quantiles;
      const severity = severityFor("default-value", "warning", contract, column);
      if (
        seen?.numbers === null ||
        seen === null ||
        quantiles === null ||
        quantiles === undefined ||
        severity === "off"
      )
        return [];
      if (column.reference!.distinct < 50 || facts.sample.rows < 100 || seen.distinct < 2) return [];
      if (quantiles.some((value, i) => i > 0 && value === quantiles[i - 1])) return [];
      // With so many different values in the sample none can fill a fifth of it.
      if (seen.texts.counts.length === 0 && facts.sample.rows - seen.distinct + 1 < facts.sample.rows * 0.2) return [];
      const counts = new Map<number, number>();
      for (const value of facts.sample.columns[seen.position]!.numbers) {
        if (value === value) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const [value, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0] as [number, number]);
      const share = count / facts.sample.rows;
      if (share < 0.2) return [];
      return [
        finding({
          check: "default-value",
          severity,
          column: column.name,
          count: Math.round(share * facts.rows),
          examples: [String(value)],
          message: `${column.name}: ${figure(value)} fills ${percent(share)} of the rows, where no value of the reference was that common: a stand-in for null?`,
        }),
      ];
    });
  },
};
