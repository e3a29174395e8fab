import { findMetric } from "../../metrics/catalog.ts";
import { listValue, rankedLists } from "../../metrics/evaluate-metric.ts";
import type { ListMetric, MetricRequest } from "../../metrics/metric.ts";
import type { AnswerRows } from "../answer-rows.ts";
import { chooseCalibration } from "../calibrate.ts";
import { conceptTest } from "../concept-test.ts";
import { takeAnswers } from "../take-answers.ts";
import { unitError } from "../unit-error.ts";
import type { DomainFound, Estimator } from "./estimator.ts";
import { type ExpectedList, expectList, listSpread } from "./list-relevance.ts";
import { refuseCalibration, refuseTraffic } from "./refusals.ts";
import { evenly, indexOf, nothing, sliceEstimates, type SliceValue, withError } from "./slice-estimates.ts";

/** Lists of the reference that are looked at, spread evenly. */
const MOST_LISTS = 2000;
/** Draws of a list: fewer where there are many lists to average over. */
const ROW_DRAWS = 500_000;
const DRAWS = [10, 100] as const;
/** What is expected of all of the reference may be off what was measured there by this much of it, and is put right. */
const MOST_OFF = 0.1;
const SURELY = 2;
/** Fewer lists of a slice tell less of the estimate's own error than all lists do. */
const LEAST_LISTS = 30;

/** A list of the reference: what was measured, and what would have been expected. */
interface KnownList {
  readonly expected: ExpectedList;
  /** NaN where the list does not count. */
  readonly measured: number;
  readonly unit: number;
  /** Rows of the reference. */
  readonly rows: readonly number[];
}

/**
 * Rankings by calibrated relevance (METHODS 7): scores become probabilities of relevance (isotonic), lists differ in how much is
 * relevant by an effect of their own, and the metric is its mean over draws of labels. What this expects of the reference is
 * held against what was measured there: where it is far off as a whole the estimate is refused, else the difference is carried
 * over with its error, slice by slice and reweighted to the features as they are now.
 */
export const rankingEstimator: Estimator = {
  learn(reference, settings) {
    const { metric, request } = findMetric(settings.metric, "ranking");
    if (metric.shape !== "list") return `${settings.metric} hangs on no label; what is shown tells it`;
    const { rows } = reference;
    const grades = new Set(rows.label.filter((label) => label !== 0));
    if (metric.graded === true && (grades.size > 1 || [...grades].some((grade) => grade < 0))) {
      return `${settings.metric} counts grades of relevance, and a score tells only relevant from not`;
    }
    const relevant = Uint8Array.from(rows.label, (label) => (label > 0 ? 1 : 0));
    const calibration = chooseCalibration(rows.score, relevant, null, settings.seed);
    if (calibration.error === null) return "the test data have too few relevant rows to calibrate scores on";
    const off = refuseCalibration(calibration.error, calibration.chance, "relevances");
    if (off !== null) return off;
    const relevanceOf = (score: number): number => Math.min(1, Math.max(0, calibration.of(score)));
    const lists = some(listsOf(rows)).map((index) => ({
      probability: index.map((i) => relevanceOf(rows.score[i]!)),
      relevant: index.map((i) => relevant[i]!),
    }));
    const maker = { metric, request, relevanceOf, spread: listSpread(lists), seed: settings.seed };
    const bySlice = new Map<number, KnownList[]>();
    const known = (slice: number): KnownList[] => {
      const found = bySlice.get(slice) ?? knownLists(maker, rows, reference.slices[slice]!);
      bySlice.set(slice, found);
      return found;
    };
    const whole = gapOf(known(0), null);
    if (whole === null) return `the test data have no ${settings.metric}: ${metric.undefinedWhen}`;
    if (Math.abs(whole.off) > Math.max(MOST_OFF * Math.abs(whole.measured), SURELY * whole.error)) {
      const said = [whole.measured - whole.off, whole.measured].map((one) => Number(one.toPrecision(3)));
      return `refused: relevances expect ${settings.metric} ${said[0]} of the test data, and ${said[1]} was measured there`;
    }
    const method = `expected relevance, ${calibration.fitted ? "isotonic calibration" : "scores as they are"}, list effect ${Number(maker.spread.toPrecision(2))}`;
    return {
      estimate(current, domain, concept) {
        const refusal = refuseTraffic(domain?.weights ?? null, concept);
        const shifted = domain?.weights.shifted === true;
        const { leastUnits } = settings;
        const period = { rows: current.rows, slices: current.slices, refusal, leastUnits };
        const words = `${method}${shifted ? ", reweighted to the features as they are now" : ""}`;
        const weightOf = shifted ? rowWeights(domain) : null;
        return sliceEstimates({ ...period, method: words }, (_index, inside, slice) =>
          ofSlice(maker, inside, [known(slice), known(0)], weightOf),
        );
      },
      concept({ rows: labelled }) {
        const hits = Uint8Array.from(labelled.label, (label) => (label > 0 ? 1 : 0));
        const lists = labelled.lists!;
        const units = new Set(labelled.units).size > new Set(lists).size ? lists : labelled.units;
        return conceptTest(labelled.score.map(relevanceOf), hits, units);
      },
    };
  },
};

interface ListMaker {
  readonly metric: ListMetric;
  readonly request: MetricRequest;
  readonly relevanceOf: (score: number) => number;
  readonly spread: number;
  readonly seed: number;
}

/** Rows of each list, best first, ties as an evaluation breaks them. */
function listsOf({ n, score, lists, items }: AnswerRows): number[][] {
  const item = Int32Array.from({ length: n }, (_, i) => items?.[i] ?? i);
  return rankedLists({ n, score, list: Int32Array.from(lists!), item });
}

function some(lists: number[][]): number[][] {
  return Array.from(evenly(lists.length, MOST_LISTS), (k) => lists[k]!);
}

function expectedOf({ metric, request, relevanceOf, spread, seed }: ListMaker, rows: AnswerRows, lists: number[][]) {
  const items = lists.reduce((sum, list) => sum + list.length, 0);
  const draws = Math.round(Math.min(DRAWS[1], Math.max(DRAWS[0], ROW_DRAWS / Math.max(1, items))));
  const expected = lists.map((index, k) => {
    const probability = index.map((i) => relevanceOf(rows.score[i]!));
    return expectList(metric, request, probability, { spread, draws, seed: seed + k });
  });
  return { expected, draws };
}

function knownLists(maker: ListMaker, rows: AnswerRows, mask: Uint8Array): KnownList[] {
  const index = indexOf(mask);
  const inside = takeAnswers(rows, index);
  const lists = some(listsOf(inside));
  const { expected } = expectedOf(maker, inside, lists);
  return lists.map((list, k) => ({
    expected: expected[k]!,
    measured: listValue(
      maker.metric,
      maker.request,
      list.map((i) => inside.label[i]!),
    ),
    unit: inside.units[list[0]!]!,
    rows: list.map((i) => index[i]!),
  }));
}

function rowWeights({ weights, chosen }: DomainFound): (row: number) => number | undefined {
  const byRow = new Map(Array.from(chosen, (row, k) => [row, weights.weight[k]!]));
  return (row) => byRow.get(row);
}

function ofSlice(
  maker: ListMaker,
  rows: AnswerRows,
  [own, all]: readonly [readonly KnownList[], readonly KnownList[]],
  weightOf: ((row: number) => number | undefined) | null,
): SliceValue {
  const lists = listsOf(rows);
  const { expected, draws } = expectedOf(maker, rows, lists);
  const counts = expected.reduce((sum, list) => sum + list.counts, 0);
  if (!(counts > 0)) return nothing(maker.metric.undefinedWhen);
  const value = expected.reduce((sum, list) => sum + list.value, 0) / counts;
  const gap = gapOf(own.length >= LEAST_LISTS ? own : all, weightOf);
  if (gap === null) return nothing("no list of the test data tells how far such an estimate is off");
  const { off, error, inflation } = gap;
  const influence = Float64Array.from(expected, (list) => list.value - value * list.counts);
  const units = Uint32Array.from(lists, (list) => rows.units[list[0]!]!);
  const between = unitError(influence, units, counts);
  const labels = inflation * expected.reduce((sum, list) => sum + labelVariance(list, value), 0);
  const [low, high] = maker.metric.range;
  const elsewhere = ((1 + 1 / draws) * labels) / counts ** 2 + error ** 2;
  return withError(Math.min(high, Math.max(low, value + off)), between, elsewhere);
}

/** What a list's labels may do to the mean over lists, times their number. */
function labelVariance({ valueVariance, countVariance, covariance }: ExpectedList, mean: number): number {
  return Math.max(0, valueVariance + mean * mean * countVariance - 2 * mean * covariance);
}

interface Gap {
  readonly measured: number;
  /** Measured less expected. */
  readonly off: number;
  /** Of that, as units give it. */
  readonly error: number;
  /** How much more the lists of a unit scatter together than their labels by themselves let expect; 1 or more. */
  readonly inflation: number;
}

/** What is expected of the reference against what was measured; null where nothing was. */
function gapOf(lists: readonly KnownList[], weightOf: ((row: number) => number | undefined) | null): Gap | null {
  const weighed = lists.map((list) => ({ ...list, weight: weightOf === null ? 1 : meanWeight(list.rows, weightOf) }));
  let [hits, counted, expected, counts] = [0, 0, 0, 0];
  for (const { measured, expected: own, weight } of weighed) {
    if (!Number.isNaN(measured)) {
      hits += weight * measured;
      counted += weight;
    }
    expected += weight * own.value;
    counts += weight * own.counts;
  }
  if (!(counted > 0) || !(counts > 0)) return null;
  const measured = hits / counted;
  const mean = expected / counts;
  const byUnit = new Map<number, number>();
  for (const list of weighed) {
    const came = Number.isNaN(list.measured) ? 0 : (list.measured - measured) / counted;
    const e = list.weight * (came - (list.expected.value - mean * list.expected.counts) / counts);
    byUnit.set(list.unit, (byUnit.get(list.unit) ?? 0) + e);
  }
  let squares = 0;
  for (const e of byUnit.values()) squares += e * e;
  const labels = weighed.reduce((sum, list) => sum + list.weight ** 2 * labelVariance(list.expected, mean), 0);
  const inflation = labels > 0 ? Math.max(1, (squares * counts * counts) / labels) : 1;
  return { measured, off: measured - mean, error: Math.sqrt(squares), inflation };
}

/** Of the list's rows that were compared; a list without any counts nothing. */
function meanWeight(rows: readonly number[], weightOf: (row: number) => number | undefined): number {
  const known = rows.map(weightOf).filter((weight) => weight !== undefined);
  return known.length === 0 ? 0 : known.reduce((sum, weight) => sum + weight, 0) / known.length;
}
