import { expect, it } from "vitest";
import { labelsMissing } from "./label-balance.ts";
import { noSums } from "./ratio-sums.ts";
import type { Guardrail } from "./release-policy.ts";
import { noArm, type StepEvidence } from "./stage-evidence.ts";

const guardrail: Guardrail = {
  name: "missed",
  measure: "label",
  label: "missed",
  loss: null,
  within: 1000,
  direction: -1,
  margin: 0.01,
  most: null,
};
const levels = { step: 0.01, whole: 0.01, clear: 0.05, expectedN: 1000, wholeN: 1000 };

/** Thousand answers an arm that are as old as labels are waited for. */
function step(come: number): StepEvidence {
  const reached = { ...noSums, n: 1000, x: 1000, y: come, xx: 1000 };
  const arm = (version: string) => ({
    ...noArm(version),
    units: 1000,
    labels: { missed: { wait: 1000, come, reached } },
  });
  return { position: { stage: 0, step: 0 }, cohort: "everyone", share: 0.5, control: arm("1"), treatment: arm("2") };
}

it("waits where not one label of that name has come, in place of calling no label no harm", () => {
  const one = step(0);
  expect(labelsMissing(guardrail, one, [one], levels)).toMatchObject({
    outcome: "waiting",
    reason: 'missed: no label "missed" has come yet; labels without a name are "label"',
  });
});

it("compares from the first label on, of this step or one before", () => {
  const none = step(0);
  expect(labelsMissing(guardrail, step(1), [step(1)], levels)).toBeNull();
  expect(labelsMissing(guardrail, none, [step(3), none], levels)).toBeNull();
});
