import { chooseCalibration } from "../../core/monitors/calibrate.ts";
import { type ConceptTest, conceptTest } from "../../core/monitors/concept-test.ts";
import { type DomainWeights, domainWeights } from "../../core/monitors/domain-weights.ts";
import { estimateQuality, type QualityEstimate } from "../../core/monitors/estimated-quality.ts";
import { featureBins } from "../../core/monitors/feature-bins.ts";
import type { LabelProcess } from "../../core/monitors/measured-quality.ts";
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

/** Estimates of the slices of one period of binary answers; the same rows give the same estimate. */
export function estimatePeriod(
  reference: ReferenceAnswers,
  logged: LoggedAnswers,
  index: Uint32Array,
  asked: { readonly metric: string; readonly seed: number; readonly leastUnits: number },
  concept: ConceptTest | null,
): QualityEstimate[] {
  const { rows } = reference;
  const chosen = evenly(rows.n, REFERENCE_ROWS);
  const domain = compareFeatures(reference, logged, chosen, index);
  // Weights are known of the compared rows only; without them all rows calibrate.
  const used = domain?.shifted === true ? chosen : Uint32Array.from({ length: rows.n }, (_, i) => i);
  const pick = (mask: Uint8Array): Uint8Array => Uint8Array.from(used, (i) => mask[i]!);
  return estimateQuality(
    {
      score: Float64Array.from(used, (i) => rows.score[i]!),
      label: Uint8Array.from(used, (i) => rows.label[i]!),
      slices: reference.slices.map(pick),
    },
    {
      score: Float64Array.from(index, (i) => logged.rows.score[i]!),
      predicted: Uint8Array.from(index, (i) => logged.rows.predicted![i]!),
      units: Uint32Array.from(index, (i) => logged.rows.units[i]!),
      slices: logged.slices.map((mask) =>
        typeof mask === "string" ? new Uint8Array(index.length) : Uint8Array.from(index, (i) => mask[i]!),
      ),
    },
    { ...asked, facts: reference.facts },
    domain,
    concept,
  );
}

function compareFeatures(
  reference: ReferenceAnswers,
  logged: LoggedAnswers,
  chosen: Uint32Array,
  index: Uint32Array,
): DomainWeights | null {
  const current = Uint32Array.from(evenly(index.length, CURRENT_ROWS), (i) => index[i]!);
  if (Math.min(chosen.length, current.length) < LEAST_ROWS) return null;
  const bins = [...reference.features].flatMap(([name, column]) => {
    const now = logged.features.get(name);
    const found = now === undefined ? null : featureBins(column, chosen, now, current);
    return found === null ? [] : [found];
  });
  const scores = (values: Float64Array) => ({ name: "score", kind: "number" as const, values });
  bins.push(featureBins(scores(reference.rows.score), chosen, scores(logged.rows.score), current)!);
  return domainWeights(bins, chosen.length, current.length, 1);
}

/** Holds the newest labels that are as good as complete against the probabilities that the reference gives. */
export function testConcept(
  reference: ReferenceAnswers,
  logged: LoggedAnswers,
  process: LabelProcess,
  seed: number,
): ConceptTest | null {
  const { rows, times } = logged;
  const plateau = process.arrival[1].shares.at(-1) ?? 0;
  const mature: number[] = [];
  for (let i = 0; i < rows.n; i++) {
    const told = process.comes === "positives" || rows.known[i] === 1;
    if (told && completeness(process.arrival[1], rows.age[i]!) >= MATURE * plateau) mature.push(i);
  }
  const newest = mature.toSorted((a, b) => times[b]! - times[a]!).slice(0, CONCEPT_ROWS);
  const { of } = chooseCalibration(reference.rows.score, reference.rows.label, null, seed);
  return conceptTest(
    Float64Array.from(newest, (i) => Math.min(1, Math.max(0, of(rows.score[i]!)))),
    newest.map((i) => rows.label[i]!),
    Uint32Array.from(newest, (i) => rows.units[i]!),
  );
}

function evenly(rows: number, limit: number): Uint32Array {
  const count = Math.min(rows, limit);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
