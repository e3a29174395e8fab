import type { TableCheck } from "../check.ts";
import { finding, thousands } from "../check-finding.ts";
import { columnOf, severityFor } from "../contract.ts";

/** Within one file: the same category in several spellings. */
export const variantsCheck: TableCheck = {
  kind: "table",
  name: "variants",
  group: "column",
  severity: "warning",
  says: "Without allowed values in a contract: a column with few distinct texts holds pairs that differ only in case or blanks ('Male', 'male ').",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const own = columnOf(contract, column.name);
      const severity = severityFor("variants", "warning", contract, own);
      const { counts, complete } = column.texts;
      if (severity === "off" || (own !== null && own.values !== null) || !complete) return [];
      if (counts.length < 2 || counts.length > 100 || column.rows < counts.length * 5) return [];
      const groups = new Map<string, [string, number, number][]>();
      for (const [text, count, line] of counts) {
        const key = text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
        groups.set(key, [...(groups.get(key) ?? []), [text, count, line]]);
      }
      const pairs = [...groups.values()].filter((group) => group.length > 1 && group[0]![0] !== "");
      if (pairs.length === 0) return [];
      const minor = pairs.flatMap((group) => group.slice(1));
      return [
        finding({
          check: "variants",
          severity,
          column: column.name,
          count: minor.reduce((sum, [, count]) => sum + count, 0),
          lines: minor.map(([, , line]) => line).sort((a, b) => a - b),
          examples: pairs.flatMap((group) => group.map(([text]) => text)),
          message: `${column.name}: one category in several spellings: ${pairs
            .slice(0, 4)
            .map((group) => group.map(([text, count]) => `'${text}' (${thousands(count)})`).join(" and "))
            .join("; ")}`,
        }),
      ];
    });
  },
};
