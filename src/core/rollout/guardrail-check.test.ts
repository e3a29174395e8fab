import { expect, it } from "vitest";
import { judged } from "./guardrail-check.ts";
import { usualGuardrails } from "./release-policy.ts";

const answers = usualGuardrails.find(({ measure }) => measure === "answers")!;
const measured = { control: null, treatment: null, harm: 0.3, units: 9000, method: "m", notReady: null };

it("says what a person may do where bounds lie about the margin, which more units hardly move", () => {
  const near = judged(answers, { ...measured, low: 0.27, high: 0.34 });
  expect(near.outcome).toBe("unsure");
  expect(near.reason).toMatch(/^answers: they differ by 0.27 to 0.34, 0.3 is tolerated \(it lies at the margin itself/);
  expect(near.reason).toContain("umpire release advance");
  expect(near.reason).toContain("a larger margin of answers under release.guardrails");
  // With few units more of them do decide it.
  expect(judged(answers, { ...measured, low: 0.05, high: 0.6 }).reason).not.toContain("advance");
});

it("says of answers that are too different where it is to be said that this is by design", () => {
  const other = judged(answers, { ...measured, low: 0.5, high: 0.7 });
  expect(other).toMatchObject({ outcome: "breach", reason: expect.stringContaining("if the models differ by design") });
});
