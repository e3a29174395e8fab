import type { RowCheck, RowRule, TableCheck } from "../check.ts";
import { form, isIn, nullForms } from "../cell-form.ts";
import { finding, thousands } from "../check-finding.ts";
import { countIn, firstsIn, nullShare } from "../column-facts.ts";
import { type ColumnContract, severityFor } from "../contract.ts";
import { columnNamed } from "../table-facts.ts";
import { percent } from "../words.ts";

const missing = nullForms | (1 << form.notANumber);

/** A column that allows no null at all: each null is a bad row. */
export const nullCheck: RowCheck = {
  kind: "row",
  name: "null",
  group: "column",
  severity: "error",
  says: "A cell is null in a column whose contract allows none (`nulls: 0`): empty, blank, or a word for nothing such as NA, null or -.",
  rules: (contract, columns) =>
    contract.columns.flatMap((column) => {
      const index = columns.indexOf(column.name);
      return index === -1 || column.nulls !== 0 ? [] : [nullRule(column, index)];
    }),
};

function nullRule(column: ColumnContract, index: number): RowRule {
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const cells = block.columns[index]!;
      if (cells.uniform !== null && !isIn(missing, cells.uniform)) return;
      for (let row = 0; row < block.rows; row++) if (isIn(missing, cells.uniform ?? cells.forms[row]!)) fail(row);
    },
    message: ({ count, rows }) =>
      `${column.name}: ${thousands(count)} of ${thousands(rows)} values are null, none is allowed`,
    reason: "null",
  };
}

/** A column that allows some: the share decides, no single row can be blamed. */
export const nullShareCheck: TableCheck = {
  kind: "table",
  name: "null-share",
  group: "column",
  severity: "error",
  says: "More cells of a column are null than the contract allows (`nulls: 0.02`). A small file is given the benefit of chance: the share must be beyond the limit by more than three standard errors.",
  run({ facts, contract }) {
    return (contract?.columns ?? []).flatMap((column) => {
      const seen = columnNamed(facts, column.name);
      const severity = severityFor("null-share", "error", contract, column);
      if (seen === null || column.nulls === null || column.nulls === 0 || severity === "off") return [];
      const nulls = countIn(seen, missing);
      const limit = column.nulls + 3 * Math.sqrt((column.nulls * (1 - column.nulls)) / Math.max(1, seen.rows));
      if (seen.rows === 0 || nulls / seen.rows <= Math.min(limit, 0.9999)) return [];
      const was =
        column.reference === null
          ? `at most ${percent(column.nulls)} is allowed`
          : `reference ${percent(column.reference.nulls)} null`;
      return [
        finding({
          check: "null-share",
          severity,
          column: column.name,
          count: nulls,
          lines: firstsIn(seen, missing).lines,
          message: `${column.name}: ${percent(nulls / seen.rows)} null (${was})`,
        }),
      ];
    });
  },
};

/** Several ways of writing nothing in one column. */
export const nullWordsCheck: TableCheck = {
  kind: "table",
  name: "null-words",
  group: "column",
  severity: "info",
  says: "A column writes null as a word (NA, N/A, null, -, …). The words are read as null; a column of text that uses one of them as a value needs `values` in its contract.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column) => {
      const severity = severityFor(
        "null-words",
        "info",
        contract,
        contract?.columns.find((c) => c.name === column.name) ?? null,
      );
      const words = column.texts.counts.filter(([text]) => text !== "" && isNullWord(column.forms, text));
      if (severity === "off" || column.forms[form.nullWord] === 0 || words.length === 0) return [];
      if (nullShare(column) === 1 && column.forms[form.empty]! > 0) return [];
      const known = contract?.columns.find((c) => c.name === column.name)?.reference?.top;
      const fresh = words.filter(([text]) => known?.[text] === undefined);
      if (fresh.length === 0) return [];
      const { lines } = firstsIn(column, 1 << form.nullWord);
      return [
        finding({
          check: "null-words",
          severity,
          column: column.name,
          count: fresh.reduce((sum, [, count]) => sum + count, 0),
          lines,
          examples: fresh.map(([text]) => text),
          message: `${column.name}: null is written ${fresh
            .slice(0, 5)
            .map(([text, count]) => `'${text}' (${thousands(count)})`)
            .join(", ")}; read as null`,
        }),
      ];
    });
  },
};

function isNullWord(forms: readonly number[], text: string): boolean {
  if (forms[form.nullWord] === 0) return false;
  return nullWordPattern.test(text.trim());
}

const nullWordPattern = /^(|na|n\/a|n\.a\.|null|none|nil|-|--|#n\/a|#na|\(null\)|\\n|<na>|<null>)$/i;
