import type { ConceptTest } from "../concept-test.ts";
import type { DomainWeights } from "../domain-weights.ts";

/** METHODS 7. */
const LEAST_EFFECTIVE = 0.1;
const LEAST_OVERLAP = 0.95;
const MOST_CALIBRATION_ERROR = 0.03;

/** Why the reference does not carry an estimate for this traffic, whatever the estimator; null where it does. */
export function refuseTraffic(domain: DomainWeights | null, concept: ConceptTest | null): string | null {
  if (domain !== null && domain.effectiveShare < LEAST_EFFECTIVE) {
    return `refused: the traffic looks like ${percent(domain.effectiveShare)} of the reference, less than ${percent(LEAST_EFFECTIVE)}`;
  }
  if (domain !== null && domain.overlap < LEAST_OVERLAP) {
    return `refused: ${percent(domain.overlap)} of the traffic lies where the reference has rows, less than ${percent(LEAST_OVERLAP)}`;
  }
  return concept?.changed === true ? `refused: ${concept.reason}` : null;
}

/** Why probabilities are not to be believed: they are further off on the reference itself than chance makes them. */
export function refuseCalibration(error: number, chance: number, whose = "probabilities"): string | null {
  if (error - chance <= MOST_CALIBRATION_ERROR) return null;
  return `refused: ${whose} are off by ${percent(error)} on the reference itself, ${percent(chance)} by chance`;
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}
