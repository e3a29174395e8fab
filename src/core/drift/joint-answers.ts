import type { ClassifierFacts, JointDrift } from "./drift-document.ts";
import type { DecisionLimits } from "./column-verdict.ts";
import { conformalVerdict, thinReason } from "./column-verdict.ts";
import type { WindowsAnswer } from "./judge-windows.ts";
import { jointName } from "./events.ts";
import { jointEffect } from "./judge-windows.ts";
import type { Profile } from "../profile/profile.ts";
import type { PrincipalSpace } from "./reconstruction-error.ts";
import { reconstructionError } from "./reconstruction-error.ts";

/** The document's answer on the reconstruction error. */
export function pcaAnswer(
  reference: { readonly whole: Profile },
  current: { readonly whole: Profile },
  options: DecisionLimits,
  space: PrincipalSpace | null,
  p: number | null,
  adjusted: number,
  windows: WindowsAnswer,
  position: number,
  enough: boolean,
): JointDrift["pca"] {
  const columns = reference.whole.frame.joint;
  const method =
    "root mean squared distance from the reference's principal space (65% of the variance), from joint second moments";
  if (space === null) {
    const reason = "fewer than two columns vary, or a column is missing on one side";
    return {
      statistic: null,
      reference: null,
      ratio: null,
      p_value: null,
      drifted: null,
      components: null,
      columns,
      method,
      reason,
    };
  }
  const base = reconstructionError(space, reference.whole.joint);
  const now = reconstructionError(space, current.whole.joint);
  const effect = jointEffect(space, reference.whole, current.whole);
  const verdict =
    windows.method === "conformal"
      ? conformalVerdict(windows, jointName, position, options)
      : { drifted: p === null ? null : adjusted <= options.alpha && effect >= options.floor, p, alarms: null };
  const drifted = enough && Number.isFinite(now) ? verdict.drifted : null;
  return {
    statistic: Number.isFinite(now) ? now : null,
    reference: base,
    ratio: base > 0 && Number.isFinite(now) ? now / base : null,
    p_value: verdict.p,
    drifted,
    components: space.kept,
    columns,
    method,
    reason:
      drifted === true
        ? `columns no longer vary together as they did: the error is ${now.toFixed(3)}, was ${base.toFixed(3)}`
        : drifted === null
          ? windows.judgements.every((judgement) => judgement.thin)
            ? `not judged: ${thinReason}`
            : "no p-value: neither rows nor enough windows"
          : "columns vary together as before",
  };
}

/** The document's answer on the domain classifier. */
export function judgeClassifier(
  facts: ClassifierFacts,
  adjusted: number,
  options: DecisionLimits,
  conformal: boolean,
  enough: boolean,
): ClassifierFacts {
  if (facts.auc === null || !enough) return { ...facts, drifted: null };
  if (conformal) {
    return {
      ...facts,
      drifted: null,
      reason:
        "shown, not judged: its p-value takes rows as independent, the reference's windows show that they are not",
    };
  }
  const drifted = facts.drifted === true && adjusted <= options.alpha;
  return {
    ...facts,
    drifted,
    reason: facts.drifted === true && !drifted ? "no surprise after correction over all tests" : facts.reason,
  };
}

/** Two-sample joint tests read all rows, those of an announced event too: shown then, and not judged. */
export function announcedJoint(joint: JointDrift, event: string, conformal: boolean): JointDrift {
  const reason = `shown, not judged: its rows are among those of "${event}", which was announced`;
  return {
    pca: conformal || joint.pca.drifted === null ? joint.pca : { ...joint.pca, drifted: null, reason },
    domain_classifier:
      joint.domain_classifier.drifted === null
        ? joint.domain_classifier
        : { ...joint.domain_classifier, drifted: null, reason },
  };
}
