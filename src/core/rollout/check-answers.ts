import { type GuardrailCheck, judged, nothing } from "./guardrail-check.ts";
import { ASYMPTOTIC, bounds, type CheckLevels, rarerBounds } from "./harm-bounds.ts";
import { noSums } from "./ratio-sums.ts";
import type { Guardrail } from "./release-policy.ts";
import type { StepEvidence } from "./stage-evidence.ts";

/** With so many answers and nothing to cut them by, there will never be anything. */
const MANY_ANSWERS = 5000;

/** The largest distance between the two distributions of answers, over fixed cuts. */
export function checkAnswers(
  guardrail: Guardrail,
  steps: readonly StepEvidence[],
  levels: CheckLevels,
): GuardrailCheck {
  const present = steps.at(-1)!;
  const cuts = Math.min(present.control.answers.length, present.treatment.answers.length);
  if (cuts === 0) {
    const seen = Math.min(present.control.requests, present.treatment.requests);
    if (seen < MANY_ANSWERS) return nothing(guardrail, "no answers to compare yet");
    return { ...nothing(guardrail, "the answers are neither numbers nor classes"), outcome: "none" };
  }
  // Either way is harm: two sides for each cut.
  const share = (level: number): number => level / (2 * cuts);
  const own = steps.filter(
    (step) => step.position.stage === present.position.stage && step.control.answers.length === cuts,
  );
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let harm: number | null = null;
  let notReady: string | null = null;
  for (let cut = 0; cut < cuts; cut++) {
    const pair = (step: StepEvidence) =>
      [step.control.answers[cut] ?? noSums, step.treatment.answers[cut] ?? noSums] as const;
    const now = bounds([pair(present)], share(levels.step), levels.expectedN, "share");
    const clearing = bounds(own.map(pair), levels.clear / 2, levels.expectedN, "share");
    // Where almost all answers are on one side of a cut, only exact bounds hold.
    const exact = rarerBounds(...pair(present), share(levels.step), levels.clear / 2);
    low = Math.max(low, now.low, -now.high, exact.breach.low, -exact.breach.high);
    const widest = Math.max(Math.abs(clearing.high), Math.abs(clearing.low));
    high = Math.max(high, Math.min(widest, Math.max(Math.abs(exact.clear.low), Math.abs(exact.clear.high))));
    if (clearing.harm !== null) harm = Math.max(harm ?? 0, Math.abs(clearing.harm));
    notReady ??= clearing.notReady;
  }
  return judged(guardrail, {
    control: null,
    treatment: null,
    harm,
    low,
    high,
    units: present.treatment.units,
    method: `${ASYMPTOTIC}; largest of ${cuts} cuts`,
    notReady,
  });
}
