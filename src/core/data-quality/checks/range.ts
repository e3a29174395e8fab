import type { RowCheck, RowRule } from "../check.ts";
import { counted, atLines } from "../check-finding.ts";
import type { ColumnContract } from "../contract.ts";
import { figure } from "../words.ts";

export const rangeCheck: RowCheck = {
  kind: "row",
  name: "range",
  group: "column",
  severity: "error",
  says: "A number lies outside of `range`. An inferred range is wider than the reference by as much as its extremes stand out, never crosses zero where the reference does not, and is exact where every integer between the ends was seen.",
  rules: (contract, columns) =>
    contract.columns.flatMap((column) => {
      const index = columns.indexOf(column.name);
      return index === -1 || column.range === null ? [] : [rangeRule(column, index, column.range)];
    }),
};

function rangeRule(column: ColumnContract, index: number, range: NonNullable<ColumnContract["range"]>): RowRule {
  const from = range.from ?? -Infinity;
  const to = range.to ?? Infinity;
  const limits = describeRange(range);
  let [least, most] = [Infinity, -Infinity];
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const { numbers } = block.columns[index]!;
      for (let row = 0; row < block.rows; row++) {
        const value = numbers[row]!;
        if (value < from || value > to) {
          if (value < least) least = value;
          if (value > most) most = value;
          fail(row);
        }
      }
    },
    message: ({ count, lines }) =>
      `${column.name}: ${counted(count, "row")} outside ${limits} (${atLines(lines, count)}), ${count === 1 ? figure(least) : `from ${figure(least)} to ${figure(most)}`}`,
    reason: `outside ${limits}`,
  };
}

export function describeRange(range: { readonly from: number | null; readonly to: number | null }): string {
  if (range.from === null) return `at most ${figure(range.to ?? Infinity)}`;
  if (range.to === null) return `at least ${figure(range.from)}`;
  return `${figure(range.from)} to ${figure(range.to)}`;
}
