import { exampleOf, metrics } from "./catalog.ts";
import type { Metric, Task } from "./metric.ts";

const tasks: readonly (readonly [Task, string])[] = [
  ["binary", "a positive row or not, from a score"],
  ["multiclass", "one of several classes, from a probability for each"],
  ["regression", "a number"],
  ["ranking", "the order of the rows of each list"],
];

/** The page `docs/reference/metrics.md`, rendered from the catalogue: one section a task, one entry a metric. */
export function metricsReference(): string {
  return [
    "# Metrics",
    "",
    "Names as they stand in a policy under `metrics:`; the first one decides, the others are shown. A metric that has no",
    "value on a slice is null there, with the reason; it is never 0 by decree. Rows whose label is null are left out and",
    "counted.",
    ...tasks.flatMap(([task, says]) => ["", ...sectionOf(task, says)]),
    "",
  ].join("\n");
}

function sectionOf(task: Task, says: string): string[] {
  const ofTask = metrics.filter((metric) => metric.tasks.includes(task));
  return [
    `## ${task}: ${says}`,
    "",
    "| metric | better | range | needs |",
    "| --- | --- | --- | --- |",
    ...ofTask.map((metric) => `| [\`${formOf(metric)}\`](#${anchorOf(task, metric)}) | ${rowOf(metric)} |`),
    ...ofTask.flatMap((metric) => ["", ...entryOf(task, metric)]),
  ];
}

function rowOf(metric: Metric): string {
  const better = metric.target === undefined ? (metric.direction === 1 ? "more" : "less") : `near ${metric.target}`;
  return [better, rangeOf(metric), metric.needs.map((need) => needWords[need]).join(", ") || "nothing else"].join(
    " | ",
  );
}

function entryOf(task: Task, metric: Metric): string[] {
  const { parameter } = metric;
  return [
    `<a id="${anchorOf(task, metric)}"></a>`,
    "",
    `### \`${formOf(metric)}\``,
    "",
    metric.convention,
    "",
    ...(parameter === undefined
      ? []
      : [
          `- \`${parameter.name}\` (${parameter.required ? "required" : "optional"}, as in \`${metric.name}@${parameter.example}\`): ${parameter.says}`,
        ]),
    `- No value where ${metric.undefinedWhen}.`,
    `- Interval: ${intervalWords(metric)}.`,
  ];
}

/** `lift@k`, `ece` or `ece@bins`, `map` or `map@k`: how the metric is written. */
function formOf(metric: Metric): string {
  if (metric.parameter === undefined) return metric.name;
  const withParameter = `${metric.name}@${metric.parameter.name}`;
  return exampleOf(metric) === metric.name ? `${metric.name}[@${metric.parameter.name}]` : withParameter;
}

function anchorOf(task: Task, metric: Metric): string {
  return `${task}-${metric.name}`;
}

function rangeOf({ range: [low, high] }: Metric): string {
  return `${boundOf(low)} to ${boundOf(high)}`;
}

function boundOf(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return "∞";
  if (bound === Number.NEGATIVE_INFINITY) return "-∞";
  return Number.isInteger(bound) ? String(bound) : bound.toFixed(2);
}

const needWords: Readonly<Record<Metric["needs"][number], string>> = {
  probability: "probabilities",
  threshold: "a threshold",
  costs: "costs",
  time: "time",
  item: "an item column",
  train: "training data",
};

function intervalWords(metric: Metric): string {
  switch (metric.shape) {
    case "moments":
      return "exact sums by fold; the derivative by the sums carries them to the value";
    case "rank":
    case "rows":
      return "influence of each row, summed by fold";
    case "list":
      return "sums of list values by fold";
    case "catalogue":
      return "delete-one-fold jackknife, which errs on the wide side";
  }
}
