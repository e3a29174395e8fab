import { findMetric } from "../../metrics/catalog.ts";
import { evaluateMasses } from "../../metrics/evaluate-weighted.ts";
import { type Calibration, chooseCalibration } from "../calibrate.ts";
import { type ConceptTest, conceptTest } from "../concept-test.ts";
import type { DomainWeights } from "../domain-weights.ts";
import { unitError } from "../unit-error.ts";
import type { EstimateSettings, Estimator, QualityEstimate } from "./estimator.ts";
import { refuseCalibration, refuseTraffic } from "./refusals.ts";
import { nothing, type SliceValue, withError } from "./slice-estimates.ts";

/** Answers of a version on rows with known labels that it was not trained on. */
export interface ReferenceRows {
  readonly score: Float64Array;
  /** 0 or 1. */
  readonly label: ArrayLike<number>;
  /** Per slice: 1 where the row is in it. */
  readonly slices: readonly Uint8Array[];
}

/** Answers of one period, without labels. */
export interface CurrentRows {
  readonly score: Float64Array;
  readonly predicted: Uint8Array;
  readonly units: Uint32Array;
  readonly slices: readonly Uint8Array[];
}

/** Reference rows of a slice that may correct its calibration. */
const SLICE_ROWS = 100;
const LEAST_GAP = 0.005;
const ROUNDS = 5;
/** Bins by which the calibration's own error is judged. */
const ERROR_BINS = 20;

/** CBPE and PAPE of two classes. */
export const binaryEstimator: Estimator = {
  learn: ({ rows, slices }, settings) => ({
    estimate({ rows: now, slices: inside }, domain, concept) {
      const weights = domain?.weights ?? null;
      // Weights are known of the compared rows only; without them all rows calibrate.
      const used = weights?.shifted === true ? domain!.chosen : Uint32Array.from({ length: rows.n }, (_, i) => i);
      const reference = {
        score: Float64Array.from(used, (i) => rows.score[i]!),
        label: Uint8Array.from(used, (i) => rows.label[i]!),
        slices: slices.map((mask) => Uint8Array.from(used, (i) => mask[i]!)),
      };
      const { score, units } = now;
      const current = { score, predicted: now.predicted as Uint8Array, units, slices: inside };
      return estimateBinary(reference, current, settings, weights, concept);
    },
    concept({ rows: labelled }) {
      const { of } = chooseCalibration(rows.score, rows.label, null, settings.seed);
      const probability = labelled.score.map((score) => Math.min(1, Math.max(0, of(score))));
      return conceptTest(probability, labelled.label, labelled.units);
    },
  }),
};

/**
 * Quality of answers whose labels have not come, per slice (METHODS 7): CBPE, with the probabilities recalibrated on the
 * reference as it would look under the current features where these moved (PAPE), and corrected on every slice where they
 * are off (multicalibration). The error holds the spread between units, the chance of the labels themselves
 * (Poisson-binomial) and the error of the calibration. Refuses, with the reason, where the reference does not carry it.
 * @param domain weights of the reference rows; null: the features could not be compared
 * @param concept what labels that came say of the probabilities; null: none have
 */
export function estimateBinary(
  reference: ReferenceRows,
  current: CurrentRows,
  settings: EstimateSettings,
  domain: DomainWeights | null,
  concept: ConceptTest | null,
): QualityEstimate[] {
  const weight = domain?.shifted === true ? domain.weight : null;
  const method = weight === null ? "CBPE" : "PAPE";
  const calibration = chooseCalibration(reference.score, reference.label, weight, settings.seed);
  const name = `${method}${calibration.fitted ? ", isotonic calibration" : ", scores as they are"}`;
  const refusal = refuse(domain, calibration, concept);
  const patched = patchSlices(reference, current, calibration, weight);
  return current.slices.map((mask) => {
    const index: number[] = [];
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) index.push(i);
    const units = Uint32Array.from(index, (i) => current.units[i]!);
    const known = { rows: index.length, units: new Set(units).size, method: name };
    const nothing = { ...known, value: null, standardError: null, degrees: 1, skew: 0 };
    if (refusal !== null) return { ...nothing, reason: refusal };
    if (known.units < settings.leastUnits) {
      return { ...nothing, reason: `${known.units} units, at least ${settings.leastUnits} are needed` };
    }
    return { ...known, ...ofSlice(index, units, reference, current, patched, weight, settings) };
  });
}

function refuse(
  domain: DomainWeights | null,
  { error, chance }: Calibration,
  concept: ConceptTest | null,
): string | null {
  if (error === null) return "refused: the reference has too few rows of both classes to calibrate on";
  return refuseCalibration(error, chance) ?? refuseTraffic(domain, concept);
}

interface Patched {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Shifts the probabilities of every slice whose mean is off on the reference, again and again (Hebert-Johnson 2018). */
function patchSlices(
  reference: ReferenceRows,
  current: CurrentRows,
  calibration: Calibration,
  weight: Float64Array | null,
): Patched {
  const inside = (p: number): number => Math.min(1, Math.max(0, p));
  const own = reference.score.map((score) => inside(calibration.of(score)));
  const now = current.score.map((score) => inside(calibration.of(score)));
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    reference.slices.forEach((mask, s) => {
      let mass = 0;
      let squares = 0;
      let gap = 0;
      let spread = 0;
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] !== 1) continue;
        const w = weight?.[i] ?? 1;
        mass += w;
        squares += w * w;
        gap += w * (reference.label[i]! - own[i]!);
        spread += w * w * own[i]! * (1 - own[i]!);
      }
      if (!(mass > 0) || (mass * mass) / squares < SLICE_ROWS) return;
      const mean = gap / mass;
      if (Math.abs(mean) <= Math.max(LEAST_GAP, (2 * Math.sqrt(spread)) / mass)) return;
      moved = true;
      for (let i = 0; i < mask.length; i++) if (mask[i] === 1) own[i] = inside(own[i]! + mean);
      const here = current.slices[s]!;
      for (let i = 0; i < here.length; i++) if (here[i] === 1) now[i] = inside(now[i]! + mean);
    });
    if (!moved) break;
  }
  return { reference: own, current: now };
}

function ofSlice(
  index: readonly number[],
  units: Uint32Array,
  reference: ReferenceRows,
  current: CurrentRows,
  patched: Patched,
  weight: Float64Array | null,
  { metric, facts }: EstimateSettings,
): SliceValue {
  const n = index.length;
  const positive = Float64Array.from(index, (i) => patched.current[i]!);
  const score = Float64Array.from(index, (i) => current.score[i]!);
  const predicted = Uint8Array.from(index, (i) => current.predicted[i]!);
  const negative = positive.map((p) => 1 - p);
  const found = evaluateMasses(metric, { n, score, predicted, positive, negative }, facts);
  if (Number.isNaN(found.value)) {
    return nothing(findMetric(metric, "binary").metric.undefinedWhen);
  }
  const influence = positive.map((p, i) => p * found.positive[i]! + (1 - p) * found.negative[i]!);
  const between = unitError(influence, units, found.total);
  const effect = positive.map((_, i) => (found.positive[i]! - found.negative[i]!) / found.total);
  const labels = effect.reduce((sum, e, i) => sum + e * e * positive[i]! * negative[i]!, 0);
  return withError(found.value, between, labels + calibrationVariance(score, effect, reference, patched, weight));
}

/** Per bin of reference scores: the error of its mean label, times what the bin's rows do to the metric. */
function calibrationVariance(
  score: Float64Array,
  effect: Float64Array,
  reference: ReferenceRows,
  patched: Patched,
  weight: Float64Array | null,
): number {
  const sorted = reference.score.slice().sort();
  const edges = Array.from(
    { length: ERROR_BINS - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / ERROR_BINS)]!,
  );
  const binOf = (value: number): number => {
    let bin = 0;
    while (bin < edges.length && value >= edges[bin]!) bin++;
    return bin;
  };
  const moves = new Float64Array(ERROR_BINS);
  score.forEach((one, i) => (moves[binOf(one)]! += effect[i]!));
  const mass = new Float64Array(ERROR_BINS);
  const spread = new Float64Array(ERROR_BINS);
  reference.score.forEach((one, i) => {
    const bin = binOf(one);
    const w = weight?.[i] ?? 1;
    const p = patched.reference[i]!;
    mass[bin]! += w;
    spread[bin]! += w * w * p * (1 - p);
  });
  let variance = 0;
  for (let bin = 0; bin < ERROR_BINS; bin++) {
    if (mass[bin]! > 0) variance += (moves[bin]! ** 2 * spread[bin]!) / mass[bin]! ** 2;
  }
  return variance;
}
