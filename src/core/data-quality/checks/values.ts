import type { RowCheck, RowRule } from "../check.ts";
import type { CheckColumn } from "../check-block.ts";
import { thousands } from "../check-finding.ts";
import type { ColumnContract } from "../contract.ts";
import { noCode } from "../text-dictionary.ts";
import { form, isIn, numberForms } from "../cell-form.ts";
import { percent, quoted } from "../words.ts";

/** `values`: what stands there is not among the allowed ones and does not resemble one. */
export const valuesCheck: RowCheck = {
  kind: "row",
  name: "values",
  group: "column",
  severity: "warning",
  says: "A value is not among `values.any`. Where the reference itself had many values that occur once, some unseen ones are expected: below the share `values.unseen` (Good-Turing bound) the finding is a remark.",
  rules: (contract, columns) => rulesFor(contract.columns, columns, "unseen"),
};

/** `values`, but for case and blanks: the same category spelled otherwise. */
export const spellingCheck: RowCheck = {
  kind: "row",
  name: "spelling",
  group: "reference",
  severity: "warning",
  says: "A value is not among `values.any`, but equals one of them after trimming blanks and folding case: a model or a join takes it for another category.",
  rules: (contract, columns) => rulesFor(contract.columns, columns, "misspelled"),
};

function rulesFor(contracts: readonly ColumnContract[], columns: readonly string[], kind: Kind): RowRule[] {
  return contracts.flatMap((column) => {
    const index = columns.indexOf(column.name);
    return index === -1 || column.values === null ? [] : [valuesRule(column, index, kind)];
  });
}

type Kind = "unseen" | "misspelled";
type Verdict = "known" | Kind;

function valuesRule(column: ColumnContract, index: number, kind: Kind): RowRule {
  const judge = createJudge(column.values!.any);
  const numbers = new Set<unknown>(column.values!.any);
  const byCode: Verdict[] = [];
  const counts = new Map<string, number>();
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const cells = block.columns[index]!;
      const plain = cells.uniform !== null && isIn(numberForms, cells.uniform);
      for (let row = 0; row < block.rows; row++) {
        if (plain && numbers.has(cells.numbers[row]!)) continue;
        const one = cells.uniform ?? cells.forms[row]!;
        if (one === form.empty) continue;
        const code = cells.codes[row]!;
        const verdict = code === noCode ? judge(cells, row, one) : (byCode[code] ??= judge(cells, row, one));
        if (verdict !== kind) continue;
        const text = cells.text(row);
        if (counts.has(text) || counts.size < 1000) counts.set(text, (counts.get(text) ?? 0) + 1);
        fail(row);
      }
    },
    message: ({ count, rows }) => {
      const listed = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
      if (kind === "misspelled") {
        return `${column.name}: ${counts.size === 1 ? "unseen category" : "unseen categories"} ${quoted(listed.map(([text]) => text))} (${thousands(count)} rows); they equal known ones after trim and case folding`;
      }
      const named = listed
        .map(([text, number]) => `${column.name}=${text} ${thousands(number)} ${number === 1 ? "row" : "rows"}`)
        .join(", ");
      const more = counts.size > listed.length ? ` and ${thousands(counts.size - listed.length)} more` : "";
      return `unseen ${counts.size === 1 ? "category" : "categories"}: ${named}${more} (${percent(count / rows)} of rows)`;
    },
    reason: kind === "unseen" ? "not among the allowed values" : "a known value in another spelling",
    soften: ({ count, rows }) => {
      const share = column.values!.unseen;
      return kind === "unseen" && count <= rows * share + 3 * Math.sqrt(rows * share * (1 - share));
    },
  };
}

function createJudge(
  allowed: readonly (string | number | boolean)[],
): (cells: CheckColumn, row: number, one: number) => Verdict {
  const texts = new Set(allowed.map(String));
  const folded = new Set(allowed.map((value) => fold(String(value))));
  const numbers = new Set(allowed.filter((value) => typeof value === "number"));
  const truths = new Set(allowed.filter((value) => typeof value === "boolean").map(Number));
  return (cells, row, one) => {
    const value = cells.numbers[row]!;
    if (value === value && numbers.has(value)) return "known";
    if (one === form.boolean && truths.has(value)) return "known";
    const text = cells.text(row);
    if (texts.has(text)) return "known";
    if (one === form.nullWord || one === form.notANumber) return "known";
    return folded.has(fold(text)) ? "misspelled" : "unseen";
  };
}

function fold(text: string): string {
  return text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}
