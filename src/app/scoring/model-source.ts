import { Failure } from "../../core/failures.ts";
import { sha256Hex } from "../../core/hash/sha256.ts";
import type { Task } from "../../core/metrics/metric.ts";
import { nearest } from "../../core/nearest.ts";
import { conditionColumns } from "../../core/slices/condition.ts";
import { conditionMask } from "../../core/slices/condition-mask.ts";
import type { ColumnSchema, Table } from "../../core/tables/table.ts";
import type { ModelRuntime, ModelSpec } from "../ports/model-runtime.ts";
import type { ColumnRequest } from "../ports/table-reader.ts";
import { plainNumbers, textAt } from "./label-codes.ts";
import type { RowScores, ScoreSource } from "./score-source.ts";
import { canonicalText, inClassOrder } from "./score-source.ts";
import type { ModelSource, Rule } from "../../schemas/policy/policy.ts";

/** What is known when a model is prepared. */
export interface ModelSetting {
  readonly task: Task;
  readonly columns: readonly ColumnSchema[];
  /** The label's value that is a hit, where the policy names one. */
  readonly positive: string | null;
  /** Columns with another role, never offered as features. */
  readonly notFeatures: readonly string[];
  readonly runtime: ModelRuntime;
  /** Makes a path of the policy absolute. */
  readonly resolvePath: (path: string) => string;
}

/**
 * A model entry of the policy, ready to answer.
 * @throws Failure MODEL, COLUMN_MISSING, POLICY naming the model
 */
export async function modelSource(name: string, entry: ModelSource, setting: ModelSetting): Promise<ScoreSource> {
  switch (entry.kind) {
    case "column":
      return columnSource(name, entry.column, setting);
    case "columns":
      return columnsSource(name, entry.columns, setting);
    case "onnx":
      return onnxSource(name, entry, setting);
    case "url":
      return urlSource(name, entry, setting);
    case "rule":
      return ruleSource(name, entry.rule, setting);
    case "constant":
      return ruleSource(name, entry.value, setting);
  }
}

/** A column of scores; for multiclass a column of class names. */
export function columnSource(
  name: string,
  column: string,
  setting: Pick<ModelSetting, "task" | "columns">,
): ScoreSource {
  checkColumn(name, column, setting.columns);
  const base = { name, fingerprint: fingerprintOf({ kind: "column", column }), close: async () => {} };
  if (setting.task !== "multiclass") {
    return {
      ...base,
      needs: [{ name: column, as: "number" }],
      score: async (table) => ({ width: 1, values: columnNumbers(table, column) }),
    };
  }
  return {
    ...base,
    needs: [{ name: column, as: "category" }],
    score: async (table, classes) => namedClasses(name, table, column, classes),
  };
}

function namedClasses(name: string, table: Table, column: string, classes: readonly string[]): RowScores {
  const codeOf = new Map(classes.map((text, code) => [text, code]));
  const values = table.columns.get(column);
  const predicted = new Int32Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const isNull = values === undefined || values.nulls?.[row] === 1;
    const code = isNull ? undefined : codeOf.get(textAt(values, row));
    if (code === undefined) {
      const shown = isNull ? "nothing" : JSON.stringify(textAt(values, row));
      throw new Failure("DATA", {
        message: `the model "${name}" answers ${shown} on row ${table.firstRow + row + 1}, which is no class of the label`,
        mend: [`classes: ${classes.slice(0, 20).join(", ")}`],
      });
    }
    predicted[row] = code;
  }
  return { width: classes.length, values: new Float64Array(0), predicted };
}

function columnsSource(name: string, columns: Readonly<Record<string, string>>, setting: ModelSetting): ScoreSource {
  const classes = Object.keys(columns);
  const names = Object.values(columns);
  for (const column of names) checkColumn(name, column, setting.columns);
  return {
    name,
    classes,
    fingerprint: fingerprintOf({ kind: "columns", columns }),
    needs: names.map((column) => ({ name: column, as: "number" })),
    score: async (table, all) => {
      const width = names.length;
      const values = new Float64Array(table.rows * width);
      for (const [at, column] of names.entries()) {
        const scores = columnNumbers(table, column);
        for (let row = 0; row < table.rows; row++) values[row * width + at] = scores[row]!;
      }
      return inClassOrder({ width, values }, classes, all);
    },
    close: async () => {},
  };
}

function onnxSource(
  name: string,
  entry: Extract<ModelSource, { kind: "onnx" }>,
  setting: ModelSetting,
): Promise<ScoreSource> {
  const { kind: _kind, onnx, ...description } = entry;
  const { task, columns, notFeatures, positive } = setting;
  const hit = positive === null ? {} : { positive };
  const spec = { path: setting.resolvePath(onnx), ...description, ...hit, task, columns, notFeatures };
  return loadedSource(name, onnx, spec, setting);
}

function urlSource(
  name: string,
  entry: Extract<ModelSource, { kind: "url" }>,
  setting: ModelSetting,
): Promise<ScoreSource> {
  const { kind: _kind, url, protocol, request, response, headers, ...description } = entry;
  const remote = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(request === undefined ? {} : { request }),
    ...(response === undefined ? {} : { response }),
    ...(headers === undefined ? {} : { headers }),
  };
  const { task, columns } = setting;
  return loadedSource(name, url, { path: url, remote, ...description, task, columns }, setting);
}

async function loadedSource(
  name: string,
  where: string,
  spec: ModelSpec,
  { task, runtime }: ModelSetting,
): Promise<ScoreSource> {
  const model = await runtime.load(spec);
  return {
    name,
    ...(task === "multiclass" && model.classes !== undefined ? { classes: model.classes } : {}),
    fingerprint: model.digest,
    needs: model.needs,
    score: async (table, classes, onProgress) => {
      const scores = await model.score(table, onProgress);
      if (task !== "multiclass") return scores;
      const own = model.classes ?? classes;
      if (own.length !== scores.width) {
        throw new Failure("MODEL", {
          where,
          message: `the model "${name}" answers ${scores.width} numbers a row, and there are ${own.length} classes (${own.slice(0, 20).join(", ")})`,
          mend: ["export a classifier with its class labels, or give the probabilities as columns: { A: p_a, B: p_b }"],
        });
      }
      return inClassOrder(scores, own, classes);
    },
    close: () => model.close(),
  };
}

/** A rule, or a constant, which is a rule without a condition. Conditions are bound to the columns already. */
function ruleSource(name: string, rule: Rule, setting: ModelSetting): ScoreSource {
  const needs = new Map<string, ColumnRequest>();
  for (const column of ruleColumns(rule)) needs.set(column, { name: column, as: "auto" });
  const answers = ruleAnswers(rule);
  if (setting.task !== "multiclass") checkNumbers(name, answers);
  return {
    name,
    ...(setting.task === "multiclass" ? { classes: answers.map(String) } : {}),
    fingerprint: fingerprintOf({ kind: "rule", rule }),
    needs: [...needs.values()],
    score: async (table, classes) => {
      if (setting.task !== "multiclass") return { width: 1, values: ruleValues(rule, table, Number) };
      const predicted = Int32Array.from(ruleValues(rule, table, (answer) => classes.indexOf(String(answer))));
      return { width: classes.length, values: new Float64Array(0), predicted };
    },
    close: async () => {},
  };
}

function ruleColumns(rule: Rule): string[] {
  return typeof rule === "object"
    ? [...conditionColumns(rule.when), ...ruleColumns(rule.yes), ...ruleColumns(rule.no)]
    : [];
}

function ruleAnswers(rule: Rule): (number | string)[] {
  return typeof rule === "object" ? [...new Set([...ruleAnswers(rule.yes), ...ruleAnswers(rule.no)])] : [rule];
}

function checkNumbers(name: string, answers: readonly (number | string)[]): void {
  const text = answers.find((answer) => typeof answer === "string");
  if (text === undefined) return;
  throw new Failure("POLICY", {
    message: `the model "${name}" answers the text "${text}", and the task wants a number`,
    mend: ["answer a score, for example 1 for yes and 0 for no"],
  });
}

function ruleValues(rule: Rule, table: Table, read: (answer: number | string) => number): Float64Array {
  if (typeof rule !== "object") return new Float64Array(table.rows).fill(read(rule));
  const mask = conditionMask(rule.when, table);
  const yes = ruleValues(rule.yes, table, read);
  const values = ruleValues(rule.no, table, read);
  for (let row = 0; row < values.length; row++) if (mask[row] === 1) values[row] = yes[row]!;
  return values;
}

/** @throws Failure COLUMN_MISSING naming who wants it and the nearest names */
export function checkColumn(name: string, column: string, columns: readonly ColumnSchema[]): void {
  const names = columns.map((candidate) => candidate.name);
  if (names.includes(column)) return;
  const near = nearest(column, names);
  throw new Failure("COLUMN_MISSING", {
    message: `"${name}" reads the column "${column}", which is not in the data`,
    mend: [near.length > 0 ? `nearest names: ${near.join(", ")}` : `columns: ${names.slice(0, 30).join(", ")}`],
  });
}

/** The numbers of a column; a null is NaN. */
export function columnNumbers(table: Table, name: string): Float64Array {
  const column = table.columns.get(name);
  if (column === undefined) throw new Failure("COLUMN_MISSING", { message: `the column "${name}" was not read` });
  const known = column.nulls === undefined ? null : column.nulls.map((isNull) => 1 - isNull);
  return plainNumbers(table, column, known);
}

export function fingerprintOf(entry: unknown): string {
  return sha256Hex(canonicalText(entry));
}
