import { findMetric } from "../metrics/catalog.ts";
import { evaluateMetric } from "../metrics/evaluate-metric.ts";
import { evaluateMasses, evaluateWeighted } from "../metrics/evaluate-weighted.ts";
import type { TaskFacts } from "../metrics/metric.ts";
import { completeness, type LabelArrival } from "../statistics/label-delays.ts";
import type { AnswerRows } from "./answer-rows.ts";
import { evaluateClasses, withProbabilities } from "./measured-classes.ts";
import { unitError } from "./unit-error.ts";

/** Said where no row has a label yet. */
export const NO_LABEL = "no label has come";

/** How labels come. */
export interface LabelProcess {
  /** `both`: every prediction is to get a label. `positives`: a label comes for hits alone; no label is none yet. */
  readonly comes: "both" | "positives";
  /** Binary: arrival of the labels of misses and of hits; else one for all, twice. */
  readonly arrival: readonly [LabelArrival, LabelArrival];
}

export interface QualityValue {
  readonly value: number | null;
  readonly standardError: number | null;
  readonly degrees: number;
  readonly skew: number;
  readonly rows: number;
  readonly labelled: number;
  /** Units behind the number. */
  readonly units: number;
  /** Share of the labels of these rows that has come, as far as it is known. */
  readonly completeness: number;
  /** Why there is no value. */
  readonly reason: string | null;
  readonly method: string;
}

/** No row counts for more than this many. */
const MOST_WEIGHT = 10;
/** A list counts when so many of its labels have come, and when it is this old that more are hardly to come. */
const LIST_LABELLED = 0.5;
const LIST_MATURE = 0.9;

/**
 * The metric of some rows, corrected for labels that are still to come (METHODS 8), with the error that units give it.
 * Binary, labels of hits alone: a row counts as much as its label would have come by now, F(age), of which what came is
 * hits: the conversions over the sum of F. Binary and others with both: rows with a label weigh 1 / F(age), of their class
 * where both classes tell their own delays, at most 10. Rankings: lists old enough, without correction.
 */
export function measureQuality(text: string, rows: AnswerRows, process: LabelProcess, facts: TaskFacts): QualityValue {
  const mean = meanCompleteness(rows, process);
  if (rows.n === 0) return without(rows, mean, "there are no predictions");
  if (rows.known.every((known) => known === 0)) return without(rows, mean, NO_LABEL);
  const needsProbability = findMetric(text, rows.task).metric.needs.includes("probability");
  switch (rows.task) {
    case "binary":
      if (needsProbability && !rows.score.every((score) => score >= 0 && score <= 1)) {
        return without(rows, mean, `${text} needs probabilities, and answers lie outside 0 to 1`);
      }
      return ofBinary(text, rows, process, facts, mean);
    case "ranking":
      return ofRanking(text, rows, process, facts, mean);
    default:
      if (rows.task === "multiclass" && needsProbability) {
        const usable = withProbabilities(text, rows);
        if (typeof usable === "string") return without(rows, mean, usable);
        return ofWeighted(text, usable, process, facts, mean);
      }
      return ofWeighted(text, rows, process, facts, mean);
  }
}

function ofBinary(text: string, rows: AnswerRows, process: LabelProcess, facts: TaskFacts, mean: number): QualityValue {
  const { n, score, label, known, age } = rows;
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const hit = known[i] === 1 && label[i] === 1;
    if (process.comes === "positives") {
      const share = completeness(process.arrival[1], age[i]!);
      positive[i] = hit ? 1 : 0;
      // Below 0 where the hit is there: what is left of the rows of its age are misses, in the sum.
      negative[i] = share - positive[i]!;
    } else if (known[i] === 1) {
      (hit ? positive : negative)[i] = weightOf(process.arrival[hit ? 1 : 0], age[i]!);
    }
  }
  const predicted = rows.predicted as Uint8Array;
  const found = evaluateMasses(text, { n, score, predicted, positive, negative }, facts);
  const reason = `${findMetric(text, "binary").metric.undefinedWhen}, among the labels that have come`;
  if (Number.isNaN(found.value) || !(found.total > 0)) return without(rows, mean, reason);
  const influence = new Float64Array(n);
  for (let i = 0; i < n; i++) influence[i] = positive[i]! * found.positive[i]! + negative[i]! * found.negative[i]!;
  return withError(rows, mean, found.value, influence, found.total, process);
}

function ofWeighted(
  text: string,
  rows: AnswerRows,
  process: LabelProcess,
  facts: TaskFacts,
  mean: number,
): QualityValue {
  const { n, known, age, score } = rows;
  const weight = Float64Array.from({ length: n }, (_, i) =>
    known[i] === 1 ? weightOf(process.arrival[1], age[i]!) : 0,
  );
  const found =
    rows.task === "regression"
      ? evaluateWeighted(text, { task: "regression", n, label: knownLabels(rows), score }, weight, facts)
      : evaluateClasses(text, rows, weight, facts);
  if (found === null) return without(rows, mean, `${text} cannot be corrected for labels that are still to come`);
  if (Number.isNaN(found.value)) return without(rows, mean, findMetric(text, rows.task).metric.undefinedWhen);
  const influence = found.influence.map((each, i) => each * weight[i]!);
  return withError(rows, mean, found.value, influence, found.total, process);
}

/** Rows without a label weigh nothing; their label must still be a number. */
function knownLabels({ label, known }: AnswerRows): Float64Array {
  return label.map((value, i) => (known[i] === 1 ? value : 0));
}

function ofRanking(
  text: string,
  rows: AnswerRows,
  process: LabelProcess,
  facts: TaskFacts,
  mean: number,
): QualityValue {
  const { n, known, lists, age } = rows;
  const seen = new Map<number, { rows: number; labelled: number; age: number; unit: number }>();
  for (let i = 0; i < n; i++) {
    const list = seen.get(lists![i]!) ?? { rows: 0, labelled: 0, age: Number.POSITIVE_INFINITY, unit: rows.units[i]! };
    list.rows++;
    list.labelled += known[i]!;
    list.age = Math.min(list.age, age[i]!);
    seen.set(lists![i]!, list);
  }
  const arrival = process.arrival[1];
  const plateau = arrival.shares.at(-1) ?? 0;
  const counts = (code: number): boolean => {
    const list = seen.get(code)!;
    const old = completeness(arrival, list.age) >= LIST_MATURE * plateau;
    return old && (process.comes === "positives" || list.labelled >= LIST_LABELLED * list.rows);
  };
  const chosen: number[] = [];
  for (let i = 0; i < n; i++) {
    if (counts(lists![i]!) && (process.comes === "positives" || known[i] === 1)) chosen.push(i);
  }
  if (chosen.length === 0) return without(rows, mean, "the labels of no list have come so far that it counts");
  const block = {
    task: "ranking",
    n: chosen.length,
    label: Float64Array.from(chosen, (i) => (known[i] === 1 ? rows.label[i]! : 0)),
    score: Float64Array.from(chosen, (i) => rows.score[i]!),
    list: Int32Array.from(chosen, (i) => lists![i]!),
    item: Int32Array.from(chosen, (i) => rows.items?.[i] ?? i),
  } as const;
  const found = evaluateMetric(text, block, facts);
  if (Number.isNaN(found.value)) return without(rows, mean, "no list that counts has a relevant row");
  if (found.influence === null) return without(rows, mean, `${text} has no error by units`);
  // Influence is per list with a value, in order of first appearance: lists with a relevant row.
  const relevant = new Map<number, boolean>();
  block.list.forEach((list, i) => relevant.set(list, (relevant.get(list) ?? false) || block.label[i]! > 0));
  const counted = [...relevant].filter(([, hit]) => hit).map(([list]) => list);
  const lined = counted.length === found.influence.length ? counted : [...relevant.keys()];
  if (lined.length !== found.influence.length) return without(rows, mean, `${text} has no error by units`);
  const units = Uint32Array.from(lined, (list) => seen.get(list)!.unit);
  return valueOf(rows, mean, found.value, unitError(found.influence, units, found.influence.length), methodOf(process));
}

function weightOf(arrival: LabelArrival, age: number): number {
  return Math.min(MOST_WEIGHT, 1 / completeness(arrival, age));
}

function withError(
  rows: AnswerRows,
  mean: number,
  value: number,
  influence: Float64Array,
  total: number,
  process: LabelProcess,
): QualityValue {
  const counted = process.comes === "positives" ? rows.known.map(() => 1) : rows.known;
  const index: number[] = [];
  for (let i = 0; i < rows.n; i++) if (counted[i] === 1) index.push(i);
  const kept = Float64Array.from(index, (i) => influence[i]!);
  const units = Uint32Array.from(index, (i) => rows.units[i]!);
  return valueOf(rows, mean, value, unitError(kept, units, total), methodOf(process));
}

function methodOf({ comes, arrival }: LabelProcess): string {
  return comes === "positives"
    ? `rows count by the share of their labels that has come; ${arrival[1].method}`
    : `rows with a label weigh 1 / share that has come, at most ${MOST_WEIGHT}; ${arrival[1].method}`;
}

function valueOf(
  rows: AnswerRows,
  mean: number,
  value: number,
  error: ReturnType<typeof unitError>,
  method: string,
): QualityValue {
  const { standardError, degrees, skew, units } = error;
  const known = standardError > 0;
  return {
    value,
    standardError: known ? standardError : null,
    degrees,
    skew,
    rows: rows.n,
    labelled: count(rows.known),
    units,
    completeness: mean,
    reason: null,
    method,
  };
}

function without(rows: AnswerRows, mean: number, reason: string): QualityValue {
  const nothing = { value: null, standardError: null, degrees: 1, skew: 0, units: 0, method: "none" };
  return { ...nothing, rows: rows.n, labelled: count(rows.known), completeness: mean, reason };
}

function meanCompleteness({ n, age }: AnswerRows, { arrival }: LabelProcess): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += completeness(arrival[1], age[i]!);
  return n === 0 ? 0 : sum / n;
}

function count(flags: Uint8Array): number {
  let sum = 0;
  for (const flag of flags) sum += flag;
  return sum;
}
