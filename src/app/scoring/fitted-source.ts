import { applyCut, learnCut } from "../../core/baselines/cut.ts";
import { fitLogistic, logisticProbabilities } from "../../core/baselines/logistic.ts";
import { fitMultinomial, multinomialProbabilities } from "../../core/baselines/multinomial.ts";
import { fitRidge, type LinearModel, linearValues } from "../../core/baselines/ridge.ts";
import type { FeatureRows } from "../../core/baselines/scaling.ts";
import { Failure } from "../../core/failures.ts";
import type { Table } from "../../core/tables/table.ts";
import type { Baseline } from "../../schemas/policy/policy.ts";
import type { ColumnRequest } from "../ports/table-reader.ts";
import type { BaselineSetting } from "./baseline-setting.ts";
import { trainOf, wrongTask } from "./baseline-setting.ts";
import { checkColumn, columnNumbers, fingerprintOf } from "./model-source.ts";
import type { ScoreSource } from "./score-source.ts";
import { inClassOrder } from "./score-source.ts";
import type { TrainRows } from "./train-rows.ts";
import { fitRows } from "./train-rows.ts";

/** One column against a cut: 1 at or above it; the cut and its direction are learnt where the policy gives none. */
export async function cutSource(
  name: string,
  baseline: Extract<Baseline, { kind: "threshold" }>,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  if (setting.task !== "binary" && setting.task !== "ranking")
    throw wrongTask(name, baseline.kind, "binary and ranking", setting);
  const { column } = baseline;
  checkColumn(name, column, setting.columns);
  const needs: ColumnRequest[] = [{ name: column, as: "number" }];
  const learn = async (): Promise<ReturnType<typeof learnCut>> => {
    const train = await trainOf(name, setting, needs);
    return learnCut(columnNumbers(train.table, column), train.label);
  };
  const cut = baseline.at === null ? await learn() : { at: baseline.at, above: true };
  return {
    name,
    needs,
    fingerprint: fingerprintOf({ ...baseline, ...cut }),
    score: async (table) => ({ width: 1, values: applyCut(columnNumbers(table, column), cut) }),
    close: async () => {},
  };
}

/**
 * Ridge or logistic regression (penalty 1 on scaled features, scikit-learn's default) on number columns of the
 * training data: those that the policy names, else those that its ONNX models read, else every number or boolean
 * column that both tables have and that is no id, label, time, list, score or known only afterwards. Of more than 200,000 training rows every k-th is taken.
 */
export async function regressionSource(
  name: string,
  baseline: Extract<Baseline, { kind: "linear" | "logistic" }>,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  const { kind } = baseline;
  const { task } = setting;
  if (kind === "linear" && task === "multiclass")
    throw wrongTask(name, kind, "regression, ranking and binary", setting);
  if (kind === "logistic" && task === "regression")
    throw wrongTask(name, kind, "binary, multiclass and ranking", setting);
  const features = baseline.features ?? defaultFeatures(setting);
  if (features.length === 0) {
    throw new Failure("POLICY", {
      message: `the baseline "${name}" finds no number column to learn from`,
      mend: [`name some: ${name}: { ${kind}: [COLUMN, COLUMN] }`],
    });
  }
  for (const feature of features) checkColumn(name, feature, setting.columns);
  const needs = features.map((feature): ColumnRequest => ({ name: feature, as: "number" }));
  const train = await trainOf(name, setting, needs, fitRows);
  const rows = featureRows(train.table, features);
  const fitted = fit(kind, task === "multiclass", rows, train);
  if (fitted.line !== null && baseline.features === null) refuseLeak(name, features, fitted.line, rows, train.label);
  const classes = task === "multiclass" ? train.classes : null;
  return {
    name,
    needs,
    ...(classes === null ? {} : { classes }),
    fingerprint: fingerprintOf({ ...baseline, features, coefficients: fitted.coefficients }),
    score: async (table, all) => {
      const values = fitted.predict(featureRows(table, features));
      return classes === null ? { width: 1, values } : inClassOrder({ width: classes.length, values }, classes, all);
    },
    close: async () => {},
  };
}

interface Fitted {
  readonly coefficients: readonly number[];
  /** Of a linear baseline. */
  readonly line: LinearModel | null;
  readonly predict: (rows: FeatureRows) => Float64Array;
}

function fit(kind: "linear" | "logistic", several: boolean, rows: FeatureRows, train: TrainRows): Fitted {
  if (kind === "linear") {
    const model = fitRidge(rows, Float64Array.from(train.label));
    const coefficients = [model.intercept, ...model.weights];
    return { coefficients, line: model, predict: (fresh) => linearValues(model, fresh) };
  }
  if (several) {
    const model = fitMultinomial(rows, Int32Array.from(train.label), train.classes.length);
    const predict = (fresh: FeatureRows): Float64Array => multinomialProbabilities(model, fresh);
    return { coefficients: [...model.coefficients], line: null, predict };
  }
  const model = fitLogistic(
    rows,
    Uint8Array.from(train.label, (label) => (label > 0 ? 1 : 0)),
  );
  const predict = (fresh: FeatureRows): Float64Array => logisticProbabilities(model, fresh);
  return { coefficients: [model.intercept, ...model.weights], line: null, predict };
}

/** Names by which scores of other models are known: never features of a baseline. */
const scoreLike = /^(native_)?(score|scores|pred|preds|prediction|proba|prob|y_pred|y_score)(_|$)/i;

/** Those that the models read, where that is known: other number columns may give the label away. */
function defaultFeatures(setting: BaselineSetting): string[] {
  const usable = setting.columns
    .filter(({ name, kind }) => (kind === "number" || kind === "boolean") && setting.trainColumns.has(name))
    .filter(({ name }) => !setting.excluded.has(name) && !scoreLike.test(name))
    .map(({ name }) => name);
  const known = usable.filter((name) => setting.modelFeatures.includes(name));
  return known.length > 0 ? known : usable;
}

/**
 * A line that goes through every training label was fitted on columns that hold the label in pieces.
 * @throws Failure POLICY naming the columns that do it
 */
function refuseLeak(
  name: string,
  features: readonly string[],
  model: LinearModel,
  rows: FeatureRows,
  label: ArrayLike<number>,
): void {
  const predicted = linearValues(model, rows);
  let [rest, total] = [0, 0];
  for (let i = 0; i < predicted.length; i++) {
    rest += (label[i]! - predicted[i]!) ** 2;
    total += (label[i]! - model.intercept) ** 2;
  }
  if (predicted.length <= 2 * features.length || rest > 1e-4 * total) return;
  const strongest = features
    .map((feature, j) => ({ feature, weight: Math.abs(model.weights[j]!) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 3)
    .map(({ feature }) => feature);
  throw new Failure("POLICY", {
    message: `the baseline "${name}" computes the label exactly from ${strongest.join(", ")}: these columns give it away`,
    mend: [`name the columns that are known beforehand: ${name}: { linear: [COLUMN, COLUMN] }`],
  });
}

function featureRows(table: Table, features: readonly string[]): FeatureRows {
  const width = features.length;
  const values = new Float64Array(table.rows * width);
  for (const [j, feature] of features.entries()) {
    const numbers = columnNumbers(table, feature);
    for (let row = 0; row < numbers.length; row++) values[row * width + j] = numbers[row]!;
  }
  return { width, values };
}
