import type { Task } from "../../core/metrics/metric.ts";
import { names } from "./column-names.ts";
import type { ColumnFacts, DataFacts } from "./data-facts.ts";
import type { GuessedFeatures } from "./guess-features.ts";
import type { GuessedModel, InitGuess } from "./init-guess.ts";
import type { ProposedSlice } from "./propose-slices.ts";

export interface PolicyText {
  /** Name of the prediction problem. */
  readonly model: string;
  /** Relative to the policy file. */
  readonly test: readonly string[];
  readonly train: readonly string[];
  readonly guess: InitGuess;
  /** Columns that may feed the challenger; null where nothing must be said of them. */
  readonly features: GuessedFeatures | null;
  readonly championFeatures: GuessedFeatures | null;
  readonly slices: readonly ProposedSlice[];
  readonly data: DataFacts;
  /** A line per section that others add, such as `contract: contract.yaml`. */
  readonly sections: readonly string[];
}

/** A commented `umpire.yaml` that says what was found and shows, in comments, what else can be said. */
export function renderPolicy(parts: PolicyText): string {
  const { guess } = parts;
  return [
    "# How a challenger is judged. Every key: docs/reference/policy.md; umpire judge reads this file.",
    "# Written by umpire init from a look at the data: check the label, the unit and the slices.",
    `model: ${yamlText(parts.model)}`,
    line(`task: ${guess.task}`, "binary | multiclass | regression | ranking"),
    "data:",
    line(`  test: ${yamlList(parts.test)}`, `${parts.data.rows.toLocaleString("en-US")} rows looked at`),
    ...trainLines(parts),
    "columns:",
    ...columnLines(parts),
    "models:",
    ...modelLines(parts),
    ...baselineLines(parts),
    line(`metrics: ${yamlList(metricsOf(parts))}`, "the first one decides"),
    ...labelLines(guess),
    ...sliceLines(parts.slices),
    "gate:",
    line("  score: better", "better | not-worse; on the weighted score of all slices"),
    line("  margin: 0", "by how much better, or how much worse is let pass"),
    line("  confidence: 0.95", "of the two-sided interval that decides"),
    ...parts.sections,
    "",
  ].join("\n");
}

function line(text: string, remark: string, width = 44): string {
  return `${text.padEnd(width)} # ${remark}`;
}

function trainLines({ train }: PolicyText): string[] {
  return train.length > 0
    ? [line(`  train: ${yamlList(train)}`, "what baselines are fitted on")]
    : [line("  # train: train.parquet", "for baselines that are fitted: prior, mean, linear …")];
}

function columnLines({ guess, data }: PolicyText): string[] {
  const lines: string[] = [];
  if (guess.id.length > 0) lines.push(`  id: ${yamlList(guess.id)}`);
  if (guess.repeatedId !== undefined) {
    lines.push(line(`  # id: ${yamlList(guess.repeatedId)}`, "several rows have the same, so that it names none"));
  }
  if (guess.group !== null) lines.push(line(`  group: ${yamlText(guess.group)}`, "the rows of one list"));
  if (guess.item !== null) lines.push(`  item: ${yamlText(guess.item)}`);
  const unit = data.columns.find((column) => column.name === guess.unit);
  lines.push(
    unit === undefined
      ? line(
          "  # unit: user_id",
          `what comes back; without it ${guess.group === null ? "rows" : "lists"} count as independent`,
        )
      : line(`  unit: ${yamlText(unit.name)}`, `what comes back; ${unit.distinct.toLocaleString("en-US")} of them`),
  );
  if (guess.time !== null) lines.push(`  time: ${yamlText(guess.time)}`);
  const label = data.columns.find((column) => column.name === guess.label);
  lines.push(line(`  label: ${yamlText(guess.label)}`, labelRemark(label)));
  return lines;
}

function labelRemark(label: ColumnFacts | undefined): string {
  if (label === undefined) return "what came true";
  if (label.values === null || label.distinct > 6) return `from ${plain(label.min)} to ${plain(label.max)}`;
  return label.values.map(({ text, rows }) => `${text}: ${rows.toLocaleString("en-US")} rows`).join(", ");
}

function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

function modelLines({ guess, features, championFeatures }: PolicyText): string[] {
  const { champion, challenger } = guess;
  return [
    ...(champion === null
      ? [line("  # champion: { column: score_in_use }", "none yet: the best baseline stands in")]
      : champion.onnx !== undefined && championFeatures !== null
        ? fedLines("champion", "in use", champion.onnx, championFeatures, guess.task)
        : [line(`  champion: ${modelText(champion)}`, "in use")]),
    ...(features === null
      ? [
          line(
            `  challenger: ${modelText(challenger)}`,
            challenger.onnx === undefined ? "wants its place" : "scored here",
          ),
        ]
      : fedLines("challenger", "scored here", challenger.onnx ?? "", features, guess.task)),
    ...(features !== null || (challenger.onnx === undefined && champion?.onnx === undefined)
      ? []
      : [
          "    # its inputs are taken from a file beside the model or by name; else add to the braces:",
          "    # features: [a, b, c], output: probabilities, class: 1",
        ]),
    ...(guess.otherScores.length > 0 ? [`  # other columns of scores: ${guess.otherScores.join(", ")}`] : []),
  ];
}

/** A model whose columns only its maker knows, with those that may be meant. */
function fedLines(
  name: string,
  says: string,
  onnx: string,
  { input, width, columns, fits }: GuessedFeatures,
  task: PolicyText["guess"]["task"],
): string[] {
  const remark = fits
    ? `# A guess: as many columns of numbers as ${JSON.stringify(input)} takes, in the data's order. Is it that of training?`
    : `# ${JSON.stringify(input)} takes ${width} numbers: name ${width} of these columns, in the order of training.`;
  return [
    line(`  ${name}:`, says),
    `    onnx: ${yamlText(onnx)}`,
    `    ${remark}`,
    `    ${fits ? "" : "# "}features: ${yamlList(columns)}`,
    ...(task === "binary" || task === "multiclass" ? ["    # output: probabilities", "    # class: 1"] : []),
  ];
}

function modelText(model: GuessedModel): string {
  if (model.onnx !== undefined) return `{ onnx: ${yamlText(model.onnx)} }`;
  if (model.column !== undefined) return `{ column: ${yamlText(model.column)} }`;
  const columns = Object.entries(model.columns ?? {}).map(([name, column]) => `${yamlText(name)}: ${yamlText(column)}`);
  return `{ columns: { ${columns.join(", ")} } }`;
}

/** Only baselines that need nothing that is not there, so that the file runs as it is. */
function baselineLines({ guess, train, data }: PolicyText): string[] {
  const lines: string[] = [];
  const popularity = data.columns.find((column) => column.kind === "number" && names.isPopularity(column.name));
  if (guess.task === "ranking" && popularity !== undefined) {
    lines.push(`  popularity: { column: ${yamlText(popularity.name)} }`);
  }
  if (guess.task === "regression") {
    if (train.length > 0) lines.push("  typical: { median: true }");
    else if (guess.champion === null && guess.time !== null) lines.push("  row before: { last: true }");
  } else {
    lines.push(line("  chance: { random: 7 }", "seed"));
    if (train.length > 0 && guess.task === "multiclass") lines.push("  prior: { prior: true }");
  }
  if (lines.length === 0)
    return ["# baselines: { typical: { median: true } }    # simple answers to beat; needs data.train"];
  return [line("baselines:", "simple answers that the challenger must beat too"), ...lines];
}

const METRICS: Readonly<Record<Task, readonly string[]>> = {
  binary: ["roc_auc", "log_loss", "brier"],
  multiclass: ["macro_f1", "accuracy", "log_loss"],
  regression: ["mae", "rmse", "bias"],
  ranking: ["map", "ndcg@10", "recall@10"],
};

/** Probability metrics only where the scores are probabilities. */
function metricsOf({ guess, data }: PolicyText): readonly string[] {
  const { task } = guess;
  if (task !== "binary") return METRICS[task];
  const columns = [guess.champion, guess.challenger].flatMap((model) =>
    model?.column === undefined ? [] : [model.column],
  );
  const probabilities = columns.every((name) => {
    const column = data.columns.find((one) => one.name === name);
    return column === undefined || (column.min >= 0 && column.max <= 1);
  });
  return probabilities ? METRICS.binary : ["roc_auc", "average_precision"];
}

function labelLines(guess: InitGuess): string[] {
  const lines: string[] = [];
  if (guess.positive !== null) lines.push(line(`positive: ${yamlScalar(guess.positive)}`, "what counts as a hit"));
  if (guess.task === "binary") {
    lines.push(line("# threshold: 0.5", "from which score on it is a yes; or { recall: 0.95 }"));
    lines.push(line("# costs: { false_positive: 1, false_negative: 8 }", "what mistakes cost you"));
  }
  return lines;
}

function sliceLines(slices: readonly ProposedSlice[]): string[] {
  const head =
    "# Parts of the data that count for themselves. weight: 0 to 1, of every value. Add blocking: true to the slice";
  const more = "# where the challenger must not lose, and name what you care about: { where: { column: value } }.";
  if (slices.length === 0)
    return [head, more, "# slices:", "#   important: { where: { column: value }, weight: 1, blocking: true }"];
  const lines = slices.map(({ name, form }) => `  ${yamlText(name)}: { ${formText(form)}, weight: 0.5 }`);
  const width = Math.min(64, Math.max(...lines.map((text) => text.length)));
  return [head, more, "slices:", ...lines.map((text, index) => line(text, slices[index]!.remark, width))];
}

function formText(form: ProposedSlice["form"]): string {
  if ("each" in form) {
    return `each: ${yamlText(form.each)}${form.quantiles === undefined ? "" : `, quantiles: ${form.quantiles}`}`;
  }
  return "period" in form ? `period: ${form.period}, share: true` : `last: ${form.last}`;
}

const WORDS = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

/** A text as YAML: bare where it can be nothing else. */
export function yamlText(text: string): string {
  return /^[A-Za-z_./][\w./@-]*( [\w./-]+)*$/.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);
}

/** A value of a column as YAML: numbers, true and false bare. */
function yamlScalar(text: string): string {
  return /^-?\d+(\.\d+)?$/.test(text) || text === "true" || text === "false" ? text : yamlText(text);
}

function yamlList(texts: readonly string[]): string {
  return texts.length === 1 ? yamlText(texts[0]!) : `[${texts.map(yamlText).join(", ")}]`;
}
