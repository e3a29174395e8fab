import type { TableCheck, TableContext } from "../check.ts";
import { dateForms, form, isoForms } from "../cell-form.ts";
import { finding, thousands } from "../check-finding.ts";
import { type ColumnFacts, countIn } from "../column-facts.ts";
import { severityFor } from "../contract.ts";
import type { TableFacts } from "../table-facts.ts";
import { regularStep } from "../regular-step.ts";
import { allowedForms } from "./type.ts";
import { duration, moment, percent } from "../words.ts";

const ways = [
  isoForms,
  (1 << form.dayFirst) | (1 << form.monthFirst) | (1 << form.dayOrMonthFirst),
  1 << form.dottedDate,
  1 << form.slashedYearFirst,
  1 << form.wordDate,
];

/** Date columns, the contract's `time` first. */
function timeColumns({ facts, contract }: TableContext): ColumnFacts[] {
  const named = contract?.time?.column;
  return (
    facts.columns
      .filter((column) => column.times !== null && countIn(column, dateForms) > column.rows * 0.5)
      // Dates in another format than the contract's are misread: `type` tells.
      .filter((column) => {
        const own = contract?.columns.find((entry) => entry.name === column.name);
        return (
          own === undefined || own.type !== "time" || countIn(column, allowedForms(own) & dateForms) > column.rows * 0.5
        );
      })
      // Dates in several ways cannot be put in order.
      .filter((column) => ways.filter((way) => countIn(column, way) > 0).length === 1)
      .sort((a, b) => Number(b.name === named) - Number(a.name === named))
  );
}

export const timeOrderCheck: TableCheck = {
  kind: "table",
  name: "time-order",
  group: "table",
  severity: "warning",
  says: "Rows are not in the order of time: for the contract's `time` column when it says `ordered: true`, without a contract for a regular series (one row a step, most steps alike).",
  run(context) {
    const severity = severityFor("time-order", "warning", context.contract, null);
    if (severity === "off") return [];
    return timeColumns(context).flatMap((column) => {
      const times = column.times!;
      const rule = context.contract?.time;
      const wanted =
        rule?.column === column.name ? rule.ordered : context.contract === null && isSeries(column, context.facts.rows);
      if (!wanted || times.backward === 0) return [];
      return [
        finding({
          check: "time-order",
          severity,
          column: column.name,
          count: times.backward,
          lines: times.backwardLines,
          message: `${column.name} is not sorted: ${thousands(times.backward)} rows are earlier than the row before`,
        }),
      ];
    });
  },
};

function isSeries(column: ColumnFacts, rows: number): boolean {
  const sorted = column.times?.sorted ?? null;
  return sorted !== null && sorted.length >= rows * 0.98 && regularStep(sorted) !== null;
}

export const timeGapCheck: TableCheck = {
  kind: "table",
  name: "time-gap",
  group: "table",
  severity: "warning",
  says: "Neighbouring times are further apart than `time.gap`. Without a contract, in a regular series: twenty-four steps or more, and more than a hundredth of the period.",
  run(context) {
    const severity = severityFor("time-gap", "warning", context.contract, null);
    if (severity === "off") return [];
    return timeColumns(context).flatMap((column) => {
      const sorted = column.times!.sorted;
      const rule = context.contract?.time;
      if (sorted === null || sorted.length < 3) return [];
      const step = regularStep(sorted);
      let limit: number | null = null;
      if (rule?.column === column.name) limit = rule.gap;
      else if (context.contract === null && step !== null && isSeries(column, context.facts.rows)) {
        limit = Math.max(step * 24, (sorted.at(-1)! - sorted[0]!) / 100);
      }
      if (limit === null) return [];
      const gaps = gapsBeyond(sorted, limit);
      const widest = gaps[0];
      if (widest === undefined) return [];
      const missing = step === null ? "" : `, about ${thousands(Math.round(widest.length / step) - 1)} rows missing`;
      return [
        finding({
          check: "time-gap",
          severity,
          column: column.name,
          count: gaps.length,
          examples: gaps.slice(0, 5).map((gap) => `${moment(gap.from)} to ${moment(gap.from + gap.length)}`),
          message: `${column.name}: gap of ${gapLength(widest.length, step)} from ${moment(widest.from)} to ${moment(widest.from + widest.length)}${missing}${gaps.length > 1 ? `; ${gaps.length} gaps in all` : ""}`,
        }),
      ];
    });
  },
};

/** What is missing between two times: the distance less the one step that always lies between neighbours. */
function gapLength(length: number, step: number | null): string {
  return duration(step === null ? length : length - step);
}

function gapsBeyond(sorted: Float64Array, limit: number): { from: number; length: number }[] {
  const gaps: { from: number; length: number }[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const length = sorted[i]! - sorted[i - 1]!;
    if (length > limit) gaps.push({ from: sorted[i - 1]!, length });
  }
  return gaps.sort((a, b) => b.length - a.length);
}

export const freshnessCheck: TableCheck = {
  kind: "table",
  name: "freshness",
  group: "table",
  severity: "error",
  says: "The newest row is older than `time.age`. Needs the time of the check; `--now` sets it.",
  run(context) {
    const { contract, now } = context;
    const severity = severityFor("freshness", "error", contract, null);
    const rule = contract?.time;
    if (severity === "off" || rule === null || rule === undefined || rule.age === null || now === null) return [];
    const newest = newestTime(context, rule.column);
    if (newest === null || now - newest <= rule.age) return [];
    return [
      finding({
        check: "freshness",
        severity,
        column: rule.column,
        message: `${rule.column}: the newest row is of ${moment(newest)}, ${duration(now - newest)} old; at most ${duration(rule.age)} is allowed`,
      }),
    ];
  },
};

function newestTime({ facts }: TableContext, name: string): number | null {
  return timeRange(facts, name)?.newest ?? null;
}

/** Oldest and newest time of a column in milliseconds since 1970, epoch numbers of any unit included. */
export function timeRange(facts: TableFacts, name: string): { oldest: number; newest: number } | null {
  const column = facts.columns.find((entry) => entry.name === name);
  if (column?.numbers === null || column === undefined) return null;
  const { min, max } = column.numbers;
  const unit = column.times === null ? epochScale(max) : 1;
  return { oldest: min * unit, newest: max * unit };
}

/** Milliseconds per unit, guessed from the size of an epoch number of our days. */
function epochScale(value: number): number {
  if (value > 1e17) return 1e-6;
  if (value > 1e14) return 1e-3;
  return value > 1e11 ? 1 : 1000;
}

export const futureCheck: TableCheck = {
  kind: "table",
  name: "future",
  group: "column",
  severity: "warning",
  says: "Times lie more than a day after the time of the check. Columns that the contract's reference had in the future are left alone.",
  run(context) {
    const { contract, now, facts } = context;
    if (now === null) return [];
    return timeColumns(context).flatMap((column) => {
      const own = contract?.columns.find((entry) => entry.name === column.name) ?? null;
      const severity = severityFor("future", "warning", contract, own);
      if (severity === "off" || column.numbers === null || column.numbers.max <= now + 86_400_000) return [];
      if (column.numbers.quantiles[10]! > now + 86_400_000) return [];
      const sample = facts.sample.columns[column.position]!;
      const late = sample.numbers.reduce((sum, value) => sum + (value > now + 86_400_000 ? 1 : 0), 0);
      return [
        finding({
          check: "future",
          severity,
          column: column.name,
          message: `${column.name}: ${late === 0 ? "some times lie" : `${percent(late / facts.sample.rows)} of times lie`} in the future, up to ${moment(column.numbers.max)}`,
        }),
      ];
    });
  },
};

const epochs: readonly { readonly name: string; readonly from: number; readonly to: number }[] = [
  { name: "seconds", from: 3e8, to: 4.2e9 },
  { name: "milliseconds", from: 3e11, to: 4.2e12 },
  { name: "microseconds", from: 3e14, to: 4.2e15 },
  { name: "nanoseconds", from: 3e17, to: 4.2e18 },
];

/** Epoch numbers of two units in one column. */
export const epochCheck: TableCheck = {
  kind: "table",
  name: "epoch-unit",
  group: "reference",
  severity: "error",
  says: "A column of epoch times mixes seconds, milliseconds, microseconds or nanoseconds: clusters a factor 1,000 apart, each within the years 1979 to 2103. Judged on the sample of rows.",
  run({ facts, contract }) {
    return facts.columns.flatMap((column, index) => {
      const own = contract?.columns.find((entry) => entry.name === column.name) ?? null;
      const severity = severityFor("epoch-unit", "error", contract, own);
      const cells = facts.sample.columns[index];
      if (severity === "off" || column.numbers === null || cells === undefined || column.times !== null) return [];
      if (column.numbers.max < 3e11 || column.numbers.min > 4.2e15) return [];
      const counts = epochs.map(({ from, to }) =>
        cells.numbers.reduce((sum, v) => sum + (v >= from && v <= to ? 1 : 0), 0),
      );
      const total = counts.reduce((sum, count) => sum + count, 0);
      const present = epochs.map((epoch, i) => ({ ...epoch, count: counts[i]! })).filter((epoch) => epoch.count > 0);
      if (present.length < 2 || total < column.numbers.count * 0.98 * (facts.sample.rows / Math.max(1, facts.rows)))
        return [];
      const minor = present.reduce((least, epoch) => (epoch.count < least.count ? epoch : least));
      if (!/time|date|_at$|_ts$|^ts|epoch|stamp|moment|when/i.test(column.name) && minor.count < total * 0.01)
        return [];
      const shares = present.map((epoch) => `${percent(epoch.count / total)} ${epoch.name}`).join(", ");
      const rows = Math.round((minor.count / facts.sample.rows) * facts.rows);
      return [
        {
          ...finding({
            check: "epoch-unit",
            severity,
            column: column.name,
            count: rows,
            examples: present.map(
              (epoch) => cells.texts[cells.numbers.findIndex((v) => v >= epoch.from && v <= epoch.to)]!,
            ),
            message: `${column.name}: two clusters a factor 1,000 apart (${shares}): read as one unit, part of the rows lies in 1970 or far in the future`,
          }),
          explains: { columns: [column.name], checks: ["range", "unit", "time-order"] },
        },
      ];
    });
  },
};
