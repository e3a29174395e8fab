import { association } from "./association.ts";
import { names } from "./column-names.ts";
import type { ColumnFacts, DataFacts } from "./data-facts.ts";
import type { InitGuess } from "./init-guess.ts";

/** A line under `slices:` of the policy that `init` writes. */
export interface ProposedSlice {
  readonly name: string;
  readonly form: ProposedForm;
  /** What stands after the line: how many values, from when to when. */
  readonly remark: string;
}

export type ProposedForm =
  | { readonly each: string; readonly quantiles?: number }
  | { readonly period: "month" }
  | { readonly last: string };

const MOST_COLUMNS = 5;
const DAY = 86_400_000;
/** A column that tells the label this surely is the label in other words, or a leak. */
const TELLS_ALL = 0.97;

/**
 * Columns worth a slice each: few values, none of which is nearly everything, known before the answer as far as their
 * names and values show; and the periods of the time column.
 */
export function proposeSlices(data: DataFacts, guess: InitGuess): ProposedSlice[] {
  const used = new Set([
    guess.label,
    guess.group,
    guess.item,
    guess.unit,
    guess.time,
    ...guess.id,
    ...guess.otherScores,
    ...[guess.champion, guess.challenger].flatMap((model) => [model?.column, ...Object.values(model?.columns ?? {})]),
  ]);
  const label = data.columns.find((column) => column.name === guess.label);
  const possible = data.columns.filter((column) => {
    const named = names.isScore(column.name) || names.isLabelFirst(column.name) || names.isLabelAlso(column.name);
    return !used.has(column.name) && !named && splits(column) && !(label !== undefined && leaks(column, label));
  });
  const texts = possible.filter((column) => column.kind === "category" || column.kind === "boolean");
  const numbers = possible.filter((column) => column.kind === "number");
  const chosen = byPreference(texts).slice(0, MOST_COLUMNS);
  if (chosen.length < 2) chosen.push(...byPreference(numbers).slice(0, MOST_COLUMNS - chosen.length));
  const each = chosen.map((column) => ({
    name: column.name,
    form: { each: column.name },
    remark: `${column.distinct} values: ${someValues(column)}`,
  }));
  const all: ProposedSlice[] = [...each, ...ageBands(data, chosen), ...timeSlices(data, guess.time)];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

const MOST_TEXTS = 24;
const MOST_NUMBERS = 12;

function splits(column: ColumnFacts): boolean {
  if (column.values === null || column.kind === "time") return false;
  const most = column.kind === "number" ? MOST_NUMBERS : MOST_TEXTS;
  const top = Math.max(column.nulls, column.values[0]?.rows ?? 0);
  const whole = column.kind !== "number" || column.whole;
  return whole && column.distinct >= 2 && column.distinct <= most && top <= 0.98 * column.rows;
}

function leaks(column: ColumnFacts, label: ColumnFacts): boolean {
  if (column.kind === "category") return false;
  const told = label.distinct === 2 ? association(column.sample, label.sample) : Number.NaN;
  return told >= TELLS_ALL;
}

function byPreference(columns: readonly ColumnFacts[]): ColumnFacts[] {
  const rank = (column: ColumnFacts): number => (names.isSlice(column.name) ? 0 : 100) + column.distinct;
  return columns.toSorted((a, b) => rank(a) - rank(b));
}

function someValues(column: ColumnFacts): string {
  const texts = (column.values ?? []).map((value) =>
    value.text.length > 20 ? `${value.text.slice(0, 19)}…` : value.text,
  );
  return texts.length <= 4 ? texts.join(", ") : `${texts.slice(0, 3).join(", ")}, …`;
}

function ageBands(data: DataFacts, chosen: readonly ColumnFacts[]): ProposedSlice[] {
  const age = data.columns.find((column) => column.kind === "number" && /(^|_)age$/i.test(column.name));
  const covered = chosen.some((column) => /(^|_)age($|_)/i.test(column.name));
  if (age === undefined || covered || age.distinct <= MOST_NUMBERS) return [];
  return [
    { name: `${age.name} bands`, form: { each: age.name, quantiles: 4 }, remark: `from ${age.min} to ${age.max}` },
  ];
}

function timeSlices(data: DataFacts, time: string | null): ProposedSlice[] {
  const column = data.columns.find((one) => one.name === time);
  if (column === undefined) return [];
  const days = (column.max - column.min) / DAY;
  const day = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);
  const span = `${day(column.min)} to ${day(column.max)}`;
  const out: ProposedSlice[] = [];
  if (days > 45 && days < 1100) out.push({ name: "months", form: { period: "month" }, remark: span });
  const recent = column.sample.reduce((count, at) => count + (at > column.max - 7 * DAY ? 1 : 0), 0);
  if (days > 14 && recent >= 100)
    out.push({ name: "last week", form: { last: "7d" }, remark: `${span}; the newest rows are most like tomorrow` });
  return out;
}
