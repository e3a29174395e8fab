import type { RowCheck, RowRule } from "../check.ts";
import type { CheckBlock } from "../check-block.ts";
import { form } from "../cell-form.ts";
import { atLines, counted } from "../check-finding.ts";
import type { RowCondition } from "../contract.ts";
import { conditionPredicate } from "../../slices/condition-predicate.ts";
import { conditionColumns } from "../../slices/condition.ts";

/** `rules` of the contract: conditions across columns. */
export const rulesCheck: RowCheck = {
  kind: "row",
  name: "rule",
  group: "across",
  severity: "error",
  says: "A row breaks one of `rules`: a condition that must hold (optionally only `when` another does), columns that must be in order (start <= end), a column that must not fall from row to row, columns that must add up to another. Rows with a null among the numbers compared are left to `nulls`.",
  rules: (contract, columns) =>
    contract.rules.flatMap((rule) => {
      const needed = columnsOf(rule);
      return needed.every((name) => columns.includes(name)) ? [bind(rule, columns, needed)] : [];
    }),
};

export function columnsOf(rule: RowCondition): string[] {
  switch (rule.kind) {
    case "holds":
      return [
        ...new Set([...conditionColumns(rule.holds), ...(rule.when === null ? [] : conditionColumns(rule.when))]),
      ];
    case "ordered":
      return [...rule.columns];
    case "monotone":
      return rule.within === null ? [rule.column] : [rule.column, rule.within];
    case "sum":
      return [...rule.columns, rule.equals];
  }
}

function bind(rule: RowCondition, columns: readonly string[], needed: readonly string[]): RowRule {
  const indexes = needed.map((name) => columns.indexOf(name));
  return {
    column: rule.kind === "monotone" ? rule.column : null,
    contract: null,
    severity: rule.severity,
    test: tester(rule, columns),
    example: (block, row) => needed.map((name, i) => `${name}=${block.columns[indexes[i]!]!.text(row)}`).join(", "),
    message: ({ count, lines }) =>
      `rule "${rule.name}": ${counted(count, "row")} ${count === 1 ? "breaks" : "break"} it (${atLines(lines, count)})`,
    reason: `breaks the rule "${rule.name}"`,
  };
}

type Test = (block: CheckBlock, fail: (row: number) => void) => void;

function tester(rule: RowCondition, columns: readonly string[]): Test {
  switch (rule.kind) {
    case "holds":
      return holds(rule, columns);
    case "ordered":
      return ordered(rule, columns);
    case "monotone":
      return monotone(rule, columns);
    case "sum":
      return sums(rule, columns);
  }
}

function holds(rule: RowCondition & { kind: "holds" }, columns: readonly string[]): Test {
  const must = conditionPredicate(rule.holds);
  const when = rule.when === null ? null : conditionPredicate(rule.when);
  const needed = columnsOf(rule).map((name) => ({ name, index: columns.indexOf(name) }));
  return (block, fail) => {
    const record: Record<string, unknown> = {};
    for (let row = 0; row < block.rows; row++) {
      for (const { name, index } of needed) record[name] = cellValue(block, index, row);
      if ((when === null || when(record)) && !must(record)) fail(row);
    }
  };
}

/** The value as a condition reads it: null, boolean, number (times in milliseconds) or text. */
export function cellValue(block: CheckBlock, index: number, row: number): string | number | boolean | null {
  const cells = block.columns[index]!;
  const one = cells.uniform ?? cells.forms[row]!;
  if (one <= form.nullWord || one === form.notANumber) return null;
  const value = cells.numbers[row]!;
  if (one === form.boolean) return value === 1;
  if (value === value && one !== form.leadingZero) return value;
  return cells.text(row);
}

function ordered(rule: RowCondition & { kind: "ordered" }, columns: readonly string[]): Test {
  const indexes = rule.columns.map((name) => columns.indexOf(name));
  return (block, fail) => {
    for (let row = 0; row < block.rows; row++) {
      let before = Number.NaN;
      for (const index of indexes) {
        const value = block.columns[index]!.numbers[row]!;
        if (value !== value) continue;
        if (value < before || (rule.strict && value === before)) {
          fail(row);
          break;
        }
        before = value;
      }
    }
  };
}

function monotone(rule: RowCondition & { kind: "monotone" }, columns: readonly string[]): Test {
  const index = columns.indexOf(rule.column);
  const within = rule.within === null ? -1 : columns.indexOf(rule.within);
  const sign = rule.falling ? -1 : 1;
  const last = new Map<string, number>();
  return (block, fail) => {
    const cells = block.columns[index]!;
    for (let row = 0; row < block.rows; row++) {
      const value = cells.numbers[row]!;
      if (value !== value) continue;
      const group = within === -1 ? "" : block.columns[within]!.text(row);
      const before = last.get(group);
      if (before !== undefined && (value - before) * sign < 0) fail(row);
      else last.set(group, value);
    }
  };
}

function sums(rule: RowCondition & { kind: "sum" }, columns: readonly string[]): Test {
  const parts = rule.columns.map((name) => columns.indexOf(name));
  const whole = columns.indexOf(rule.equals);
  return (block, fail) => {
    for (let row = 0; row < block.rows; row++) {
      let sum = 0;
      for (const index of parts) sum += block.columns[index]!.numbers[row]!;
      const total = block.columns[whole]!.numbers[row]!;
      const allowed = rule.tolerance + 1e-9 * Math.max(Math.abs(sum), Math.abs(total));
      if (Math.abs(sum - total) > allowed) fail(row);
    }
  };
}
