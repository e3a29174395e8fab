import type { RowCheck, RowRule } from "../check.ts";
import { counted, atLines } from "../check-finding.ts";
import type { ColumnContract } from "../contract.ts";
import { knownFactors } from "../unit-factors.ts";
import { figure } from "../words.ts";

export const rangeCheck: RowCheck = {
  kind: "row",
  name: "range",
  group: "column",
  severity: "error",
  says: "A number lies outside of `range`. An inferred range is wider than the reference by as much as its extremes stand out (and more where its tail is heavy, so that one column leaves it in few of 200 loads), never crosses zero where the reference does not, and is exact where every integer between the ends was seen, unless values become rare towards an end.",
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
  const strangers: number[] = [];
  return {
    column: column.name,
    contract: column,
    test(block, fail) {
      const { numbers } = block.columns[index]!;
      for (let row = 0; row < block.rows; row++) {
        const value = numbers[row]!;
        // Infinity is no number: `type` tells.
        if ((value < from || value > to) && value - value === 0) {
          if (strangers.length < 500) strangers.push(value);
          if (value < least) least = value;
          if (value > most) most = value;
          fail(row);
        }
      }
    },
    message: ({ count, lines }) =>
      `${column.name}: ${counted(count, "row")} outside ${limits} (${atLines(lines, count)}), ${count === 1 ? figure(least) : `from ${figure(least)} to ${figure(most)}`}${unitHint(strangers, column)}`,
    reason: `outside ${limits}`,
  };
}

export function describeRange(range: { readonly from: number | null; readonly to: number | null }): string {
  if (range.from === null) return `at most ${figure(range.to ?? Infinity)}`;
  if (range.to === null) return `at least ${figure(range.from)}`;
  return `${figure(range.from)} to ${figure(range.to)}`;
}

/** Whether the values outside would be ordinary ones after dividing (or multiplying) by a factor that people mix up. */
function unitHint(strangers: readonly number[], column: ColumnContract): string {
  const quantiles = column.reference?.quantiles;
  if (strangers.length < 3 || quantiles === null || quantiles === undefined) return "";
  if (new Set(strangers).size === 1) return `; all are ${figure(strangers[0]!)}: a stand-in for null?`;
  const [low, high] = [quantiles[1]!, quantiles[19]!];
  for (const [factor, says] of knownFactors) {
    for (const by of [factor, 1 / factor]) {
      const inside = strangers.filter((value) => value / by >= low && value / by <= high).length;
      if (inside >= strangers.length * 0.8) {
        return `; divided by ${figure(Number(by.toPrecision(4)))} they would be ordinary (unit mistake in part of the rows? ${says})`;
      }
    }
  }
  return "";
}
