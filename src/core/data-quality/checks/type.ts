import type { RowCheck, RowRule } from "../check.ts";
import type { CheckColumn } from "../check-block.ts";
import { form, formCount, isIn, isoForms, nullForms } from "../cell-form.ts";
import { thousands } from "../check-finding.ts";
import type { ColumnContract, TimeFormat } from "../contract.ts";
import { distinctLike, quoted } from "../words.ts";

const bit = (one: number): number => 1 << one;

const timeForms: Record<TimeFormat, number> = {
  iso: isoForms,
  "day-first": bit(form.dayFirst) | bit(form.dayOrMonthFirst),
  "month-first": bit(form.monthFirst) | bit(form.dayOrMonthFirst),
  "day-or-month-first": bit(form.dayFirst) | bit(form.monthFirst) | bit(form.dayOrMonthFirst),
  dotted: bit(form.dottedDate),
  "year-first": bit(form.slashedYearFirst),
  words: bit(form.wordDate),
};

/** Forms that a column of this type may hold; nulls are the business of another check. */
export function allowedForms(column: ColumnContract): number {
  switch (column.type) {
    case "integer":
      return nullForms | bit(form.integer) | bit(form.bigInteger) | bit(form.leadingZero) | bit(form.notANumber);
    case "number":
      return (
        nullForms |
        bit(form.integer) |
        bit(form.decimal) |
        bit(form.scientific) |
        bit(form.bigInteger) |
        bit(form.leadingZero) |
        bit(form.notANumber)
      );
    case "boolean":
      return nullForms | bit(form.boolean);
    case "time":
      return nullForms | timeForms[column.format ?? "iso"];
    case "any":
      return 2 ** formCount - 1;
    case "text":
      return 2 ** formCount - 1 - bit(form.nested);
  }
}

const wanted = {
  integer: "whole numbers",
  number: "numbers",
  boolean: "booleans",
  text: "texts",
  time: "times",
  any: "anything",
} as const;

/** Integers may be written `39.0` (a column of integers with nulls, exported by a data frame) and booleans 1 or 0. */
function forgiven(column: ColumnContract, cells: CheckColumn, row: number, one: number): boolean {
  const value = cells.numbers[row]!;
  if (column.type === "integer") return one === form.decimal && Number.isInteger(value);
  if (column.type === "boolean") return (one === form.integer || one === form.decimal) && (value === 0 || value === 1);
  return false;
}

export const typeCheck: RowCheck = {
  kind: "row",
  name: "type",
  group: "column",
  severity: "error",
  says: "A cell is not of the column's type: words or units among numbers, decimal commas, thousands separators, percent signs, scientific notation in an integer, a date in another format.",
  rules: (contract, columns) =>
    contract.columns.flatMap((column) => {
      const index = columns.indexOf(column.name);
      return index === -1 ? [] : [typeRule(column, index)];
    }),
};

function typeRule(column: ColumnContract, index: number): RowRule {
  const allowed = allowedForms(column);
  const seen = new Float64Array(formCount);
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const cells = block.columns[index]!;
      if (cells.uniform !== null && isIn(allowed, cells.uniform)) return;
      for (let row = 0; row < block.rows; row++) {
        const one = cells.uniform ?? cells.forms[row]!;
        if (isIn(allowed, one) || forgiven(column, cells, row, one)) continue;
        seen[one]! += 1;
        fail(row);
      }
    },
    message: ({ count, rows, examples }) =>
      `${column.name}: ${thousands(count)} of ${thousands(rows)} values are not ${wanted[column.type]}${hint(seen) || inQuotes(seen, examples) || epochHint(column, examples)}; ${examples.length === 1 ? "example" : "examples"} ${quoted(distinctLike(examples))}`,
    reason: `not ${{ integer: "an integer", number: "a number", boolean: "a boolean", text: "a text", time: `a time written ${column.format ?? "iso"}`, any: "anything" }[column.type]}`,
  };
}

/** What the strangers have in common, where they do. */
function hint(seen: Float64Array): string {
  const total = seen.reduce((sum, count) => sum + count, 0);
  const says: readonly [number, string][] = [
    [form.decimalComma, "text with decimal commas"],
    [form.groupedThousands, "text with thousands separators"],
    [form.percent, "percentages"],
    [form.money, "amounts with a currency"],
    [form.scientific, "in scientific notation, as a spreadsheet writes long numbers: digits are lost"],
    [form.infinite, "infinite"],
    [form.nested, "nested values"],
    [form.bigInteger, "beyond 2^53"],
  ];
  for (const [one, words] of says) if (seen[one]! >= total * 0.9) return ` but ${words}`;
  return "";
}

/** Numbers inside of quotes, in formats that tell texts from numbers. */
function inQuotes(seen: Float64Array, examples: readonly string[]): string {
  const texts = seen[form.text]! > 0 && examples.every((text) => /^[+-]?\d+(\.\d+)?$/.test(text));
  return texts ? " but texts that hold numbers" : "";
}

/** Epoch numbers where written times are expected. */
function epochHint(column: ColumnContract, examples: readonly string[]): string {
  if (column.type !== "time" || examples.length === 0) return "";
  if (examples.every((text) => /^\d{10}(\.\d+)?$/.test(text))) return " but epoch seconds";
  if (examples.every((text) => /^\d{13}$/.test(text))) return " but epoch milliseconds";
  return examples.every((text) => /^\d{16,19}$/.test(text)) ? " but epoch micro- or nanoseconds" : "";
}
