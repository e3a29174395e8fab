import type { ConceptTest } from "../../core/monitors/concept-test.ts";
import { domainWeights } from "../../core/monitors/domain-weights.ts";
import type {
  DomainFound,
  EstimateSettings,
  EstimateSide,
  LearntEstimator,
  QualityEstimate,
} from "../../core/monitors/estimates/estimator.ts";
import { estimators } from "../../core/monitors/estimates/estimators.ts";
import { featureBins } from "../../core/monitors/feature-bins.ts";
import type { AnswerRows } from "../../core/monitors/answer-rows.ts";
import type { LabelProcess } from "../../core/monitors/measured-quality.ts";
import { takeAnswers } from "../../core/monitors/take-answers.ts";
import { completeness } from "../../core/statistics/label-delays.ts";
import type { LoggedAnswers } from "./logged-answers.ts";
import type { ReferenceAnswers } from "./reference-answers.ts";

/** Rows of a side that are compared: enough to see what matters, few enough for every look. */
const REFERENCE_ROWS = 5000;
const CURRENT_ROWS = 2000;
/** Fewer rows than this on a side tell no shift. */
const LEAST_ROWS = 100;
/** Labels this complete are what will be known. */
const MATURE = 0.9;
const CONCEPT_ROWS = 5000;

type Learnt = LearntEstimator | string;

/** Kept as long as the reference is, because learning takes longer than looking. */
const learnt = new WeakMap<ReferenceAnswers, Map<string, Learnt>>();

/** The estimator of the task, learnt on the reference; a text says why there is none for this metric. */
export function learntEstimator(reference: ReferenceAnswers, asked: Omit<EstimateSettings, "facts">): Learnt {
  const { rows, slices, features, facts } = reference;
  const ofReference = learnt.get(reference) ?? new Map<string, Learnt>();
  learnt.set(reference, ofReference);
  const key = JSON.stringify(asked);
  const known = ofReference.get(key);
  if (known !== undefined) return known;
  const side = { rows, slices, features, at: Uint32Array.from({ length: rows.n }, (_, i) => i) };
  const made = estimators[rows.task].learn(side, { ...asked, facts });
  ofReference.set(key, made);
  return made;
}

/** Estimates of the slices of one period; the same rows give the same estimate. */
export function estimatePeriod(
  estimator: LearntEstimator,
  reference: ReferenceAnswers,
  logged: LoggedAnswers,
  index: Uint32Array,
  concept: ConceptTest | null,
): QualityEstimate[] {
  return estimator.estimate(loggedSide(logged, index), compareFeatures(reference, logged, index), concept);
}

function loggedSide({ rows, slices, features }: LoggedAnswers, index: Uint32Array): EstimateSide {
  return {
    rows: takeAnswers(rows, index),
    slices: slices.map((mask) =>
      typeof mask === "string" ? new Uint8Array(index.length) : Uint8Array.from(index, (i) => mask[i]!),
    ),
    features,
    at: index,
  };
}

function compareFeatures(reference: ReferenceAnswers, logged: LoggedAnswers, index: Uint32Array): DomainFound | null {
  const chosen = evenly(reference.rows.n, REFERENCE_ROWS);
  const current = Uint32Array.from(evenly(index.length, CURRENT_ROWS), (i) => index[i]!);
  if (Math.min(chosen.length, current.length) < LEAST_ROWS) return null;
  const bins = [...reference.features].flatMap(([name, column]) => {
    const now = logged.features.get(name);
    const found = now === undefined ? null : featureBins(column, chosen, now, current);
    return found === null ? [] : [found];
  });
  const answers = (values: Float64Array) => ({ name: "score", kind: "number" as const, values });
  const now = answerColumns(logged.rows);
  answerColumns(reference.rows).forEach((values, c) => {
    bins.push(featureBins(answers(values), chosen, answers(now[c]!), current)!);
  });
  const units = [...chosen.map((row) => reference.rows.units[row]!), ...current.map((row) => logged.rows.units[row]!)];
  return { weights: domainWeights(bins, chosen.length, current.length, 1, units), chosen };
}

/** What the model says, as columns that two sides can be told apart by. */
function answerColumns({ task, n, score, predicted, probabilities }: AnswerRows): Float64Array[] {
  if (task !== "multiclass") return [score];
  const decided = Float64Array.from(predicted!);
  const width = probabilities === null ? 0 : probabilities.length / n;
  const surest = Float64Array.from({ length: n }, (_, i) => {
    let most = width === 0 ? Number.NaN : probabilities![i * width]!;
    for (let c = 1; c < width; c++) most = Math.max(most, probabilities![i * width + c]!);
    return most;
  });
  return [decided, surest];
}

/** Holds the newest labels that are as good as complete against what the reference lets expect. */
export function testConcept(
  estimator: LearntEstimator,
  logged: LoggedAnswers,
  process: LabelProcess,
): ConceptTest | null {
  const { rows, times } = logged;
  const plateau = process.arrival[1].shares.at(-1) ?? 0;
  const mature: number[] = [];
  for (let i = 0; i < rows.n; i++) {
    const told = process.comes === "positives" || rows.known[i] === 1;
    if (told && completeness(process.arrival[1], rows.age[i]!) >= MATURE * plateau) mature.push(i);
  }
  const newest = mature.toSorted((a, b) => times[b]! - times[a]!).slice(0, CONCEPT_ROWS);
  return newest.length === 0 ? null : estimator.concept(loggedSide(logged, Uint32Array.from(newest)));
}

function evenly(rows: number, limit: number): Uint32Array {
  const count = Math.min(rows, limit);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
