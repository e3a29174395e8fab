import { findMetric } from "../../metrics/catalog.ts";
import type { MetricRequest, MomentMetric } from "../../metrics/metric.ts";
import { fillMoment } from "../../metrics/moments.ts";
import { total } from "../../metrics/totals.ts";
import type { AnswerRows } from "../answer-rows.ts";
import { testExpectations } from "../concept-test.ts";
import type { ColumnRows } from "../feature-bins.ts";
import { takeAnswers } from "../take-answers.ts";
import type { DomainFound, EstimateSettings, EstimateSide, Estimator, QualityEstimate } from "./estimator.ts";
import { binFeatures, type BinnedFeatures } from "./bin-features.ts";
import { lossVariance } from "./loss-error.ts";
import { learnLosses, type LossModel } from "./loss-model.ts";
import { judgeLosses } from "./loss-skill.ts";
import { patchMeans, quantileGroups } from "./patch-means.ts";
import { refuseTraffic } from "./refusals.ts";
import { evenly, indexOf, nothing, silent, sliceEstimates, type SliceValue, withError } from "./slice-estimates.ts";
import { unitError } from "../unit-error.ts";

/** Reference rows that losses are learnt on; a multiple of those that the features are compared by, so that these are among them. */
const LEARNT_ROWS = 20_000;
const LEAST_ROWS = 200;
const GROUPS = 10;
/** Of the mean loss: what is off by less changes no decision. */
const SMALL = 0.01;
const RELEVANT = 0.1;

/** A sum that the metric is made of, with what is expected of each row of the reference and who can say it of others. */
interface LearntMoment {
  readonly observed: Float64Array;
  readonly model: LossModel;
  /** Mean size on the reference. */
  readonly size: number;
}

interface LearntLosses {
  readonly metric: MomentMetric;
  readonly request: MetricRequest;
  readonly rows: AnswerRows;
  readonly slices: readonly Uint8Array[];
  /** Per sum of the metric; null: the count of rows, which is known. */
  readonly moments: readonly (LearntMoment | null)[];
  readonly features: BinnedFeatures;
  /** Place among the learnt rows by row of the reference. */
  readonly places: ReadonlyMap<number, number>;
  readonly method: string;
}

/**
 * Direct loss estimation (NannyML): trees learn on the reference, from features and answer, the sums that the metric is made
 * of, each row's by trees that have not seen its unit, and say them of the period's rows. Where groups of the expected loss or
 * slices are off on the reference, as it would look under the current features, they are corrected (multicalibration). The
 * error holds the spread between units, the spread of losses around what is expected of them, and the error of that.
 * Refuses where nothing that is asked or answered tells losses apart, because then no change would show.
 */
export const regressionEstimator: Estimator = {
  learn(reference, settings) {
    const learnt = learnMoments(reference, settings);
    if (typeof learnt === "string") return learnt;
    return {
      estimate: (current, domain, concept) =>
        estimateLosses(learnt, current, domain, settings, refuseTraffic(domain?.weights ?? null, concept)),
      concept(labelled) {
        const bins = learnt.features.of(columnsOf(labelled));
        const loss = learnt.moments.find((moment) => moment !== null);
        if (typeof bins === "string" || loss === undefined) return null;
        const { observed, model, size } = loss;
        const expected = { reference: model.expected.slice(), current: model.of(bins, labelled.rows.n) };
        const groups = [...quantileGroups(expected.reference, expected.current, GROUPS)];
        const places = groups.map(({ current }) => current);
        patchMeans(expected, observed, null, groups, SMALL * size);
        const variance = new Float64Array(labelled.rows.n);
        for (const [g, { reference: rows }] of groups.entries()) {
          const squares = rows.reduce((sum, i) => sum + (observed[i]! - expected.reference[i]!) ** 2, 0);
          for (const i of places[g]!) variance[i] = squares / Math.max(1, rows.length);
        }
        const came = momentOf(learnt, labelled.rows, settings, learnt.moments.indexOf(loss));
        const asked = { expected: expected.current, observed: came, variance, units: labelled.rows.units };
        return testExpectations(asked, 1, {
          leastGap: RELEVANT * size,
          words: (largest) => `${Number((largest / size).toPrecision(2))} mean losses`,
        });
      },
    };
  },
};

function learnMoments(reference: EstimateSide, settings: EstimateSettings): LearntLosses | string {
  const { metric, request } = findMetric(settings.metric, "regression");
  if (metric.shape !== "moments") {
    return `${settings.metric} is no mean over rows, and an estimate is made of what each row is expected to lose`;
  }
  if (reference.rows.n < LEAST_ROWS) {
    return `the test data have ${reference.rows.n} rows, at least ${LEAST_ROWS} are needed to learn losses`;
  }
  const chosen = evenly(reference.rows.n, LEARNT_ROWS);
  const rows = takeAnswers(reference.rows, chosen);
  const features = binFeatures(
    columnsOf({ ...reference, rows, at: Uint32Array.from(chosen, (i) => reference.at[i]!) }),
  );
  const names = metric.moments(request, settings.facts);
  const moments: (LearntMoment | null)[] = [];
  let skill = "";
  for (const [m, name] of names.entries()) {
    if (name === "n") {
      moments.push(null);
      continue;
    }
    const observed = momentOf({ metric, request, rows }, rows, settings, m);
    const model = learnLosses(features.bins, observed, rows.units, settings.seed);
    const judged = judgeLosses(observed, model.expected, rows.units);
    if (judged.refusal !== null) return `refused: ${judged.refusal}`;
    if (skill === "") skill = judged.words;
    moments.push({ observed, model, size: total(observed.map(Math.abs)) / rows.n });
  }
  const places = new Map(Array.from(chosen, (row, place) => [row, place]));
  const slices = reference.slices.map((mask) => Uint8Array.from(chosen, (i) => mask[i]!));
  return { metric, request, rows, slices, moments, features, places, method: `direct loss estimation, ${skill}` };
}

function estimateLosses(
  learnt: LearntLosses,
  current: EstimateSide,
  domain: DomainFound | null,
  settings: EstimateSettings,
  refusal: string | null,
): QualityEstimate[] {
  const bins = learnt.features.of(columnsOf(current));
  if (typeof bins === "string") return silent(current, bins);
  const shifted = domain?.weights.shifted === true;
  const used = shifted ? domain.chosen.map((row) => learnt.places.get(row)!) : Uint32Array.from(learnt.places.values());
  const weight = shifted ? domain.weights.weight : null;
  const slices = learnt.slices.map((mask) => Uint8Array.from(used, (place) => mask[place]!));
  const sums = learnt.moments.map((moment) => {
    if (moment === null) return null;
    const observed = Float64Array.from(used, (place) => moment.observed[place]!);
    const expected = {
      reference: Float64Array.from(used, (place) => moment.model.expected[place]!),
      current: moment.model.of(bins, current.rows.n),
    };
    const groups = [
      ...quantileGroups(expected.reference, expected.current, GROUPS),
      ...slices.map((mask, s) => ({ reference: indexOf(mask), current: indexOf(current.slices[s]!) })),
    ];
    patchMeans(expected, observed, weight, groups, SMALL * moment.size);
    clamp(expected.current, moment.observed);
    return { observed, ...expected };
  });
  const method = `${learnt.method}${shifted ? ", reweighted to the features as they are now" : ""}`;
  const period = { rows: current.rows, slices: current.slices, method, refusal, leastUnits: settings.leastUnits };
  const units = Uint32Array.from(used, (place) => learnt.rows.units[place]!);
  return sliceEstimates(period, (index, inside, slice): SliceValue => {
    const n = index.length;
    const { metric, request } = learnt;
    const { facts } = settings;
    const taken = sums.map((sum) => (sum === null ? null : Float64Array.from(index, (i) => sum.current[i]!)));
    const totals = Float64Array.from(taken, (each) => (each === null ? n : total(each)));
    const value = metric.value(totals, request, facts);
    if (Number.isNaN(value)) {
      return nothing(metric.undefinedWhen);
    }
    const gradient = new Float64Array(totals.length);
    metric.gradient(totals, gradient, request, facts);
    const influence = new Float64Array(n);
    const residual = new Float64Array(used.length);
    taken.forEach((each, m) => {
      for (let i = 0; i < n; i++) influence[i]! += n * gradient[m]! * (each?.[i] ?? 1);
      const sum = sums[m]!;
      if (sum === null) return;
      for (let j = 0; j < residual.length; j++) residual[j]! += gradient[m]! * (sum.observed[j]! - sum.reference[j]!);
    });
    const between = unitError(influence, inside.units, n);
    const loss = sums.findIndex((sum) => sum !== null);
    const reference = { expected: sums[loss]!.reference, residual, weight, units, inside: slices[slice]! };
    return withError(value, between, lossVariance(taken[loss]!, reference));
  });
}

/** What has never been lost is not expected either. */
function clamp(expected: Float64Array, observed: Float64Array): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of observed) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  for (let i = 0; i < expected.length; i++) expected[i] = Math.min(high, Math.max(low, expected[i]!));
}

/** One of the sums of the metric, row by row; labels around the mean of the reference's. */
function momentOf(
  { metric, request, rows: reference }: Pick<LearntLosses, "metric" | "request" | "rows">,
  rows: AnswerRows,
  { facts }: EstimateSettings,
  m: number,
): Float64Array {
  const { n, label, score } = rows;
  const labelCentre = total(reference.label) / reference.n;
  const out = new Float64Array(n);
  fillMoment(metric.moments(request, facts)[m]!, { task: "regression", n, label, score, labelCentre }, out);
  return out;
}

/** What a loss may be told by: the features, and the answer itself. */
function columnsOf({ rows, features, at }: Pick<EstimateSide, "rows" | "features" | "at">): Map<string, ColumnRows> {
  const columns = new Map<string, ColumnRows>();
  for (const [name, column] of features) columns.set(name, { column, rows: at });
  const answer = { name: "the answer", kind: "number", values: rows.score } as const;
  return columns.set("the answer", { column: answer, rows: Uint32Array.from({ length: rows.n }, (_, i) => i) });
}
