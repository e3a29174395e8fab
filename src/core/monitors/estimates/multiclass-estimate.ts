import { findMetric } from "../../metrics/catalog.ts";
import { evaluateClassMasses } from "../../metrics/evaluate-class-masses.ts";
import type { Calibration } from "../calibrate.ts";
import { calibrationError } from "../calibrate.ts";
import { type ConceptTest, conceptTest } from "../concept-test.ts";
import type { AnswerRows } from "../answer-rows.ts";
import { takeAnswers } from "../take-answers.ts";
import { unitError } from "../unit-error.ts";
import { applyCalibrations, calibrateClasses, patchGroups, type ShareGroup } from "./class-calibration.ts";
import { classCalibrationVariance } from "./class-calibration-error.ts";
import type { EstimateSettings, EstimateSide, Estimator, QualityEstimate } from "./estimator.ts";
import { evenly, indexOf, silent, sliceEstimates, type SliceValue } from "./slice-estimates.ts";
import { percent, refuseCalibration, refuseTraffic } from "./refusals.ts";

/** Reference rows that calibrate: enough for every class, few enough for every look. */
const LEARNT_ROWS = 20_000;
/** A class that makes less than this of the answers need not be known to the reference. */
const RARE_CLASS = 0.01;
/** Answers without probabilities may be so many. */
const MOST_WITHOUT = 0.05;
/** More classes are corrected by slice alone. */
const MOST_PATCHED_CLASSES = 50;

/**
 * CBPE and PAPE of several classes: each class is calibrated against the rest and the classes are brought to the sum 1, as
 * NannyML does; then the probabilities are corrected on every slice, and for every predicted class in it, where they are off
 * (multicalibration), so that the expected confusions are right. The error holds the spread between units,
 * the chance of the labels (categorical) and the error of the calibrations.
 */
export const multiclassEstimator: Estimator = {
  learn(reference, settings) {
    const { probabilities, n } = reference.rows;
    if (probabilities === null) return "an estimate is made of probabilities, and the version names classes alone";
    const chosen = evenly(n, LEARNT_ROWS);
    const width = settings.facts.classes.length;
    const learnt = calibrated(reference, chosen, null, settings);
    return {
      estimate(current, domain, concept) {
        if (current.rows.probabilities === null)
          return silent(current, "the log holds no probabilities of the classes");
        const weight = domain?.weights.shifted === true ? domain.weights.weight : null;
        const side = weight === null ? learnt : calibrated(reference, domain!.chosen, weight, settings);
        const refusal = (shares: Float64Array): string | null =>
          refuse(learnt, shares, settings) ?? refuseTraffic(domain?.weights ?? null, concept);
        return estimateClasses(side, current, weight, settings, refusal);
      },
      concept({ rows }) {
        const index = [...rows.label.keys()].filter(
          (i) => !Number.isNaN(rows.probabilities?.[i * width] ?? Number.NaN),
        );
        const known = takeAnswers(rows, index);
        if (known.n === 0) return null;
        const shares = applyCalibrations({ values: known.probabilities!, width }, learnt.calibrations);
        return testClasses(shares, known, settings.facts.classes);
      },
    };
  },
};

interface CalibratedSide {
  readonly rows: AnswerRows;
  readonly slices: readonly Uint8Array[];
  readonly calibrations: readonly Calibration[];
  /** Calibrated, not patched. */
  readonly shares: Float64Array;
}

function calibrated(
  { rows, slices }: EstimateSide,
  chosen: Uint32Array,
  weight: Float64Array | null,
  { facts, seed }: EstimateSettings,
): CalibratedSide {
  const own = takeAnswers(rows, chosen);
  const raw = { values: own.probabilities!, width: facts.classes.length };
  const calibrations = calibrateClasses(raw, own.label, weight, seed);
  return {
    rows: own,
    slices: slices.map((mask) => Uint8Array.from(chosen, (i) => mask[i]!)),
    calibrations,
    shares: applyCalibrations(raw, calibrations),
  };
}

function refuse({ rows, calibrations, shares }: CalibratedSide, now: Float64Array, { facts }: EstimateSettings) {
  const width = facts.classes.length;
  const n = now.length / width;
  for (const [c, { error, chance }] of calibrations.entries()) {
    let share = 0;
    for (let i = 0; i < n; i++) share += now[i * width + c]! / n;
    if (share < RARE_CLASS) continue;
    const name = facts.classes[c];
    if (error === null) {
      return `refused: the reference has too few rows of class ${name} to calibrate on, and it makes ${percent(share)} of the answers`;
    }
    const off = refuseCalibration(error, chance, `probabilities of class ${name}`);
    if (off !== null) return off;
  }
  const decided = rows.predicted!;
  const index = [...decided.keys()].filter((i) => decided[i]! >= 0);
  const top = calibrationError(
    index.map((i) => shares[i * width + decided[i]!]!),
    index.map((i) => (rows.label[i] === decided[i] ? 1 : 0)),
  );
  return refuseCalibration(top.error, top.chance, "probabilities of the predicted class");
}

function estimateClasses(
  side: CalibratedSide,
  current: EstimateSide,
  weight: Float64Array | null,
  settings: EstimateSettings,
  refusalOf: (shares: Float64Array) => string | null,
): QualityEstimate[] {
  const { facts, leastUnits } = settings;
  const width = facts.classes.length;
  const raw = current.rows.probabilities!;
  const told = [...current.rows.units.keys()].filter((i) => !Number.isNaN(raw[i * width]!));
  const missing = 1 - told.length / current.rows.n;
  if (missing > MOST_WITHOUT)
    return silent(current, `the log holds no probabilities for ${percent(missing)} of the rows`);
  const rows = takeAnswers(current.rows, told);
  const shares = applyCalibrations({ values: rows.probabilities!, width }, side.calibrations);
  const refusal = refusalOf(shares);
  const method = methodOf(side, weight);
  const slices = current.slices.map((mask) => Uint8Array.from(told, (i) => mask[i]!));
  const patched = { reference: side.shares.slice(), current: shares };
  const groups = groupsOf(side, rows, slices, width);
  patchGroups(patched.reference, patched.current, side.rows.label, weight, groups, width);
  return sliceEstimates({ rows, slices, method, refusal, leastUnits }, (index, inside) => {
    const mass = new Float64Array(index.length * width);
    index.forEach((i, k) => mass.set(patched.current.subarray(i * width, (i + 1) * width), k * width));
    return ofSlice(inside, mass, side, patched.reference, weight, settings);
  });
}

/** Every slice, and in it the rows of every predicted class, so that the confusions are right on average. */
function groupsOf(side: CalibratedSide, rows: AnswerRows, slices: readonly Uint8Array[], width: number): ShareGroup[] {
  return slices.flatMap((mask, s) => {
    const reference = indexOf(side.slices[s]!);
    const current = indexOf(mask);
    const classes = width <= MOST_PATCHED_CLASSES ? Array.from({ length: width }, (_, c) => c) : [];
    const byClass = classes.map((c) => ({
      reference: reference.filter((i) => side.rows.predicted![i] === c),
      current: current.filter((i) => rows.predicted![i] === c),
    }));
    return [{ reference, current }, ...byClass];
  });
}

function ofSlice(
  rows: AnswerRows,
  mass: Float64Array,
  side: CalibratedSide,
  reference: Float64Array,
  weight: Float64Array | null,
  { metric, facts }: EstimateSettings,
): SliceValue {
  const { n, units } = rows;
  const width = facts.classes.length;
  const probabilities = rows.probabilities!;
  const block = { n, width, predicted: rows.predicted as Int32Array, probabilities, mass };
  const found = evaluateClassMasses(metric, block, facts);
  if (Number.isNaN(found.value)) {
    const { undefinedWhen } = findMetric(metric, "multiclass").metric;
    return { value: null, standardError: null, degrees: 1, skew: 0, reason: undefinedWhen };
  }
  const expected = new Float64Array(n);
  const effect = new Float64Array(n * width);
  let labels = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let c = 0; c < width; c++) {
      const at = i * width + c;
      expected[i]! += mass[at]! * found.influence[at]!;
      squares += mass[at]! * found.influence[at]! ** 2;
    }
    labels += (squares - expected[i]! ** 2) / found.total ** 2;
    // The classes sum to 1: more of one is less of the others.
    for (let c = 0; c < width; c++) {
      effect[i * width + c] = (found.influence[i * width + c]! - expected[i]!) / found.total;
    }
  }
  const between = unitError(expected, units, found.total);
  const now = { values: probabilities, width };
  const then = { values: side.rows.probabilities!, width };
  const variance = between.standardError ** 2 + labels + classCalibrationVariance(now, effect, then, reference, weight);
  return {
    value: found.value,
    standardError: variance > 0 ? Math.sqrt(variance) : null,
    degrees: between.degrees,
    skew: between.skew,
    reason: null,
  };
}

/** Each class is asked by itself, at a level that is shared by all. */
function testClasses(shares: Float64Array, rows: AnswerRows, classes: readonly string[]): ConceptTest | null {
  const width = classes.length;
  let found: ConceptTest | null = null;
  for (let c = 0; c < width; c++) {
    const test = conceptTest(
      Float64Array.from({ length: rows.n }, (_, i) => shares[i * width + c]!),
      Uint8Array.from(rows.label, (label) => (label === c ? 1 : 0)),
      rows.units,
      width,
    );
    if (test === null) return null;
    const own = {
      ...test,
      reason: test.reason.replace("labels that came", `labels that came, of class ${classes[c]},`),
    };
    if (found === null || Number(own.changed) > Number(found.changed) || own.pValue! < found.pValue!) found = own;
  }
  return found;
}

function methodOf({ calibrations }: CalibratedSide, weight: Float64Array | null): string {
  const fitted = calibrations.filter((one) => one.fitted).length;
  const how =
    fitted === 0 ? "scores as they are" : `isotonic calibration of ${fitted} of ${calibrations.length} classes`;
  return `${weight === null ? "CBPE" : "PAPE"}, ${how}`;
}
