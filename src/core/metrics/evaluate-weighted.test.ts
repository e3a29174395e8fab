import { expect, it } from "vitest";
import { evaluateMetric } from "./evaluate-metric.ts";
import fixture from "./evaluate-weighted.fixture.json" with { type: "json" };
import { evaluateMasses, evaluateWeighted, type MassBlock } from "./evaluate-weighted.ts";

const facts = { task: "binary", classes: [], costs: { falsePositive: 1, falseNegative: 3 } } as const;
const score = Float64Array.from(fixture.score);
const block: MassBlock = {
  n: score.length,
  score,
  predicted: Uint8Array.from(score, (one) => (one >= 0.5 ? 1 : 0)),
  positive: Float64Array.from(fixture.positive),
  negative: Float64Array.from(fixture.negative),
};

it.each(Object.entries(fixture.values))("%s of weighted rows is scikit-learn's", (name, value) => {
  expect(evaluateMasses(name, block, facts).value).toBeCloseTo(value, 6);
});

it.each(Object.entries(fixture.regression.values))("%s of weighted values is scikit-learn's", (name, value) => {
  const { label, predicted } = fixture.regression;
  const rows = {
    task: "regression" as const,
    n: label.length,
    label: Float64Array.from(label),
    score: Float64Array.from(predicted),
  };
  const found = evaluateWeighted(name, rows, block.positive, { ...facts, task: "regression" });
  expect(found!.value).toBeCloseTo(value, 10);
});

it.each(["roc_auc", "average_precision", "log_loss", "ece", "ks", "f1", "lift@0.2", "cost"])(
  "whole labels give what whole rows do, and influence is the slope: %s",
  (name) => {
    const label = Uint8Array.from(block.positive, (mass, i) => (mass > block.negative[i]! ? 1 : 0));
    const whole = { ...block, positive: Float64Array.from(label), negative: Float64Array.from(label, (y) => 1 - y) };
    const plain = evaluateMetric(name, { task: "binary", n: block.n, label, score, predicted: block.predicted }, facts);
    const found = evaluateMasses(name, whole, facts);
    expect(found.value).toBeCloseTo(plain.value, 12);
    const own = label.map((y, i) => (y === 1 ? found.positive[i]! : found.negative[i]!));
    const step = 1e-6;
    const more = whole.positive.slice();
    more[3]! += step;
    const moved = evaluateMasses(name, { ...whole, positive: more }, facts).value;
    expect(own.length).toBe(plain.influence!.length);
    if (name === "ks" || name === "lift@0.2" || name === "ece") return;
    expect((moved - found.value) / step).toBeCloseTo(found.positive[3]! / found.total, 4);
  },
);
