/** A report's evidence as `prepare` and `decide` take it, and the search for the smallest change on it. */
import { decide } from "../gates/decide.ts";
import type { DecisionInput } from "../gates/decision.ts";
import { type Prepared, prepare } from "../gates/prepare.ts";
import type { FlipInput, Settings } from "./flip.ts";
import { smallestFlip } from "./flip.ts";
import { flipInWords } from "./flip-words.ts";
import { knobsOf, settingsOf } from "./knobs.ts";
import type { ReportEvidence } from "./report-evidence.ts";

export function decisionInput(evidence: ReportEvidence): DecisionInput {
  const { verdict } = evidence;
  return {
    values: evidence.foldValues,
    // The condition itself is not needed to decide; the verdict keeps it in the policy's form.
    slices: verdict.slices.map((s) => ({ slice: { ...s, where: null }, counts: s })),
    units: verdict.counts.units,
    gate: evidence.gate,
    seed: verdict.seed,
  };
}

/** What the search for the smallest change needs, over prepared evidence. */
export function flipInput(evidence: ReportEvidence, prepared: Prepared, settings: Settings): FlipInput {
  const entries = new Map(evidence.policy?.entries.map((e) => [e.entry, e.weight]) ?? []);
  return {
    settings,
    knobs: knobsOf(evidence.verdict, entries),
    decide: (s) => decide(prepared, { ...s, onlyGates: true }),
    largestMargin: (s) => {
      const low = prepared.testSlice(s)?.interval[0];
      return low === undefined || !Number.isFinite(low) ? 0 : Math.max(0, -low);
    },
  };
}

/**
 * The lines of *would flip* for a terminal: the smallest single change of the policy that gives another decision.
 * @param prepared the evidence as the verdict prepared it, so that no slice is resampled twice
 */
export function wouldFlip(evidence: ReportEvidence, prepared: Prepared = prepare(decisionInput(evidence))): string[] {
  return flipInWords(smallestFlip(flipInput(evidence, prepared, settingsOf(evidence.verdict))));
}
