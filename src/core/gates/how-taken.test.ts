import { expect, test } from "vitest";
import { emptyEvidence } from "../evaluation/accumulate.ts";
import { planEvaluation } from "../evaluation/plan.ts";
import { howTaken } from "./how-taken.ts";

const plan = planEvaluation(
  { task: "binary", classes: [], costs: null },
  ["champion", "challenger"],
  ["slice"],
  ["roc_auc", "average_precision", "log_loss"],
);

test("a method names the bins, the largest error that they make in an AUC, and the merged blocks", () => {
  const evidence = emptyEvidence(plan, { binned: true });
  evidence.direct.get("roc_auc")!.binningError![1]![0] = 7e-6;
  expect(howTaken(evidence, plan, "roc_auc", 0)).toBe("; from 1,024 bins of the score, a value at most 0.000007 off");
  expect(howTaken(evidence, plan, "average_precision", 0)).toBe("; from 1,024 bins of the score");
  evidence.parts = 3;
  expect(howTaken(evidence, plan, "average_precision", 0)).toBe(
    "; from 1,024 bins of the score; 3 blocks of rows merged, the interval approximate",
  );
});

test("exact numbers say nothing more", () => {
  const exact = emptyEvidence(plan, { binned: false });
  expect(howTaken(exact, plan, "roc_auc", 0)).toBe("");
  expect(howTaken({ ...exact, parts: 3 }, plan, "log_loss", 0)).toBe("");
});
