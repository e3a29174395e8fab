import { z } from "zod";
import { periods } from "../../core/slices/periods.ts";
import { releaseFile } from "../release/release-file.ts";
import { aggregations } from "./policy.ts";

/**
 * The shape of `umpire.yaml` with a description of every key: what the published JSON Schema, the reference page and
 * the first half of the checks are made of. What a shape cannot say (one of several keys, conditions, names of the
 * catalogue) is checked in `parse-policy.ts`.
 */
const name = z.union([z.string().min(1), z.number()], { error: "takes a name" }).meta({ id: "name" });
const names = z
  .union([name, z.array(name).min(1)], { error: "takes a column name or a list of column names" })
  .meta({ id: "names" });
const share = z.number().min(0).max(1);
const amount = z.number().min(0);

/** Read by `parse-condition.ts`; the JSON Schema gets its definition by this id. */
const condition = z.unknown().meta({ id: "condition" });
const columnCondition = z.unknown().meta({ id: "columnCondition" });

const costs = z
  .strictObject({
    false_positive: amount.describe("What a wrong alarm costs, in your unit of money or harm."),
    false_negative: amount.describe("What a miss costs, in the same unit."),
  })
  .meta({ id: "costs" });

const encode = z.record(z.string(), z.record(z.string(), z.number()));
const missing = z.union([z.number(), z.string(), z.record(z.string(), z.union([z.number(), z.string()]))], {
  error: "takes a number, a text, or a map from columns to one",
});

/** How an ONNX file is fed and read: in the policy, or in `NAME.umpire.yaml` beside `NAME.onnx`. */
export const modelDescriptionKeys = {
  features: z
    .array(name)
    .min(1)
    .optional()
    .describe(
      "ONNX: the columns that fill the input tensor, in order. Not needed where inputs are named like columns.",
    ),
  encode: encode.optional().describe("ONNX: per column, the number that stands for each text."),
  missing: missing
    .optional()
    .describe(
      "ONNX: what a null becomes, for all columns or per column. Default: NaN for numbers, an empty text else.",
    ),
  output: z.string().optional().describe("ONNX: the output that holds the score. Default: the only one that fits."),
  class: name.optional().describe("ONNX: the class, or the column of the output, whose probability is the score."),
};

const model = z
  .strictObject({
    column: name.optional().describe("Already scored: the column that holds the scores."),
    columns: z
      .record(z.string(), name)
      .optional()
      .describe("Multiclass, already scored: per class, the column of its probability."),
    onnx: z.string().min(1).optional().describe("An ONNX file, scored here. Relative to the policy file."),
    ...modelDescriptionKeys,
    rule: z
      .unknown()
      .meta({ id: "rule" })
      .optional()
      .describe("A rule: `{ when: CONDITION, then: VALUE, else: VALUE }`; a value may be another rule."),
    constant: z
      .union([z.number(), z.string()], { error: "takes a number or a class" })
      .optional()
      .describe("The same answer for every row: a score, or a class."),
    url: z
      .string()
      .min(1)
      .optional()
      .describe(
        "A model behind an address: Open Inference, MLflow or any server of JSON. `features` are sent. Secrets as ${NAME}, filled from the environment.",
      ),
    protocol: z
      .enum(["open-inference", "mlflow", "json"])
      .optional()
      .describe("With `url`: what the server speaks. Default: found out by asking."),
    request: z
      .string()
      .optional()
      .describe("With `url`: where the records go: `records[]`, `[]` (a bare list), `.` (one a call) or a key."),
    response: z.string().optional().describe("With `url`: where the predictions stand: `predictions[].score`."),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe("With `url`: headers; secrets as ${ENV}, filled from the environment."),
  })
  .meta({ id: "model" });

const flag = z.union([z.boolean(), z.null()]);
const by = { by: names };
const typical = z
  .union([flag, z.strictObject(by)], { error: "takes true, with `by: COLUMN` beside it where it should differ by it" })
  .optional();
const features = z
  .union([flag, z.array(name).min(1)], { error: "takes a list of columns, or true for every number column" })
  .optional();

const baselineMap = z
  .strictObject({
    column: name.optional().describe("A column of the data: popularity, yesterday's sales, a person's label."),
    random: z
      .union([z.number().int(), flag], { error: "takes a whole number, the seed" })
      .optional()
      .describe("Chance, with this seed."),
    majority: flag.optional().describe("Always the most frequent class of `data.train`."),
    prior: flag.optional().describe("The class frequencies of `data.train` as probabilities."),
    mean: typical.describe("The mean label of `data.train`; `by: COLUMN` for one per value."),
    median: typical.describe("The median label of `data.train`; `by: COLUMN` for one per value."),
    last: typical.describe("The label of the row before in time; `by: COLUMN` within each value."),
    seasonal_last: z
      .union([z.number().int().min(1), z.string()], { error: "takes a number of rows, or a span such as 7d" })
      .optional()
      .describe("The label one period before: a number of rows (24) or a span of time (7d)."),
    value: z.number().optional().describe("A known figure of the first metric: human accuracy, last year's model."),
    threshold: z
      .union([name, z.strictObject({ column: name, at: z.number().optional() })], { error: "takes a column" })
      .optional()
      .describe("One column against a cut, learnt on `data.train` unless `at` gives it."),
    linear: features.describe(
      "A linear regression on these columns, fitted on `data.train`: ridge with penalty 1 on columns of mean 0 and deviation 1, as scikit-learn's `StandardScaler` and `Ridge()`.",
    ),
    logistic: features.describe("A logistic regression on these columns, fitted on `data.train`."),
    by: names.optional().describe("With mean, median, last, seasonal_last: one per value of these columns."),
    at: z.number().optional().describe("With threshold: the cut."),
  })
  .meta({ id: "baseline" });
const baseline = z.union([z.string(), baselineMap], {
  error: "takes a map such as { column: item_popularity } or a word such as prior",
});

const dimension = z
  .union(
    [
      name,
      z.strictObject({
        column: name,
        edges: z.array(z.number()).min(1).optional(),
        quantiles: z.number().int().min(2).max(100).optional(),
        period: z.enum(periods).optional(),
      }),
    ],
    { error: "takes a column, or { column: …, edges | quantiles | period: … }" },
  )
  .meta({ id: "dimension" });

const slice = z
  .strictObject({
    where: condition
      .optional()
      .describe("One slice: the rows for which a condition holds, `{ gender: F, user_age: { from: 18, below: 30 } }`."),
    each: dimension
      .optional()
      .describe(
        "One slice per value of a column; null is a value of its own. Numbers in bands by `edges` or `quantiles`.",
      ),
    cross: z
      .array(dimension)
      .min(2)
      .optional()
      .describe("One slice per combination of values that occurs; each part is a column or `{ column, edges }`."),
    last: z.string().optional().describe("The newest rows: 90m, 24h, 7d or 4w before the newest time of the data."),
    period: z
      .enum(periods)
      .optional()
      .describe("One slice per calendar period (UTC) of the column `each` names, or of `columns.time`."),
    edges: z.array(z.number()).min(1).optional().describe("With `each`: bands of a number; each edge starts a band."),
    quantiles: z
      .number()
      .int()
      .min(2)
      .max(100)
      .optional()
      .describe(
        "With `each`: this many bands of about equal count; edges come from the data and are kept in the record.",
      ),
    weight: share
      .optional()
      .describe(
        "What the slice counts in the weighted score, 0 to 1. For `each` and `cross`: every value's. Default 1.",
      ),
    blocking: z.boolean().optional().describe("True: the verdict cannot pass while the challenger may be worse here."),
    margin: amount.optional().describe("A loss up to this much is taken for none. Default 0."),
    costs: costs.optional().describe("Costs of mistakes in this slice, where they differ from the policy's."),
    share: z.boolean().optional().describe("`each`, `cross`: true splits the weight by rows. Default false."),
    limit: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe("`each`, `cross`: the most slices the entry may make. Default 200."),
  })
  .meta({ id: "slice" });

const aggregation = z.enum(aggregations);
const reserved = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional();

export const policyFile = z
  .strictObject({
    model: name.optional().describe("Name of the prediction problem; folders and documents carry it. Default: model."),
    task: z
      .enum(["binary", "multiclass", "regression", "ranking"])
      .describe("What is predicted: one of two, one of many, a number, an order."),
    data: z
      .strictObject({
        test: z
          .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
            error: "takes a path, a glob or a list of them",
          })
          .describe("What is judged on: file, glob or list; Parquet, CSV, TSV, JSON, JSON lines, .gz."),
        train: z
          .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
            error: "takes a path, a glob or a list of them",
          })
          .optional()
          .describe("What baselines are fitted on. Same columns."),
      })
      .describe("Files, relative to the policy file."),
    columns: z
      .strictObject({
        label: name.describe("What came true."),
        id: names.optional().describe("The columns that together name a row."),
        group: names.optional().describe("Ranking: the columns that name a list."),
        item: name.optional().describe("Ranking: the column that names what is ranked; breaks ties, counts coverage."),
        unit: names
          .optional()
          .describe("What comes back, such as a user: intervals are drawn from these. Default: group, else each row."),
        time: name.optional().describe("When the prediction was asked for."),
        available: z
          .record(z.string(), z.enum(["request", "prepared", "after"]))
          .optional()
          .describe("When each column is known: with the request, after preparation, or only afterwards."),
      })
      .describe("Which column plays which part."),
    models: z
      .strictObject({
        champion: model.optional().describe("The model in use. Without one, the best baseline stands in."),
        challenger: model.describe("The model that wants its place."),
      })
      .describe("Who is judged."),
    baselines: z
      .union([z.record(z.string(), baseline), z.array(z.string())], { error: "takes a map from names to baselines" })
      .optional()
      .describe("Simple answers that the challenger must beat too."),
    metrics: z
      .union([z.string(), z.array(z.string()).min(1)], { error: "takes a metric or a list of metrics" })
      .optional()
      .describe("The first one decides; the others are shown."),
    slices: z.record(z.string(), slice).optional().describe("Parts of the data that count for themselves, by name."),
    gate: z
      .strictObject({
        score: z
          .enum(["better", "not-worse"])
          .optional()
          .describe("On the weighted score of all slices. Default better."),
        margin: amount.optional().describe("By how much better, or how much worse is let pass. Default 0."),
        confidence: z
          .number()
          .min(0.5)
          .max(0.9999)
          .optional()
          .describe("Of the two-sided interval that decides. Default 0.95."),
        baselines: z
          .enum(["better", "ignore"])
          .optional()
          .describe("Whether the challenger must also beat every baseline. Default better."),
        expected: z
          .number()
          .positive()
          .optional()
          .describe("The gain that you hope for; says how many units would decide. Default: the observed one."),
        min_units: z.number().int().min(2).optional().describe("A slice with fewer units decides nothing. Default 30."),
      })
      .optional()
      .describe("What decides."),
    positive: columnCondition
      .optional()
      .describe("What counts as a hit: a value of the label or a condition on it, such as `{ from: 2 }`."),
    threshold: z
      .union(
        [
          z.number(),
          z.strictObject({ recall: z.number().gt(0).max(1) }),
          z.strictObject({ precision: z.number().gt(0).max(1) }),
          z.strictObject({ cost: z.literal("minimal") }),
        ],
        { error: "takes a number, { recall: 0.95 }, { precision: 0.8 } or { cost: minimal }" },
      )
      .optional()
      .describe("Binary: from which score on it is a yes; a number, or learnt. Default 0.5."),
    costs: costs.optional().describe("What mistakes cost; slices may say otherwise."),
    aggregate: z
      .strictObject({
        by: names.describe("Rows that agree in these columns become one."),
        score: aggregation.optional().describe("How their scores become one. Default max."),
        label: aggregation.optional().describe("How their labels become one. Default max."),
      })
      .optional()
      .describe("Judges at another grain than the rows: `{ by: video_id, score: max, label: max }`."),
    seed: z.number().int().min(0).optional().describe("Of everything that is drawn. Default 1."),
    contract: reserved.describe("What the data must look like: a file, or the contract itself."),
    release: z
      .union([z.string().min(1), releaseFile], { error: "takes a file, or the section itself" })
      .optional()
      .describe("How a model goes live, in stages: a file, or the section itself."),
    gateway: reserved.describe("How models are served: the section itself, read by umpire gateway."),
    monitors: reserved.describe("What is watched, and how: read by the server."),
    retrain: reserved.describe("How the model is trained again, and when: read by umpire retrain."),
    alerts: reserved.describe("Whom to tell of alarms: read by the server."),
  })
  .meta({
    title: "umpire.yaml",
    description: "How Umpire judges a challenger model against the champion: data, models, slices, gate.",
  });

export type PolicyFile = z.infer<typeof policyFile>;
export type SliceFile = z.infer<typeof slice>;
export type ModelFile = z.infer<typeof model>;
export type BaselineFile = z.infer<typeof baselineMap>;
export type DimensionFile = z.infer<typeof dimension>;
