import { applyCut, learnCut } from "../../core/baselines/cut.ts";
import { fitLogistic, logisticProbabilities } from "../../core/baselines/logistic.ts";
import { fitMultinomial, multinomialProbabilities } from "../../core/baselines/multinomial.ts";
import { fitRidge, linearValues } from "../../core/baselines/ridge.ts";
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
 * training data: those that the policy names, else every number or boolean column that both tables have and that is
 * no id, label, time, list, score or known only afterwards. Of more than 200,000 training rows every k-th is taken.
 */
export async function regressionSource(
  name: string,
  baseline: Extract<Baseline, { kind: "linear" | "logistic" }>,
  setting: BaselineSetting,
): Promise<ScoreSource> {
  const { kind } = baseline;
  const { task } = setting;
  if (kind === "linear" && task !== "regression" && task !== "ranking")
    throw wrongTask(name, kind, "regression and ranking", setting);
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
  const fitted = fit(kind, task === "multiclass", featureRows(train.table, features), train);
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
  readonly predict: (rows: FeatureRows) => Float64Array;
}

function fit(kind: "linear" | "logistic", several: boolean, rows: FeatureRows, train: TrainRows): Fitted {
  if (kind === "linear") {
    const model = fitRidge(rows, Float64Array.from(train.label));
    return { coefficients: [model.intercept, ...model.weights], predict: (fresh) => linearValues(model, fresh) };
  }
  if (several) {
    const model = fitMultinomial(rows, Int32Array.from(train.label), train.classes.length);
    return { coefficients: [...model.coefficients], predict: (fresh) => multinomialProbabilities(model, fresh) };
  }
  const model = fitLogistic(
    rows,
    Uint8Array.from(train.label, (label) => (label > 0 ? 1 : 0)),
  );
  return { coefficients: [model.intercept, ...model.weights], predict: (fresh) => logisticProbabilities(model, fresh) };
}

/** Names by which scores of other models are known: never features of a baseline. */
const scoreLike = /^(native_)?(score|scores|pred|preds|prediction|proba|prob|y_pred|y_score)(_|$)/i;

function defaultFeatures(setting: BaselineSetting): string[] {
  return setting.columns
    .filter(({ name, kind }) => (kind === "number" || kind === "boolean") && setting.trainColumns.has(name))
    .filter(({ name }) => !setting.excluded.has(name) && !scoreLike.test(name))
    .map(({ name }) => name);
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
