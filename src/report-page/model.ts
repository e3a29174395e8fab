/** What the page knows: the evidence, the settings in force, and the decision on them. */
import { decide } from "../core/gates/decide.ts";
import type { Decision, SliceDecision } from "../core/gates/decision.ts";
import type { PairedNumber, SliceResult } from "../core/gates/verdict.ts";
import type { Outcome } from "../core/findings.ts";
import { SCORE_GATE, SLICE_GATE } from "../core/gates/gate-forms.ts";
import { type Prepared, prepare } from "../core/gates/prepare.ts";
import { decisionInput } from "../core/report/decision-input.ts";
import type { Knob, Settings } from "../core/report/flip.ts";
import { knobsOf, settingsOf } from "../core/report/knobs.ts";
import type { ReportEvidence } from "../core/report/report-evidence.ts";
import { oriented } from "../core/report/slice-order.ts";
import { baselineStandsIn, type WordsFacts } from "../core/report/words.ts";

/** Beyond so many slices their own outcomes (which decide nothing) are read off the intervals, without max-T. */
const MOST_TESTED = 200;

export interface SliceView {
  readonly index: number;
  readonly slice: SliceResult;
  readonly numbers: PairedNumber | null;
  /** Oriented: positive is better. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface Model {
  readonly evidence: ReportEvidence;
  readonly direction: 1 | -1;
  readonly views: readonly SliceView[];
  readonly knobs: readonly Knob[];
  readonly issued: Settings;
  settings: Settings;
  /** On `settings`; null while they are the issued ones. */
  whatIf: Decision | null;
  prepared(): Prepared;
  outcome(index: number): Outcome;
  facts(): WordsFacts;
  update(settings: Settings): void;
  listen(listener: () => void): void;
}

export function createModel(evidence: ReportEvidence): Model {
  const { verdict, foldValues } = evidence;
  const issued = settingsOf(verdict);
  const entryWeights = new Map(evidence.policy?.entries.map((e) => [e.entry, e.weight]) ?? []);
  const listeners: (() => void)[] = [];
  let kept: Prepared | null = null;
  let blockingOutcomes = new Map<string, Outcome>();
  let sliceDecisions: readonly SliceDecision[] = [];
  let later: ReturnType<typeof setTimeout> | undefined;
  // The outcomes of slices that do not block decide nothing and cost more than a frame: they follow once the hand rests.
  const decideSlices = (): void => {
    sliceDecisions = decide(model.prepared(), model.settings).slices;
    for (const listener of listeners) listener();
  };
  const model: Model = {
    evidence,
    direction: foldValues.direction,
    views: verdict.slices.map((slice, index) => {
      const numbers = slice.metrics[verdict.metric] ?? null;
      return { index, slice, numbers, ...oriented(numbers) };
    }),
    knobs: knobsOf(verdict, entryWeights),
    issued,
    settings: issued,
    whatIf: null,
    prepared: () => (kept ??= prepare(decisionInput(evidence))),
    outcome(index) {
      const slice = verdict.slices[index];
      if (slice === undefined) return "not-evaluated";
      if (model.whatIf === null || sameRules(model.settings, issued, index)) return slice.outcome;
      if (model.settings.blocking[index] === 1) return blockingOutcomes.get(SLICE_GATE + slice.name) ?? slice.outcome;
      return sliceDecisions[index]?.outcome ?? fromInterval(model, index);
    },
    facts: () => factsOf(model),
    update(settings) {
      model.settings = settings;
      const same = sameSettings(settings, issued);
      model.whatIf = same ? null : decide(model.prepared(), { ...settings, onlyGates: true });
      blockingOutcomes = new Map(model.whatIf?.gates.map((g) => [g.name, g.outcome]) ?? []);
      clearTimeout(later);
      const rules = same || verdict.slices.every((_, i) => sameRules(settings, issued, i));
      if (rules) sliceDecisions = [];
      else if (verdict.slices.length <= MOST_TESTED) later = setTimeout(decideSlices, 150);
      for (const listener of listeners) listener();
    },
    listen: (listener) => listeners.push(listener),
  };
  return model;
}

function sameRules(a: Settings, b: Settings, index: number): boolean {
  return a.margins[index] === b.margins[index] && a.blocking[index] === b.blocking[index];
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return a.weights.every((w, i) => w === b.weights[i] && sameRules(a, b, i));
}

function fromInterval(model: Model, index: number): Outcome {
  const view = model.views[index];
  const margin = model.settings.margins[index] ?? 0;
  if (view === undefined || view.interval === null) return view?.slice.outcome ?? "not-evaluated";
  if (view.slice.units < model.evidence.gate.minUnits) return "not-enough-data";
  return view.interval[0] >= -margin ? "pass" : view.interval[1] < -margin ? "fail" : "not-enough-data";
}

function factsOf(model: Model): WordsFacts {
  const { verdict } = model.evidence;
  const now = model.whatIf;
  const gates = now?.gates ?? verdict.gates;
  return {
    decision: now?.decision ?? verdict.decision,
    champion: verdict.champion,
    challenger: verdict.challenger,
    standsIn: baselineStandsIn(verdict),
    overall: verdict.overall[verdict.metric] ?? null,
    score: now?.score ?? verdict.score,
    scoreOutcome: gates.find((g) => g.name === SCORE_GATE)?.outcome ?? "not-evaluated",
    slices: verdict.slices.map((s, i) => ({
      name: s.name,
      blocking: model.settings.blocking[i] === 1,
      outcome: model.outcome(i),
    })),
    baselines: now?.baselines ?? verdict.baselines,
  };
}
