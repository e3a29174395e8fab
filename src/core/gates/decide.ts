import { maxTDifferent, maxTWorse } from "../evaluation/max-t.ts";
import { finite, studentise } from "../evaluation/studentised.ts";
import { weightedDifference } from "../evaluation/weighted-score.ts";
import type { Outcome } from "../findings.ts";
import { studentCdf } from "../statistics/student-distribution.ts";
import type { Decision, DecisionChange, SliceDecision } from "./decision.ts";
import { BASELINE_GATE, SCORE_GATE, SLICE_GATE } from "./gate-forms.ts";
import { neededUnits, type Undecided } from "./needed.ts";
import { figure } from "./figure.ts";
import { policyPower } from "./power.ts";
import type { Prepared, Tested } from "./prepare.ts";
import { scoreOf } from "./score.ts";
import type { GateResult, Score } from "./verdict.ts";

/** Weight without evidence above this share leaves the score gate not evaluated. */
export const EXCLUDED_WEIGHT_LIMIT = 0.1;

/** A gate with what `needed` must know of it. */
export interface GateState extends GateResult {
  readonly undecided: Undecided | null;
}

/**
 * Applies the policy's gates to prepared evidence, by the table "How a verdict is reached": the interval decides,
 * never the point; an empty or missing gate never passes. Fast enough for a slider when `onlyGates` is set.
 */
export function decide(prepared: Prepared, change: DecisionChange = {}): Decision {
  const { slices, gate } = prepared.input;
  const weights = change.weights ?? slices.map(({ slice }) => slice.weight);
  const margins = change.margins ?? slices.map(({ slice }) => slice.margin);
  const blocking = change.blocking ?? slices.map(({ slice }) => (slice.blocking ? 1 : 0));

  const scored = weightedDifference(prepared.pairs, weights);
  const scoreTest = scored === null ? null : prepared.test(scored);
  const score = scoreOf(prepared, weights, prepared.pairs, scoreTest, 0);
  const gates: GateState[] = [scoreGate(prepared, score, scoreTest)];
  const blockers = slices.map((_, s) => s).filter((s) => blocking[s]! > 0);
  gates.push(...blockingGates(prepared, blockers, margins));

  const baselineTests: (Tested | null)[] = [];
  const baselines = prepared.baselinePairs.map((pairs, index) => {
    const difference = weightedDifference(pairs, weights);
    const test = difference === null ? null : prepared.test(difference);
    baselineTests.push(test);
    const name = prepared.input.values.models[index + 2]!;
    const baselineScore = scoreOf(prepared, weights, pairs, test, index + 2);
    const state = baselineGate(prepared, name, baselineScore, test);
    if (gate.baselines === "better") gates.push(state);
    return { name, score: baselineScore, outcome: state.outcome };
  });

  return {
    decision: combine(gates),
    score,
    slices: change.onlyGates ? [] : sliceDecisions(prepared, margins, blocking, gates),
    baselines,
    gates: gates.map(({ name, outcome, reason, numbers }) => ({ name, outcome, reason, numbers })),
    needed: gates.flatMap((state) =>
      state.undecided === null ? [] : [neededUnits(state.name, state.undecided, gate)],
    ),
    power: change.onlyGates
      ? null
      : policyPower(prepared, { score: scoreTest, scoreValue: score, blockers, margins, baselines: baselineTests }),
  };
}

/** Any fail fails; else anything not evaluated; else anything undecided; no gate at all is not evaluated. */
export function combine(gates: readonly { readonly outcome: Outcome }[]): Outcome {
  if (gates.length === 0) return "not-evaluated";
  for (const outcome of ["fail", "not-evaluated", "not-enough-data"] as const) {
    if (gates.some((gate) => gate.outcome === outcome)) return outcome;
  }
  return "pass";
}

function scoreGate(prepared: Prepared, score: Score, test: Tested | null): GateState {
  const { gate, units } = prepared.input;
  const name = SCORE_GATE;
  const numbers = scoreNumbers(score, gate.margin);
  const reason = scoreEvidenceProblem(score, test, units, gate.minUnits);
  if (reason !== null) return { name, numbers, undecided: null, ...reason };
  const [low, high] = test!.interval;
  const pass = gate.score === "better" ? low > gate.margin : low >= -gate.margin;
  const fail = gate.score === "better" ? high <= gate.margin : high < -gate.margin;
  const outcome: Outcome = pass ? "pass" : fail ? "fail" : "not-enough-data";
  const line = gate.score === "better" ? gate.margin : -gate.margin;
  const undecided = outcome === "not-enough-data" ? { units, test: test!, threshold: line } : null;
  return { name, outcome, reason: boundsReason(outcome, test!, line), numbers, undecided };
}

function scoreEvidenceProblem(
  score: Score,
  test: Tested | null,
  units: number,
  minUnits: number,
): { outcome: Outcome; reason: string } | null {
  if (test === null || score.interval === null) {
    return { outcome: "not-evaluated", reason: score.reason ?? "no slice with a weight has evidence for both models" };
  }
  const all = score.weight.evaluated + score.weight.excluded;
  if (score.weight.excluded > EXCLUDED_WEIGHT_LIMIT * all) {
    const share = Math.round((100 * score.weight.excluded) / all);
    return { outcome: "not-evaluated", reason: `${share}% of the weight lies on slices without evidence` };
  }
  if (units < minUnits) {
    return { outcome: "not-enough-data", reason: `${units} units in all, at least ${minUnits} are needed` };
  }
  return null;
}

function blockingGates(prepared: Prepared, blockers: readonly number[], margins: ArrayLike<number>): GateState[] {
  const { slices, gate } = prepared.input;
  const judged = blockers.filter((s) => slices[s]!.counts.units >= gate.minUnits && prepared.testSlice(s) !== null);
  const adjusted = adjustedWorse(prepared, judged, margins);
  const level = (1 - gate.confidence) / 2;
  return blockers.map((s) => {
    const { slice, counts } = slices[s]!;
    const name = `${SLICE_GATE}${slice.name}`;
    const test = prepared.testSlice(s);
    const margin = margins[s]!;
    const numbers = sliceNumbers(test, counts.units, margin);
    const missing = sliceEvidenceProblem(prepared, s);
    if (missing !== null) return { name, numbers, undecided: null, ...missing };
    const p = adjusted.get(s)!;
    const pass = test!.interval[0] >= -margin;
    const fail = test!.interval[1] < -margin && p <= level;
    const outcome: Outcome = pass ? "pass" : fail ? "fail" : "not-enough-data";
    const undecided = outcome === "not-enough-data" ? { units: counts.units, test: test!, threshold: -margin } : null;
    const reason = boundsReason(outcome, test!, -margin, judged.length);
    return { name, outcome, reason, numbers: { ...numbers, adjusted_p: p, level }, undecided };
  });
}

/**
 * Adjusted p of "not worse than -margin" over a family of slices: max-T, or, for slices whose variation rests on few
 * folds (their resampled t would swallow the whole family), Student's p times the size of the family (Bonferroni).
 */
function adjustedWorse(
  prepared: Prepared,
  family: readonly number[],
  margins: ArrayLike<number>,
): ReadonlyMap<number, number> {
  const tests = new Map(family.map((s) => [s, prepared.testSlice(s)!]));
  const many = family.filter((s) => !tests.get(s)!.few);
  const adjusted = maxTWorse(many.map((s) => ({ ...tests.get(s)!, margin: margins[s]! })));
  const result = new Map(many.map((s, i) => [s, adjusted[i]!]));
  for (const s of family) {
    const { paired, effective, few } = tests.get(s)!;
    if (!few) continue;
    const t = studentise(paired.difference + margins[s]!, paired.standardError);
    result.set(s, Math.min(1, family.length * studentCdf(t, Math.max(1, effective - 1))));
  }
  return result;
}

/** Why a slice can neither pass nor fail, or null when it can. */
function sliceEvidenceProblem(prepared: Prepared, s: number): { outcome: Outcome; reason: string } | null {
  const { slices, values, gate } = prepared.input;
  const { counts } = slices[s]!;
  if (prepared.pairs[s] === null) {
    const why = values.slices[s]!.reasons.find((reason) => reason !== null);
    const reason = counts.rows === 0 ? "no rows" : (why ?? "all its rows belong to one unit or fold");
    return { outcome: counts.rows > 0 && why == null ? "not-enough-data" : "not-evaluated", reason };
  }
  if (counts.units < gate.minUnits) {
    return { outcome: "not-enough-data", reason: `${counts.units} units, at least ${gate.minUnits} are needed` };
  }
  return null;
}

function baselineGate(prepared: Prepared, baseline: string, score: Score, test: Tested | null): GateState {
  const { gate, units } = prepared.input;
  const name = `${BASELINE_GATE}${baseline}`;
  const numbers = scoreNumbers(score, 0);
  const reason = scoreEvidenceProblem(score, test, units, gate.minUnits);
  if (reason !== null) return { name, numbers, undecided: null, ...reason };
  const [low, high] = test!.interval;
  const outcome: Outcome = low > 0 ? "pass" : high <= 0 ? "fail" : "not-enough-data";
  const undecided = outcome === "not-enough-data" ? { units, test: test!, threshold: 0 } : null;
  return { name, outcome, reason: boundsReason(outcome, test!, 0), numbers, undecided };
}

function sliceDecisions(
  prepared: Prepared,
  margins: ArrayLike<number>,
  blocking: ArrayLike<number>,
  gates: readonly GateState[],
): SliceDecision[] {
  const { slices, gate } = prepared.input;
  const level = (1 - gate.confidence) / 2;
  const free = slices.map((_, s) => s).filter((s) => !(blocking[s]! > 0) && sliceEvidenceProblem(prepared, s) === null);
  const worse = adjustedWorse(prepared, free, margins);
  const many = free.filter((s) => !prepared.testSlice(s)!.few);
  const different = maxTDifferent(many.map((s) => ({ ...prepared.testSlice(s)!, margin: 0 })));
  return slices.map(({ slice }, s) => {
    const test = prepared.testSlice(s);
    const base = {
      difference: test?.paired.difference ?? null,
      interval: test === null ? null : finite(test.interval),
    };
    const state = blocking[s]! > 0 ? gates.find((entry) => entry.name === `${SLICE_GATE}${slice.name}`) : undefined;
    if (state !== undefined) return { ...base, outcome: state.outcome, reason: state.reason, flags: [] };
    const missing = sliceEvidenceProblem(prepared, s);
    if (missing !== null) return { ...base, ...missing, flags: missing.outcome === "not-enough-data" ? ["small"] : [] };
    const p = different[many.indexOf(s)] ?? 1;
    const flags = p <= 2 * level ? [test!.paired.difference < 0 ? "worse" : "better"] : [];
    const fail = test!.interval[1] < -margins[s]! && worse.get(s)! <= level;
    const outcome: Outcome = test!.interval[0] >= -margins[s]! ? "pass" : fail ? "fail" : "not-enough-data";
    return { ...base, outcome, reason: boundsReason(outcome, test!, -margins[s]!, free.length), flags };
  });
}

function boundsReason(outcome: Outcome, test: Tested, line: number, looks = 1): string {
  const [low, high] = test.interval;
  const interval = `the interval [${figure(low)}, ${figure(high)}]`;
  if (outcome === "pass") return `${interval} lies above ${figure(line)}`;
  if (outcome === "fail") return `${interval} does not reach above ${figure(line)}`;
  if (high < line) return `${interval} lies below ${figure(line)}, but not surely so after ${looks} looks`;
  return `${interval} holds ${figure(line)}`;
}

function scoreNumbers(score: Score, margin: number): GateResult["numbers"] {
  return {
    difference: score.difference,
    low: score.interval?.[0] ?? null,
    high: score.interval?.[1] ?? null,
    margin,
    excluded_weight: score.weight.excluded,
  };
}

function sliceNumbers(test: Tested | null, units: number, margin: number): GateResult["numbers"] {
  return {
    difference: test?.paired.difference ?? null,
    low: test?.interval[0] ?? null,
    high: test?.interval[1] ?? null,
    margin,
    units,
  };
}
