import type { AnswerRows } from "../../core/monitors/answer-rows.ts";
import type { TaskFacts } from "../../core/metrics/metric.ts";
import { labelOfColumn, loggedLabelColumn } from "../../core/serving/logged-label.ts";
import type { Condition } from "../../core/slices/condition.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import type { CategoryColumn, Column } from "../../core/tables/table.ts";
import { nullCode } from "../../core/tables/table.ts";
import type { ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import type { QualitySettings } from "../../schemas/monitors/parse-monitors.ts";
import { plainNumbers, readLabels, textAt } from "../scoring/label-codes.ts";
import { wholeTable } from "../scoring/whole-table.ts";
import type { ColumnRequest, TableBlock, TableReader } from "../ports/table-reader.ts";
import { filteredSource } from "./filtered-reader.ts";
import { loggedProbabilities } from "./logged-probabilities.ts";
import type { WatchedSlice } from "./reference-answers.ts";

/** What the log holds of one version's answers. */
export interface LoggedAnswers {
  readonly rows: AnswerRows;
  /** When each was given, by the time of the events. */
  readonly times: Float64Array;
  /** Milliseconds from answer to label; NaN where none has come. */
  readonly delay: Float64Array;
  /** Per watched slice; a text says why the log cannot tell it. */
  readonly slices: readonly (Uint8Array | string)[];
  /** The log holds labels, of other names: which, and what to do. Null: it holds the right one, or none at all. */
  readonly otherLabels: string | null;
  readonly features: ReadonlyMap<string, Column>;
}

export interface LoggedRequest {
  /** The exported log. */
  readonly log: string;
  readonly version: string;
  /** Answers before this time. */
  readonly until: number;
  /** Ages are counted to here. */
  readonly now: number;
  readonly slices: readonly WatchedSlice[];
  readonly features: readonly string[];
  readonly facts: TaskFacts;
  readonly threshold: number | null;
  readonly quality: QualitySettings;
}

const TIME = "umpire_time";
/** An answer that is no class of the test data: right for no label. */
const NO_CLASS = -2;

/**
 * The answers of a version with the labels that have come, as an evaluation reads them.
 * @returns why there are none, where there are none
 * @throws Failure DATA for labels that do not fit the task
 */
export async function loggedAnswers(
  { policy }: Pick<ParsedPolicy, "policy">,
  request: LoggedRequest,
  reader: TableReader,
): Promise<LoggedAnswers | string> {
  const { quality, facts, now } = request;
  const log = await reader.open([request.log]);
  const logged = log.columns.map(({ name }) => name);
  const own = labelColumn(logged, quality.label, policy.columns.label);
  const rename = new Map(own === null || own === policy.columns.label ? [] : [[own, policy.columns.label]]);
  const where: Condition = { kind: "is", column: "umpire_version", values: [request.version] };
  const time = { column: TIME, from: null, until: request.until };
  const source = filteredSource(log, { where, time, rename });
  const there = new Set(source.columns.map(({ name }) => name));
  const features = request.features.filter((name) => there.has(name));
  const table = await wholeTable(
    source.read({ columns: columnsToRead(request, policy.columns.label, features, there) }),
  );
  if (table.rows === 0) return `version ${request.version} has answered nothing yet in a period that has ended`;
  const answers = answersOf(table, policy.task, facts, request.threshold);
  if (typeof answers === "string") return answers;
  const times = plainNumbers(table, table.columns.get(TIME)!, null);
  const age = times.map((at) => Math.max(0, Math.min(now - at, quality.horizon ?? Number.POSITIVE_INFINITY)));
  const { label, known, delay } = labelsOf(table, policy, facts, times, request);
  return {
    rows: {
      task: policy.task,
      n: table.rows,
      ...answers,
      label,
      known,
      age,
      units: unitCodes(table.columns.get("umpire_unit"), table.rows),
      lists: policy.task === "ranking" ? listCodes(table) : null,
      items: policy.task === "ranking" ? codesOf(table.columns.get("umpire_item"), table.rows) : null,
    },
    times,
    delay,
    otherLabels: own === null ? otherLabels(logged, quality.label ?? policy.columns.label) : null,
    slices: request.slices.map(({ where: condition }) => sliceMask(condition, table, there)),
    features: new Map(features.map((name) => [name, table.columns.get(name)!])),
  };
}

/** The column of the exported log that holds the labels. */
function labelColumn(logged: readonly string[], name: string | null, ofPolicy: string): string | null {
  const wanted = name === null ? [ofPolicy, "label"] : [name];
  return wanted.map(loggedLabelColumn).find((column) => logged.includes(column)) ?? null;
}

function otherLabels(logged: readonly string[], wanted: string): string | null {
  const names = logged.map(labelOfColumn).filter((name) => name !== null);
  if (names.length === 0) return null;
  return `no label named ${wanted} has come, but ${names.join(", ")}: monitors.quality.label says which one counts`;
}

function columnsToRead(
  { slices }: LoggedRequest,
  label: string,
  features: readonly string[],
  there: ReadonlySet<string>,
): ColumnRequest[] {
  const wanted = new Map<string, ColumnRequest["as"]>([
    [TIME, "time"],
    ["umpire_label_time", "time"],
    ["umpire_prediction", "auto"],
    ["umpire_classes", "category"],
    ["umpire_unit", "category"],
    ["umpire_group", "category"],
    ["umpire_request", "category"],
    ["umpire_item", "category"],
    [label, "auto"],
  ]);
  const conditions = slices.flatMap(({ where }) => (where === null ? [] : conditionColumns(where)));
  for (const name of [...conditions, ...features]) if (!wanted.has(name)) wanted.set(name, "auto");
  return Array.from(wanted, ([name, as]) => ({ name, as })).filter(({ name }) => there.has(name));
}

function sliceMask(where: Condition | null, table: TableBlock, there: ReadonlySet<string>): Uint8Array | string {
  if (where === null) return new Uint8Array(table.rows).fill(1);
  const missing = conditionColumns(where).filter((name) => !there.has(name));
  if (missing.length > 0) return `the log does not hold ${missing.join(", ")}`;
  return conditionMask(where, table);
}

function answersOf(
  table: TableBlock,
  task: AnswerRows["task"],
  facts: TaskFacts,
  threshold: number | null,
): Pick<AnswerRows, "score" | "predicted" | "probabilities"> | string {
  const column = table.columns.get("umpire_prediction")!;
  if (task === "multiclass") {
    const codes = new Map(facts.classes.map((name, code) => [name, code]));
    const predicted = Int32Array.from({ length: table.rows }, (_, i) => codes.get(textAt(column, i)) ?? NO_CLASS);
    if (predicted.every((code) => code === NO_CLASS))
      return "the answers in the log are none of the classes of the test data";
    const probabilities = loggedProbabilities(table.columns.get("umpire_classes"), table.rows, facts.classes);
    return { score: new Float64Array(table.rows), predicted, probabilities };
  }
  if (column.kind === "category") return "the answers in the log are no numbers";
  const score = Float64Array.from(column.values);
  if (task !== "binary") return { score, predicted: null, probabilities: null };
  const predicted = Uint8Array.from(score, (one) => (one >= (threshold ?? 0.5) ? 1 : 0));
  return { score, predicted, probabilities: null };
}

function labelsOf(
  table: TableBlock,
  policy: ParsedPolicy["policy"],
  facts: TaskFacts,
  times: Float64Array,
  { quality }: LoggedRequest,
): { label: Float64Array; known: Uint8Array; delay: Float64Array } {
  const n = table.rows;
  const delay = new Float64Array(n).fill(Number.NaN);
  const column = table.columns.get(policy.columns.label);
  if (column === undefined) return { label: new Float64Array(n), known: new Uint8Array(n), delay };
  const labels = readLabels(table, {
    task: policy.task,
    column: policy.columns.label,
    positive: policy.positive,
    classes: facts.classes,
  });
  const known = labels.known?.slice() ?? new Uint8Array(n).fill(1);
  const label = Float64Array.from(labels.values);
  const came = table.columns.get("umpire_label_time");
  for (let i = 0; i < n; i++) {
    if (known[i] === 0) continue;
    const at = came?.kind === "time" ? came.values[i]! : Number.NaN;
    const late = Number.isNaN(at) ? 0 : Math.max(0, at - times[i]!);
    if (quality.horizon !== null && late > quality.horizon) known[i] = 0;
    else delay[i] = late;
  }
  return { label: label.map((value, i) => (known[i] === 1 ? value : 0)), known, delay };
}

/** A row without a unit is one by itself. */
function unitCodes(column: Column | undefined, rows: number): Uint32Array {
  if (column?.kind !== "category") return Uint32Array.from({ length: rows }, (_, i) => i);
  const none = nullCode(column.codes);
  const units = column.dictionary.texts.length;
  return Uint32Array.from(column.codes, (code, i) => (code === none ? units + i : code));
}

/** A list is what came under one group, in one request where the caller names none. */
function listCodes(table: TableBlock): Uint32Array {
  const group = table.columns.get("umpire_group") as CategoryColumn | undefined;
  const request = codesOf(table.columns.get("umpire_request"), table.rows);
  if (group === undefined) return request;
  const none = nullCode(group.codes);
  const groups = group.dictionary.texts.length;
  return Uint32Array.from(group.codes, (code, i) => (code === none ? groups + request[i]! : code));
}

function codesOf(column: Column | undefined, rows: number): Uint32Array {
  if (column?.kind !== "category") return Uint32Array.from({ length: rows }, (_, i) => i);
  return Uint32Array.from(column.codes);
}
