import { Failure } from "../../core/failures.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { Condition } from "../../core/slices/condition.ts";
import type { Aggregate, BaselineEntry, ModelSource } from "../../schemas/policy/policy.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { ColumnRequest, TableBlock, TableSource } from "../ports/table-reader.ts";
import { aggregateRows } from "./aggregate-rows.ts";
import type { BaselineSetting } from "./baseline-setting.ts";
import { baselineSource } from "./baseline-source.ts";
import { checkScores } from "./check-scores.ts";
import type { LabelMeaning } from "./label-codes.ts";
import { readLabels } from "./label-codes.ts";
import { checkColumn, modelSource } from "./model-source.ts";
import type { RowScores, ScoreSource } from "./score-source.ts";
import type { Scored, ScoredModel } from "./scored.ts";
import { pick, rowsOf, selectRows } from "./select-rows.ts";
import { inOrder, labelClasses, readTrainRows, withLabel } from "./train-rows.ts";

/** The parts of a policy that scoring needs, and the tables. */
export interface ScoringRequest {
  readonly task: Task;
  readonly label: string;
  /** On the label column, bound to it, as the conditions of rules are. */
  readonly positive: Condition | null;
  readonly id: readonly string[];
  readonly time: string | null;
  /** Champion, challenger: in the order in which they are wanted. */
  readonly models: readonly { readonly name: string; readonly source: ModelSource }[];
  readonly baselines: readonly BaselineEntry[];
  readonly aggregate: Aggregate | null;
  /** More columns that no baseline learns from: lists, items, units, what is known only afterwards. */
  readonly notFeatures: readonly string[];
  readonly test: TableSource;
  readonly train: TableSource | null;
  readonly runtime: ModelRuntime;
  readonly resolvePath: (path: string) => string;
}

/** Rows of a model that are scored, of all; not told by models that answer at once. */
export type ScoreProgress = (model: string, rowsDone: number, rowsTotal: number) => void;

/** Models loaded and baselines fitted. */
export interface Scoring {
  /** What must be read of the test data for {@link Scoring.score}. */
  readonly needs: readonly ColumnRequest[];
  /** True where {@link Scoring.score} must get all rows in one table; else blocks do, one after the other. */
  readonly wholeTable: boolean;
  /** Baselines that are a known figure, not a model (`value`). */
  readonly figures: readonly { readonly name: string; readonly value: number }[];
  /**
   * Labels and scores of a table. Rows without a label are left out and counted.
   * @throws Failure DATA for labels that do not fit the task and scores that are no finite numbers
   */
  score(table: TableBlock, onProgress?: ScoreProgress): Promise<Scored>;
  close(): Promise<void>;
}

/**
 * Loads the models, fits the baselines on the training data, and says which columns they need.
 * @throws Failure MODEL, COLUMN_MISSING, POLICY, DATA
 */
export async function prepareScoring(request: ScoringRequest): Promise<Scoring> {
  const { columns } = request.test;
  checkColumn("label", request.label, columns);
  const meaning = { task: request.task, column: request.label, positive: request.positive };
  const roles = columnsOfRoles(request);
  const sources: ScoreSource[] = [];
  try {
    for (const { name, source } of request.models) {
      const { task, runtime, resolvePath } = request;
      const setting = { task, columns, notFeatures: roles, positive: hitOf(request.positive), runtime, resolvePath };
      sources.push(await modelSource(name, source, setting));
    }
    const features = sources
      .filter((_, i) => ["onnx", "url"].includes(request.models[i]?.source.kind ?? ""))
      .flatMap((source) => source.needs);
    const setting = baselineSetting(request, meaning, [...new Set(features.map((need) => need.name))]);
    for (const { name, baseline } of request.baselines) {
      const source = await baselineSource(name, baseline, setting);
      if (source !== null) sources.push(source);
    }
  } catch (error) {
    await closeAll(sources);
    throw error;
  }
  return {
    needs: mergeNeeds([
      ...sources.flatMap((source) => source.needs),
      ...(request.aggregate?.by ?? []).map((name) => ({ name, as: "auto" as const })),
      ...withLabel([], meaning),
    ]),
    wholeTable:
      request.task === "ranking" ||
      request.aggregate !== null ||
      request.baselines.some(({ baseline }) => baseline.kind === "last" || baseline.kind === "seasonal_last"),
    figures: request.baselines.flatMap(({ name, baseline }) =>
      baseline.kind === "value" ? [{ name, value: baseline.value }] : [],
    ),
    score: (table, onProgress) => scoreTable(table, request, meaning, sources, onProgress),
    close: () => closeAll(sources),
  };
}

async function closeAll(sources: readonly ScoreSource[]): Promise<void> {
  for (const source of sources) await source.close();
}

function baselineSetting(
  request: ScoringRequest,
  meaning: Omit<LabelMeaning, "classes">,
  modelFeatures: readonly string[],
): BaselineSetting {
  const { train, task } = request;
  return {
    task,
    columns: request.test.columns,
    meaning,
    time: request.time,
    excluded: new Set(columnsOfRoles(request)),
    modelFeatures,
    train: train === null ? null : (columns, most) => readTrainRows(train, meaning, columns, most),
    trainColumns: new Set(train?.columns.map((column) => column.name)),
  };
}

/** The only value that counts as a hit; null where there is none, or a condition of another kind. */
function hitOf(positive: Condition | null): string | null {
  return positive?.kind === "is" && positive.values.length === 1 ? String(positive.values[0]) : null;
}

/** Columns that are no features: ids, the label, lists, units, times, scores. */
function columnsOfRoles(request: ScoringRequest): readonly string[] {
  const scores = request.models.flatMap(({ source }) =>
    source.kind === "column" ? [source.column] : source.kind === "columns" ? Object.values(source.columns) : [],
  );
  const time = request.time === null ? [] : [request.time];
  return [...request.id, request.label, ...request.notFeatures, ...scores, ...time];
}

async function scoreTable(
  table: TableBlock,
  request: ScoringRequest,
  meaning: Omit<LabelMeaning, "classes">,
  sources: readonly ScoreSource[],
  onProgress?: ScoreProgress,
): Promise<Scored> {
  const own = request.task === "multiclass" ? labelClasses(table, request.label) : [];
  const classes =
    request.task === "multiclass" ? inOrder([...own, ...sources.flatMap((source) => source.classes ?? [])]) : [];
  if (request.task === "multiclass" && own.length === 0 && table.rows > 0) throw noLabels(request.label, table.rows);
  const labels = readLabels(table, { ...meaning, classes });
  const rows = labels.known === null ? null : rowsOf(labels.known);
  const models: ScoredModel[] = [];
  for (const source of sources) {
    const scores = await source.score(table, classes, (done, total) => onProgress?.(source.name, done, total));
    checkScores(source.name, scores, labels.known, table, request.id);
    refuseStrangeClasses(source, request.label, own);
    models.push(scoredModel(source, scores, rows));
  }
  const make = labels.values.constructor as new (length: number) => Scored["label"];
  const scored: Scored = {
    task: request.task,
    table: rows === null ? table : selectRows(table, rows),
    label: rows === null ? labels.values : pick(labels.values, rows, new make(rows.length)),
    classes,
    models,
    rowsWithoutLabel: labels.unknown,
  };
  return request.aggregate === null ? scored : aggregateRows(scored, request.aggregate);
}

/** The label is null everywhere: nothing can be judged, and each metric would say so in words of its own. */
export function noLabels(label: string, rows: number): Failure {
  return new Failure("DATA", {
    message: `the label "${label}" is empty on all ${rows.toLocaleString("en-US")} rows`,
    mend: ["judge rows whose labels have come, or name another column: columns: { label: NAME }"],
  });
}

/** @throws Failure MODEL where a model answers classes of which the label has none: each would be a miss */
function refuseStrangeClasses({ name, classes }: ScoreSource, label: string, own: readonly string[]): void {
  if (classes === undefined || own.length === 0 || classes.some((text) => own.includes(text))) return;
  const listed = (texts: readonly string[]): string => texts.slice(0, 20).join(", ");
  throw new Failure("MODEL", {
    message: `the model "${name}" knows the classes ${listed(classes)}, and the label "${label}" holds none of them`,
    mend: [
      `the label's values: ${listed(own)}`,
      "export the model with the label's values as its classes, or give the test data the codes that it was trained on",
    ],
  });
}

function scoredModel(source: ScoreSource, scores: RowScores, rows: Uint32Array | null): ScoredModel {
  const { name, fingerprint } = source;
  const { width, values, predicted } = scores;
  const chosen =
    predicted === undefined || rows === null ? predicted : pick(predicted, rows, new Int32Array(rows.length));
  return {
    name,
    fingerprint,
    width,
    scores: rows === null ? values : pickWide(values, width, rows),
    ...(chosen === undefined ? {} : { predicted: chosen }),
  };
}

function pickWide(values: Float64Array, width: number, rows: Uint32Array): Float64Array {
  if (values.length === 0) return values;
  const out = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) out.set(values.subarray(row * width, (row + 1) * width), i * width);
  return out;
}

/**
 * Each column once. Text wins (numbers are found again in its dictionary), then time; a number in full precision wins
 * over float32; `auto` gives way.
 */
export function mergeNeeds(needs: readonly ColumnRequest[]): ColumnRequest[] {
  const order: readonly ColumnRequest["as"][] = ["auto", "float32", "number", "boolean", "time", "category"];
  const merged = new Map<string, ColumnRequest["as"]>();
  for (const { name, as } of needs) {
    const known = merged.get(name);
    if (known === undefined || order.indexOf(as) > order.indexOf(known)) merged.set(name, as);
  }
  return Array.from(merged, ([name, as]) => ({ name, as }));
}
