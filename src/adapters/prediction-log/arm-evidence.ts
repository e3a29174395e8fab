import type { Guardrail } from "../../core/rollout/release-policy.ts";
import { noSums, type RatioSums } from "../../core/rollout/ratio-sums.ts";
import { type ArmEvidence, type LabelEvidence, noArm } from "../../core/rollout/stage-evidence.ts";
import type { LabelWait } from "./rollout-labels.ts";
import type { Measure } from "./rollout-measures.ts";
import { type ArmSums, noArmSums } from "./unit-sums.ts";

/** Measures with the sums that were made of them, by arm. */
export interface Summed {
  readonly measures: readonly Measure[];
  readonly sums: ReadonlyMap<string, ArmSums>;
}

export interface LabelSums extends Summed {
  readonly guardrails: readonly Guardrail[];
  readonly waits: readonly (LabelWait | null)[];
}

/** What one arm of one step did, of what its answers and their labels were summed to. */
export function armEvidence(version: string, w: number, side: 0 | 1, answers: Summed, labels: LabelSums): ArmEvidence {
  const own = answers.sums.get(`${w}/${side}`);
  if (own === undefined) return noArm(version);
  const told = labels.sums.get(`${w}/${side}`) ?? noArmSums;
  const all = [...byRole(answers.measures, own), ...byRole(labels.measures, told)];
  const of = (role: Measure["role"]): Map<string, RatioSums> =>
    new Map(all.flatMap((one) => (one.role === role ? [[one.name, one.sums] as const] : [])));
  const reached = of("reached");
  const come = labels.guardrails.flatMap(({ name, label }, g): [string, LabelEvidence][] => {
    const known = labels.waits[g] ?? null;
    if (label === null || known === null) return [];
    return [[name, { wait: known.wait, come: known.come[side], reached: reached.get(name) ?? noSums }]];
  });
  return {
    version,
    units: own.units,
    requests: own.requests,
    measures: Object.fromEntries(of("own")),
    answers: [...of("cut").values()],
    labels: Object.fromEntries(come),
  };
}

function byRole(measures: readonly Measure[], arm: ArmSums): (Measure & { readonly sums: RatioSums })[] {
  return measures.map((measure, m) => ({ ...measure, sums: arm.measures[m] ?? noSums }));
}
