import { rankCorrelation } from "./association.ts";
import { dateForms, form, integerForms, nullForms, numberForms } from "./cell-form.ts";
import { type ColumnFacts, countIn, nullShare } from "./column-facts.ts";
import type { ColumnContract, ColumnReference, ColumnType, Contract, TimeFormat } from "./contract.ts";
import { likelyOrder } from "./date-order.ts";
import { inferRange, isEpoch } from "./infer-range.ts";
import { inferRules } from "./infer-rules.ts";
import { regularStep } from "./regular-step.ts";
import type { SampledColumn } from "./row-sample.ts";
import { columnNamed, looksLikeId, type TableFacts } from "./table-facts.ts";

export interface InferOptions {
  readonly name: string;
  readonly label?: string | null;
  readonly key?: readonly string[] | null;
  readonly time?: string | null;
  /** Time of the check, milliseconds since 1970: tells how dates are meant that can be read two ways. */
  readonly now?: number | null;
}

/**
 * A contract that the reference keeps, with margins from the reference's own variation: ranges are widened by how far
 * the extremes stand from the median, shares of nulls and unseen categories get an upper confidence bound (rule of
 * three, Good-Turing), counts between a tenth and four times the reference until history knows better.
 */
export function inferContract(facts: TableFacts, options: InferOptions): Contract {
  const label = options.label === undefined ? guessLabel(facts) : options.label;
  const key = options.key ?? guessKey(facts, label);
  const time = options.time === undefined ? guessTime(facts) : options.time;
  const labelCells = facts.sample.columns.find((column) => column.name === label);
  return {
    name: options.name,
    version: 1,
    owner: null,
    meaning: null,
    file: {
      format: facts.source.format,
      delimiter: facts.source.delimiter,
      finalNewline: facts.end === null ? null : facts.end.newline,
    },
    rows: { usual: facts.rows, from: Math.floor(facts.rows / 10), to: facts.rows * 4 },
    badRows: 0.05,
    key,
    label,
    time: time === null ? null : inferTime(facts, time),
    columnOrder: "any",
    unknownColumns: "warning",
    repeats: Math.min(1, roundUp(facts.repeats.rows / Math.max(1, facts.rows) + 0.1)),
    columns: facts.columns.map((column) => {
      const cells = facts.sample.columns[column.position]!;
      const withLabel = labelCells === undefined || column.name === label ? null : rankCorrelation(cells, labelCells);
      return inferColumn(column, facts, {
        isKey: key.length === 1 && key[0] === column.name,
        isLabel: column.name === label,
        withLabel,
        now: options.now ?? null,
      });
    }),
    rules: inferRules(facts),
    severity: {},
  };
}

function guessLabel(facts: TableFacts): string | null {
  const habits = [
    "label",
    "target",
    "y",
    "class",
    "outcome",
    "is_fraud",
    "churn",
    "churned",
    "default",
    "converted",
    "clicked",
  ];
  const named = habits.find((name) => facts.columns.some((column) => column.name.toLowerCase() === name));
  return facts.columns.find((column) => column.name.toLowerCase() === named)?.name ?? null;
}

/** One column of distinct integers or texts that is named like an id, or stands first and is distinct throughout. */
function guessKey(facts: TableFacts, label: string | null): string[] {
  if (facts.rows < 10) return [];
  const distinct = (column: ColumnFacts): boolean =>
    column.name !== label &&
    nullShare(column) === 0 &&
    column.distinct >= facts.sample.rows &&
    countIn(column, (1 << form.decimal) | (1 << form.scientific) | dateForms) === 0;
  const named = facts.columns.find((column) => looksLikeId(column.name) && distinct(column));
  const first = facts.columns[0];
  if (named !== undefined) return [named.name];
  return first !== undefined && distinct(first) && facts.columns.length > 2 ? [first.name] : [];
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

const timeName = /^(time|timestamp|event_time|created_at|date|datetime|ts)$/i;

function isEpochColumn({ numbers, times, rows }: ColumnFacts): boolean {
  return numbers !== null && times === null && numbers.count > rows * 0.9 && isEpoch(numbers.min, numbers.max);
}

function guessTime(facts: TableFacts): string | null {
  const dates = facts.columns.filter((column) => countIn(column, dateForms) > column.rows * 0.9);
  const named = dates.find((column) => timeName.test(column.name));
  const epoch = facts.columns.find((column) => timeName.test(column.name) && isEpochColumn(column));
  // Of several dates, the one that the rows stand in the order of.
  const ordered = dates.filter(({ times, distinct }) => times?.backward === 0 && distinct > 2);
  if (named === undefined && epoch === undefined && dates.length > 1) return only(ordered)?.name ?? null;
  return (named ?? epoch ?? only(dates))?.name ?? null;
}

function inferTime(facts: TableFacts, name: string): Contract["time"] {
  const column = columnNamed(facts, name);
  const sorted = column?.times?.sorted ?? null;
  const ordered = column?.times?.backward === 0 && facts.rows > 2;
  if (sorted === null || sorted.length < 10) return { column: name, ordered, gap: null, age: null };
  let widest = 0;
  for (let i = 1; i < sorted.length; i++) widest = Math.max(widest, sorted[i]! - sorted[i - 1]!);
  const step = regularStep(sorted);
  const span = sorted.at(-1)! - sorted[0]!;
  // Scattered times have gaps by nature: no limit is taken from them.
  const dense = step !== null || widest < span / 20;
  return {
    column: name,
    ordered,
    // Scattered times differ more from load to load than those of a regular series.
    gap: dense ? Math.max(widest * (step === null ? 5 : 3), (step ?? 0) * 3, span / 100) : null,
    age: null,
  };
}

interface Role {
  readonly isKey: boolean;
  readonly isLabel: boolean;
  readonly withLabel: number | null;
  readonly now: number | null;
}

function inferColumn(column: ColumnFacts, facts: TableFacts, role: Role): ColumnContract {
  const cells = facts.sample.columns[column.position]!;
  const type = inferType(column, cells);
  const values = role.isKey ? null : inferValues(column, facts, type, role.isLabel);
  const range =
    values !== null || role.isKey || (type !== "integer" && type !== "number") ? null : inferRange(column, cells, type);
  const nulls = nullShare(column);
  const required = role.isKey || role.isLabel;
  return {
    name: column.name,
    type,
    format: type === "time" ? timeFormat(column, role.now) : null,
    required: true,
    meaning: null,
    unit: null,
    nulls: nulls === 1 ? null : required && nulls === 0 ? 0 : nullLimit(nulls, column.rows),
    range,
    values,
    pattern: null,
    length: type === "text" && values === null ? inferLength(column, facts) : null,
    unique: false,
    proportions: role.isLabel ? labelProportions(column, facts) : null,
    severity: role.isLabel && values !== null ? { values: "error" } : {},
    reference: reference(column, facts, role.withLabel),
  };
}

function inferType(column: ColumnFacts, cells: SampledColumn): ColumnType {
  const filled = column.rows - countIn(column, nullForms);
  if (filled === 0) return "any";
  const all = (forms: number): boolean => countIn(column, forms) >= filled * 0.995;
  if (all(1 << form.boolean)) return "boolean";
  if (all(integerForms | (1 << form.notANumber))) return "integer";
  if (all(numberForms | (1 << form.notANumber) | (1 << form.infinite)))
    return wholeNumbers(column, cells) ? "integer" : "number";
  return all(dateForms) ? "time" : "text";
}

/** `39.0`, as data frames write integers among nulls. */
function wholeNumbers(column: ColumnFacts, cells: SampledColumn): boolean {
  if (column.numbers === null || column.forms[form.scientific]! > 0 || column.declaredType !== null) return false;
  return cells.numbers.every((value) => value !== value || Number.isInteger(value));
}

function timeFormat(column: ColumnFacts, now: number | null): TimeFormat {
  const ways: readonly [TimeFormat, number][] = [
    ["iso", (1 << form.isoDate) | (1 << form.isoDateTime) | (1 << form.isoZoned)],
    ["day-first", 1 << form.dayFirst],
    ["month-first", 1 << form.monthFirst],
    ["dotted", 1 << form.dottedDate],
    ["year-first", 1 << form.slashedYearFirst],
    ["words", 1 << form.wordDate],
  ];
  const best = ways.reduce((a, b) => (countIn(column, b[1]) > countIn(column, a[1]) ? b : a));
  if (countIn(column, best[1]) > 0) return best[0];
  // Every date can be read two ways.
  return likelyOrder(column.times?.sorted ?? new Float64Array(0), now) ?? "day-or-month-first";
}

/** Upper limit of a share seen in n rows: half as much again, or four standard errors; five rows at zero. */
function nullLimit(share: number, rows: number): number {
  if (rows === 0) return 1;
  return Math.min(1, roundUp(Math.max(1.5 * share, share + 4 * Math.sqrt((share * (1 - share)) / rows)) + 5 / rows));
}

const mostCategories = 100;

function inferValues(
  column: ColumnFacts,
  facts: TableFacts,
  type: ColumnType,
  isLabel: boolean,
): ColumnContract["values"] {
  if (
    type === "integer" &&
    (isLabel || column.distinct <= 2) &&
    column.distinct <= 20 &&
    column.numbers !== null &&
    facts.rows >= 30
  ) {
    const cells = facts.sample.columns[column.position]!;
    const seen = [...new Set([...cells.numbers].filter((value) => value === value))].sort((a, b) => a - b);
    return { any: seen, unseen: 0 };
  }
  const { counts, complete, singletons } = column.texts;
  const texts = counts.filter(([text]) => text !== "");
  if (type !== "text" || !complete || texts.length === 0 || texts.length > mostCategories) return null;
  if (column.rows < texts.length * 5 && column.rows > 30) return null;
  const total = texts.reduce((sum, [, count]) => sum + count, 0);
  if (singletons > total * 0.1 || texts.every(([text]) => /^\d{4}-\d{2}/.test(text))) return null;
  // Good-Turing: the mass of what was never seen is about that of what was seen once.
  const unseen = roundUp((singletons + 2 * Math.sqrt(singletons)) / total + 3 / total);
  return { any: texts.map(([text]) => text).sort(), unseen };
}

/** Codes of one length keep it; other texts may be three times as long as the longest. */
function inferLength(column: ColumnFacts, facts: TableFacts): ColumnContract["length"] {
  const cells = facts.sample.columns[column.position]!;
  let [least, most, filled] = [Infinity, 0, 0];
  for (let row = 0; row < facts.sample.rows; row++) {
    if (cells.forms[row]! <= form.nullWord) continue;
    const length = cells.texts[row]!.length;
    least = Math.min(least, length);
    most = Math.max(most, length);
    filled++;
  }
  if (filled < 30) return null;
  return least === most ? { from: least, to: most } : { from: 0, to: Math.max(50, most * 3) };
}

function labelProportions(column: ColumnFacts, facts: TableFacts): ColumnContract["proportions"] {
  if (column.numbers === null || column.distinct !== 2 || facts.rows < 100) return null;
  const { min, max, mean } = column.numbers;
  if (min !== 0 || max !== 1) return null;
  const margin = Math.max(0.1, 6 * Math.sqrt((mean * (1 - mean)) / facts.rows));
  return {
    "1": { from: Math.max(0, Number((mean - margin).toFixed(3))), to: Math.min(1, Number((mean + margin).toFixed(3))) },
  };
}

function reference(column: ColumnFacts, facts: TableFacts, withLabel: number | null): ColumnReference {
  const texts = column.texts.counts.filter(([text]) => text !== "");
  const top = texts.length === 0 || !column.texts.complete || texts.length > 1000 ? null : texts.slice(0, 30);
  const precise = (value: number): number => Number(value.toPrecision(10));
  return {
    rows: facts.rows,
    nulls: Number(nullShare(column).toPrecision(4)),
    distinct: column.distinct,
    quantiles: column.numbers === null || column.times !== null ? null : column.numbers.quantiles.map(precise),
    mean: column.numbers === null || column.times !== null ? null : precise(column.numbers.mean),
    top:
      top === null
        ? null
        : Object.fromEntries(
            top.map(([text, count]) => [text, Number((count / Math.max(1, facts.rows)).toPrecision(4))]),
          ),
    withLabel: withLabel === null ? null : Number(withLabel.toFixed(4)),
    longestRun: column.numbers === null ? null : column.numbers.longestRun,
  };
}

function roundUp(share: number): number {
  return Math.ceil(share * 10_000) / 10_000;
}
