import type { RowCheck, RowRule } from "../check.ts";
import type { CheckColumn } from "../check-block.ts";
import { form, isIn, nullForms } from "../cell-form.ts";
import { thousands } from "../check-finding.ts";
import type { ColumnContract } from "../contract.ts";
import { noCode } from "../text-dictionary.ts";
import { quoted } from "../words.ts";

export const patternCheck: RowCheck = {
  kind: "row",
  name: "pattern",
  group: "column",
  severity: "error",
  says: "A value does not match `pattern`, a regular expression for the whole value.",
  rules: (contract, columns) =>
    contract.columns.flatMap((column) => {
      const index = columns.indexOf(column.name);
      if (index === -1 || column.pattern === null) return [];
      const pattern = new RegExp(`^(?:${column.pattern})$`, "u");
      return [
        shapeRule(
          column,
          index,
          (text) => pattern.test(text),
          `do not match ${column.pattern}`,
          `does not match ${column.pattern}`,
        ),
      ];
    }),
};

export const lengthCheck: RowCheck = {
  kind: "row",
  name: "length",
  group: "column",
  severity: "error",
  says: "A value is shorter or longer than `length` allows, in characters. Codes of one length that lost their leading zeros are found here.",
  rules: (contract, columns) =>
    contract.columns.flatMap((column) => {
      const index = columns.indexOf(column.name);
      if (index === -1 || column.length === null) return [];
      const { from, to } = column.length;
      const allowed = from === to ? `${from} characters` : `${thousands(from)} to ${thousands(to)} characters`;
      return [
        shapeRule(
          column,
          index,
          (text) => text.length >= from && text.length <= to,
          `do not have ${allowed}`,
          `does not have ${allowed}`,
          (examples) =>
            examples.every((text) => /^[1-9]\d*$/.test(text) && text.length < from) ? " (leading zeros lost?)" : "",
        ),
      ];
    }),
};

function shapeRule(
  column: ColumnContract,
  index: number,
  fits: (text: string) => boolean,
  says: string,
  reason: string,
  hint: (examples: readonly string[]) => string = () => "",
): RowRule {
  const byCode: boolean[] = [];
  const test = (cells: CheckColumn, row: number): boolean => fits(cells.text(row));
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const cells = block.columns[index]!;
      for (let row = 0; row < block.rows; row++) {
        if (isIn(nullForms | (1 << form.notANumber), cells.uniform ?? cells.forms[row]!)) continue;
        const code = cells.codes[row]!;
        if (!(code === noCode ? test(cells, row) : (byCode[code] ??= test(cells, row)))) fail(row);
      }
    },
    message: ({ count, rows, examples }) =>
      `${column.name}: ${thousands(count)} of ${thousands(rows)} values ${says}: ${quoted(examples)}${hint(examples)}`,
    reason,
  };
}
