import { expect, it } from "vitest";
import { evaluateClassMasses } from "./evaluate-class-masses.ts";
import fixture from "./evaluate-class-masses.fixture.json" with { type: "json" };
import { evaluateMetric } from "./evaluate-metric.ts";

const facts = { task: "multiclass", classes: ["a", "b", "c", "d"], costs: null } as const;
const { width } = fixture;
const block = {
  n: fixture.predicted.length,
  width,
  predicted: Int32Array.from(fixture.predicted),
  probabilities: Float64Array.from(fixture.probabilities),
  mass: Float64Array.from(fixture.mass),
};

it.each(Object.entries(fixture.values))("%s of rows that are partly every class is scikit-learn's", (name, value) => {
  expect(evaluateClassMasses(name, block, facts).value).toBeCloseTo(value, 10);
});

it.each([...Object.keys(fixture.values), "top_k@2", "ece"])(
  "whole labels give what whole rows do, and influence is the slope: %s",
  (name) => {
    const label = Int32Array.from({ length: block.n }, (_, i) => (i * 7) % width);
    const whole = new Float64Array(block.n * width);
    label.forEach((c, i) => (whole[i * width + c] = 1));
    const plain = evaluateMetric(name, { task: "multiclass", ...block, label }, facts);
    const found = evaluateClassMasses(name, { ...block, mass: whole }, facts);
    expect(found.value).toBeCloseTo(plain.value, 12);
    label.forEach((c, i) => expect(found.influence[i * width + c]).toBeCloseTo(plain.influence![i]!, 9));
    if (name === "ece") return;
    const more = block.mass.slice();
    const step = 1e-6;
    more[9]! += step;
    const before = evaluateClassMasses(name, block, facts);
    const moved = evaluateClassMasses(name, { ...block, mass: more }, facts);
    expect((moved.value - before.value) / step).toBeCloseTo(before.influence[9]! / before.total, 4);
  },
);
