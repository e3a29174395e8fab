import type { TableCheck, TableFinding } from "../check.ts";
import { nullForms } from "../cell-form.ts";
import { finding, thousands } from "../check-finding.ts";
import { countIn } from "../column-facts.ts";
import { severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { percent, quoted } from "../words.ts";

/** A category column whose values have nothing to do with the known ones: another column's content, another coding. */
export const strangeValuesCheck: TableCheck = {
  kind: "table",
  name: "strange-values",
  group: "reference",
  severity: "error",
  says: "At least 95 of 100 values of a column are not among `values.any`, not even in another spelling: the column holds something else (swapped columns, another coding, damaged text). Needs 30 rows.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const severity = severityFor("strange-values", "error", contract, column);
      if (seen === null || column.values === null || severity === "off" || column.values.any.length < 2) return [];
      const cells = facts.sample.columns[seen.position]!;
      const known = new Set(column.values.any.map((value) => String(value).trim().toLowerCase()));
      const strangers: string[] = [];
      let filled = 0;
      for (let row = 0; row < facts.sample.rows; row++) {
        if ((nullForms >>> cells.forms[row]!) & 1) continue;
        filled++;
        const text = cells.texts[row]!;
        if (!known.has(text.trim().toLowerCase()) && !known.has(String(cells.numbers[row]!))) strangers.push(text);
      }
      if (filled < 30 || strangers.length < filled * 0.95) return [];
      const result: TableFinding = {
        ...finding({
          check: "strange-values",
          severity,
          column: column.name,
          count: Math.round((strangers.length / filled) * (seen.rows - countIn(seen, nullForms))),
          examples: [...new Set(strangers)].slice(0, 5),
          message: `${column.name}: ${percent(strangers.length / filled)} of the values are none of the ${thousands(known.size)} known ones; examples ${quoted([...new Set(strangers)].slice(0, 3))}: another column's content, or another coding?`,
        }),
        explains: { columns: [column.name], checks: ["values"] },
      };
      return [result];
    });
  },
};
