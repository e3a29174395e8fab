import { type GuardrailCheck, figure, nothing, spanText } from "./guardrail-check.ts";
import { bounds, type CheckLevels } from "./harm-bounds.ts";
import { armRatios, ownVariance, type RatioSums, ratioOf } from "./ratio-sums.ts";
import type { Guardrail } from "./release-policy.ts";
import type { LabelEvidence, StepEvidence } from "./stage-evidence.ts";

/** Labels that never come are a difference where they are surely more of one arm's than of the other's, by so much. */
const UNLIKE = 0.02;
const FEWEST = 30;
/** The name of a label that is sent without one. */
const UNNAMED = "label";

/**
 * Why nothing can be said of labels: it is not known how long they take, or they come for more of one arm's answers than of
 * the other's, however long one waits; what is missing may be what one arm gets wrong. Null: they can be compared.
 */
export function labelsMissing(
  guardrail: Guardrail,
  present: StepEvidence,
  steps: readonly StepEvidence[],
  levels: CheckLevels,
): GuardrailCheck | null {
  if (guardrail.label === null) return null;
  const [control, treatment] = [present.control, present.treatment].map((arm) => arm.labels[guardrail.name]);
  if (control === undefined || treatment === undefined) return null;
  if (control.wait === null || treatment.wait === null) {
    return nothing(guardrail, `${whyNoWait(control, treatment)}; or say how long: within: 7d`);
  }
  if (steps.every((step) => comeIn(step, guardrail) === 0)) {
    // None at all of thousands is no rate of zero but, more often, a name that nobody sends.
    const unnamed = guardrail.label === UNNAMED ? "" : `; labels without a name are "${UNNAMED}"`;
    return nothing(guardrail, `no label "${guardrail.label}" has come yet${unnamed}`);
  }
  // Labels of lists come for hits alone, and a better order may well have more of them.
  if (guardrail.measure !== "quality" || guardrail.loss === "place") return null;
  const pairs = steps.flatMap((step) => {
    const [left, right] = [step.control.labels[guardrail.name], step.treatment.labels[guardrail.name]];
    return left === undefined || right === undefined ? [] : [[left.reached, right.reached] as const];
  });
  const { low, high } = bounds(pairs, levels.step, levels.expectedN, "share");
  if (low <= UNLIKE && high >= -UNLIKE) return null;
  const share = ({ reached }: LabelEvidence): string => figure(reached.y / reached.x);
  const aged = treatment.wait === 0 ? "" : `, ${spanText(treatment.wait)} old,`;
  return nothing(
    guardrail,
    `labels have come for ${share(control)} of the champion's answers${aged} and ${share(treatment)} of the challenger's: not comparable`,
  );
}

function comeIn({ control, treatment }: StepEvidence, { name }: Guardrail): number {
  return (control.labels[name]?.come ?? 0) + (treatment.labels[name]?.come ?? 0);
}

function whyNoWait(control: LabelEvidence, treatment: LabelEvidence): string {
  const [left, right] = [control.come, treatment.come];
  if (Math.min(left, right) < FEWEST) {
    return `${left} labels of the champion's answers and ${right} of the challenger's have come, ${FEWEST} of each tell how long they take`;
  }
  return "labels still come for the oldest answers, so it is not known yet how long they take";
}

/**
 * How much of a difference of losses labels can make that never come for more of one arm's answers than of the other's, were
 * they all of one kind (Lee 2009, who trims the arm that has more): for losses of 0 or 1 by their range, else by their
 * spread (taking away a share e moves a mean by at most s sqrt(e / (1 - e))). What one standard error explains is none.
 */
export function missingAllowance(guardrail: Guardrail, { control, treatment }: StepEvidence): number {
  const [left, right] = [control.labels[guardrail.name], treatment.labels[guardrail.name]];
  if (guardrail.measure !== "quality" || guardrail.loss === "place" || left === undefined || right === undefined)
    return 0;
  const { difference, standardError } = armRatios(left.reached, right.reached, "value");
  const gap = Math.abs(difference) - (Number.isFinite(standardError) ? standardError : 0);
  const most = Math.max(ratioOf(left.reached), ratioOf(right.reached));
  if (!(gap > 0 && most > 0)) return 0;
  const share = Math.min(0.99, gap / most);
  const fuller = ratioOf(left.reached) > ratioOf(right.reached) ? control : treatment;
  const sums = fuller.measures[guardrail.name];
  if (sums === undefined || sums.n < 2) return 0;
  const odds = share / (1 - share);
  if (guardrail.loss === "zero-one") return odds * Math.max(ratioOf(sums), 1 - ratioOf(sums));
  return Math.sqrt(odds) * spread(sums);
}

/** Standard deviation of a unit's part in the ratio. */
function spread(sums: RatioSums): number {
  return Math.sqrt(ownVariance(sums, ratioOf(sums)) * sums.n);
}
