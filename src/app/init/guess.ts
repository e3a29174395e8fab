import type { Task } from "../../core/metrics/metric.ts";
import { nearest } from "../../core/nearest.ts";
import { association } from "./association.ts";
import { names } from "./column-names.ts";
import type { ColumnFacts, DataFacts } from "./data-facts.ts";
import { guessModels } from "./guess-models.ts";
import type { InitAnswers, InitGuess, InitQuestion } from "./init-guess.ts";

export type Guessed =
  | { readonly guess: InitGuess; readonly questions: readonly [] }
  | { readonly guess: null; readonly questions: readonly InitQuestion[] };

/** Roles from names, values and how well scores tell a label. What stays open comes back as questions. */
export function guessRoles(data: DataFacts, answers: InitAnswers): Guessed {
  const facts = new Map(data.columns.map((column) => [column.name, column]));
  const questions: InitQuestion[] = [...unknownColumns(answers, facts)];
  if (questions.length > 0) return { guess: null, questions };
  const scores = scoreColumns(data, answers);
  const item = answers.item ?? data.columns.find((column) => names.isItem(column.name))?.name ?? null;
  const group = answers.group ?? groupColumn(data, item);
  const label = answers.label ?? labelColumn(data, scores, questions, [group, item]);
  const labelFacts = label === null ? undefined : facts.get(label);
  const task = answers.task ?? (labelFacts === undefined ? null : taskOf(labelFacts, group, item, questions));
  const classes = task === "multiclass" ? (labelFacts?.values ?? []).map((value) => value.text) : [];
  const models = guessModels(
    data,
    answers,
    scores.filter((name) => name !== label),
    classes,
    questions,
  );
  const positive =
    answers.positive ?? (labelFacts !== undefined && task === "binary" ? positiveOf(labelFacts, questions) : null);
  if (questions.length > 0 || label === null || task === null || models === null) return { guess: null, questions };
  const ranking = task === "ranking";
  const guess: InitGuess = {
    task,
    label,
    positive,
    ...models,
    group: ranking ? group : null,
    item: ranking ? item : null,
    unit: answers.unit ?? unitColumn(data),
    time: answers.time ?? timeColumn(data),
    id: idColumns(data, ranking ? group : null, ranking ? item : null),
  };
  return { guess, questions: [] };
}

const COLUMN_FLAGS = ["label", "champion", "challenger", "group", "item", "unit", "time"] as const;

function unknownColumns(answers: InitAnswers, facts: ReadonlyMap<string, ColumnFacts>): InitQuestion[] {
  return COLUMN_FLAGS.flatMap((flag): InitQuestion[] => {
    const name = answers[flag];
    if (name === undefined || facts.has(name) || name.toLowerCase().endsWith(".onnx")) return [];
    const near = nearest(name, facts.keys());
    return [
      {
        flag,
        asks: `--${flag}: there is no column "${name}"`,
        candidates: near.length > 0 ? near : [...facts.keys()],
        why: near.length > 0 ? "nearest" : "columns",
      },
    ];
  });
}

/** Numbers that are named like scores and hold some; not their rounded twins where a finer one is there. */
function scoreColumns(data: DataFacts, answers: InitAnswers): string[] {
  const chosen = [answers.champion, answers.challenger].filter((name) => name !== undefined);
  const named = data.columns.filter(
    (column) =>
      column.kind === "number" && column.distinct > 1 && (names.isScore(column.name) || chosen.includes(column.name)),
  );
  const fine = named.filter((column) => column.distinct > 2);
  const kept: ColumnFacts[] = [];
  for (const column of fine.length > 0 ? fine : named) {
    const wanted = chosen.includes(column.name) || !kept.some((other) => areTwins(other.sample, column.sample));
    if (wanted && column.name !== answers.label) kept.push(column);
  }
  return kept.map((column) => column.name);
}

/** Two copies of one score, such as by another runtime: they differ by less than half a percent of the spread. */
function areTwins(a: Float64Array, b: Float64Array): boolean {
  let difference = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let rows = 0;
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (left !== left || right !== right) continue;
    difference += Math.abs(left - right);
    low = Math.min(low, left);
    high = Math.max(high, left);
    rows++;
  }
  return rows > 0 && difference / rows < 0.005 * (high - low);
}

/** A list column repeats and has an item column beside it; otherwise the rows are not lists. */
function groupColumn(data: DataFacts, item: string | null): string | null {
  if (item === null) return null;
  const found = data.columns.find(
    (column) =>
      names.isGroup(column.name) && column.distinct > 1 && column.distinct < 0.7 * (column.rows - column.nulls),
  );
  return found?.name ?? null;
}

function labelColumn(
  data: DataFacts,
  scores: readonly string[],
  questions: InitQuestion[],
  taken: readonly (string | null)[],
): string | null {
  const possible = data.columns.filter(
    (column) =>
      column.kind !== "time" &&
      column.distinct > 1 &&
      !scores.includes(column.name) &&
      !names.isScore(column.name) &&
      !taken.includes(column.name) &&
      !names.isUnit(column.name) &&
      !(names.isId(column.name) && column.distinct > 100),
  );
  const first = possible.filter((column) => names.isLabelFirst(column.name));
  if (first.length === 1) return first[0]!.name;
  const score = data.columns.find((column) => column.name === scores[0]);
  const ranked = possible
    .map((column) => ({ column, told: score === undefined ? Number.NaN : told(score, column) }))
    .filter(({ told: value }) => !Number.isNaN(value))
    .sort((a, b) => b.told - a.told);
  const also = possible.filter((column) => names.isLabelAlso(column.name) && column.distinct <= 20);
  if (also.length === 1 && (ranked.length === 0 || ranked[0]!.column === also[0])) return also[0]!.name;
  const [best, second] = ranked;
  if (best !== undefined && best.told > 0.35 && best.told > 1.25 * Math.max(0, second?.told ?? 0))
    return best.column.name;
  // A folder called rides, and a column rides among those that the scores tell: that is what it is about.
  const inPath = ranked.slice(0, 3).find(({ column }) => pathWords(data.files).has(column.name.toLowerCase()));
  if (inPath !== undefined && inPath.told > 0.1) return inPath.column.name;
  const near = ranked.filter((one) => one.told > 0.1);
  const candidates = (
    near.length > 0
      ? near.map((one) => one.column)
      : ranked.length > 0
        ? ranked.map((one) => one.column)
        : // Without scores nothing tells: the last column and the first are the usual places.
          [...new Set([...also, ...possible.slice(-1), ...possible])]
  ).slice(0, 12);
  questions.push({
    flag: "label",
    asks: "which column is the label, what came true",
    candidates: candidates.map((column) => column.name),
    why: near.length > 0 ? "those that the scores tell best" : "columns that could be it",
  });
  return null;
}

function pathWords(files: readonly string[]): Set<string> {
  return new Set(files.flatMap((file) => file.toLowerCase().split(/[/\\.]/)));
}

/** Association on one scale: how far beyond chance, 0 to 1. */
function told(score: ColumnFacts, column: ColumnFacts): number {
  if (column.kind === "category" && column.distinct !== 2) return Number.NaN;
  const value = association(score.sample, column.sample);
  return column.distinct === 2 ? 2 * (value - 0.5) : value;
}

function taskOf(label: ColumnFacts, group: string | null, item: string | null, questions: InitQuestion[]): Task | null {
  if (group !== null && item !== null && label.kind !== "category") return "ranking";
  if (label.distinct === 2) return "binary";
  if (label.kind === "category") return "multiclass";
  if (!label.whole || label.distinct > 20) return "regression";
  questions.push({
    flag: "task",
    asks: `whether ${label.name}, with ${label.distinct} whole numbers, is a class or a quantity`,
    candidates: ["multiclass", "regression"],
    why: "tasks",
  });
  return null;
}

const YES = /^(1|true|yes|y|t|positive|pos|hit|click|clicked|converted|churned|fraud|default|defaulted|bad|spam)$/i;
const NO = /^(0|false|no|n|f|negative|neg|miss|none|good|ham)$/i;

function positiveOf(label: ColumnFacts, questions: InitQuestion[]): string | null {
  const texts = (label.values ?? []).map((value) => value.text);
  if (label.kind === "boolean" || (label.min === 0 && label.max === 1 && label.kind === "number")) return null;
  const yes = texts.filter((text) => YES.test(text));
  if (yes.length === 1) return yes[0]!;
  const notNo = texts.filter((text) => !NO.test(text));
  if (notNo.length === 1) return notNo[0]!;
  questions.push({
    flag: "positive",
    asks: `which value of ${label.name} counts as a hit`,
    candidates: texts,
    why: "values",
  });
  return null;
}

function unitColumn(data: DataFacts): string | null {
  const found = data.columns.find((column) => names.isUnit(column.name) && column.distinct > 1 && repeats(column));
  return found?.name ?? null;
}

function repeats(column: ColumnFacts): boolean {
  return column.distinct < column.rows - column.nulls;
}

function timeColumn(data: DataFacts): string | null {
  const times = data.columns.filter(
    (column) => column.kind === "time" && column.distinct > 1 && !names.isNotTime(column.name),
  );
  const ranked = times.toSorted((a, b) => names.timeRank(a.name) - names.timeRank(b.name));
  return ranked[0]?.name ?? null;
}

function idColumns(data: DataFacts, group: string | null, item: string | null): string[] {
  if (group !== null && item !== null) return [group, item];
  const unique = data.columns.find((column) => names.isId(column.name) && column.nulls === 0 && !repeats(column));
  return unique === undefined ? [] : [unique.name];
}
