import { findMetric } from "../metrics/catalog.ts";
import { evaluateClassMasses } from "../metrics/evaluate-class-masses.ts";
import { evaluateWeighted } from "../metrics/evaluate-weighted.ts";
import type { TaskFacts } from "../metrics/metric.ts";
import type { AnswerRows } from "./answer-rows.ts";

/** Answers without probabilities (the model was away) may be so many, and are left out. */
const MOST_WITHOUT = 0.05;

/** A metric of several classes on rows that weigh; those without a label weigh nothing. Null: the metric has no weights. */
export function evaluateClasses(
  text: string,
  { n, label, known, predicted, probabilities }: AnswerRows,
  weight: Float64Array,
  facts: TaskFacts,
): { readonly value: number; readonly total: number; readonly influence: Float64Array } | null {
  const width = facts.classes.length;
  // What is not there weighs nothing, and must still be a number.
  const numbers = probabilities?.map((p) => (Number.isNaN(p) ? 0 : p)) ?? new Float64Array(0);
  const said = { n, predicted: predicted as Int32Array, probabilities: numbers, width };
  if (findMetric(text, "multiclass").metric.shape !== "rank") {
    const codes = Int32Array.from({ length: n }, (_, i) => (known[i] === 1 ? label[i]! : 0));
    return evaluateWeighted(text, { task: "multiclass", ...said, label: codes }, weight, facts);
  }
  const mass = new Float64Array(n * width);
  for (let i = 0; i < n; i++) if (known[i] === 1) mass[i * width + label[i]!] = weight[i]!;
  const { value, total, influence } = evaluateClassMasses(text, { ...said, mass }, facts);
  const own = Float64Array.from({ length: n }, (_, i) => (known[i] === 1 ? influence[i * width + label[i]!]! : 0));
  return { value, total, influence: own };
}

/** The rows, of which only those with probabilities count as labelled; a text says why too few have them. */
export function withProbabilities(text: string, rows: AnswerRows): AnswerRows | string {
  const { n, known, label, probabilities } = rows;
  if (probabilities === null) return `${text} needs probabilities, and the log holds classes`;
  const width = probabilities.length / n;
  const kept = known.map((one, i) => (Number.isNaN(probabilities[i * width]!) ? 0 : one));
  const labels = known.reduce((sum, one) => sum + one, 0);
  const without = labels - kept.reduce((sum, one) => sum + one, 0);
  if (without > MOST_WITHOUT * labels) {
    return `${text} needs probabilities, and the log holds none for ${without} of ${labels} rows with a label`;
  }
  const foreign = kept.reduce((sum, one, i) => sum + (one === 1 && label[i]! < 0 ? 1 : 0), 0);
  if (foreign > 0) {
    return `${text} needs the probability of each label, and ${foreign} of ${labels} labels are no class of the test data`;
  }
  return { ...rows, known: kept };
}
