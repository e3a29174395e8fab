import { describe, expect, it } from "vitest";
import { evaluateMetric } from "../../metrics/evaluate-metric.ts";
import { createRandom, type Random } from "../../statistics/random.ts";
import { domainWeights } from "../domain-weights.ts";
import type { AnswerRows } from "../answer-rows.ts";
import type { DomainFound, EstimateSettings, EstimateSide } from "./estimator.ts";
import { multiclassEstimator } from "./multiclass-estimate.ts";
import fixture from "./multiclass-estimate.fixture.json" with { type: "json" };

const facts = { task: "multiclass", classes: ["a", "b", "c"], costs: null } as const;
const settings: EstimateSettings = { metric: "accuracy", facts, seed: 7, leastUnits: 30 };
const width = 3;

interface Said {
  readonly probabilities: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly label: ArrayLike<number>;
}

function sideOf({ probabilities, predicted, label }: Said, slices?: readonly Uint8Array[]): EstimateSide {
  const n = predicted.length;
  const rows: AnswerRows = {
    task: "multiclass",
    n,
    score: new Float64Array(n),
    predicted: Int32Array.from(predicted),
    probabilities: Float64Array.from(probabilities),
    label: Float64Array.from(label),
    known: new Uint8Array(n).fill(1),
    age: new Float64Array(n),
    units: Uint32Array.from({ length: n }, (_, i) => i),
    lists: null,
    items: null,
  };
  const at = Uint32Array.from({ length: n }, (_, i) => i);
  return { rows, slices: slices ?? [new Uint8Array(n).fill(1)], features: new Map(), at };
}

/** The model is too sure, and knows nothing of z, on which the truth hangs too. */
function world(seed: number, n: number, shareOfZ: number, changed = false): Said & { readonly z: Uint8Array } {
  const random = createRandom(seed);
  const probabilities = new Float64Array(n * width);
  const predicted = new Int32Array(n);
  const label = new Int32Array(n);
  const z = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const logits = [random.nextNormal(), random.nextNormal(), 0.5 * random.nextNormal()];
    z[i] = random.next() < shareOfZ ? 1 : 0;
    const truth = softmax(logits.map((one) => one * (z[i] === 1 ? 0.3 : 1.5)));
    label[i] = draw(changed ? [truth[1]!, truth[2]!, truth[0]!] : truth, random);
    const said = softmax(logits.map((one) => 2 * one));
    said.forEach((p, c) => (probabilities[i * width + c] = p));
    predicted[i] = said.indexOf(Math.max(...said));
  }
  return { probabilities, predicted, label, z };
}

function softmax(logits: readonly number[]): number[] {
  const raised = logits.map(Math.exp);
  const sum = raised.reduce((a, b) => a + b, 0);
  return raised.map((one) => one / sum);
}

function draw(shares: readonly number[], random: Random): number {
  let left = random.next();
  for (const [c, share] of shares.entries()) if ((left -= share) < 0) return c;
  return shares.length - 1;
}

function realised(metric: string, { probabilities, predicted, label }: Said): number {
  const n = predicted.length;
  const block = {
    task: "multiclass" as const,
    n,
    width,
    predicted: Int32Array.from(predicted),
    probabilities: Float64Array.from(probabilities),
    label: Int32Array.from(label),
  };
  return evaluateMetric(metric, block, facts).value;
}

function estimate(reference: EstimateSide, current: EstimateSide, metric: string, domain: DomainFound | null = null) {
  const learnt = multiclassEstimator.learn(reference, { ...settings, metric });
  if (typeof learnt === "string") throw new Error(learnt);
  return { learnt, found: learnt.estimate(current, domain, null) };
}

function compare(before: ReturnType<typeof world>, now: ReturnType<typeof world>): DomainFound {
  const n = before.z.length;
  const bins = [Uint8Array.from([...before.z, ...now.z])];
  return {
    weights: domainWeights(bins, n, now.z.length, 1),
    chosen: Uint32Array.from({ length: n }, (_, i) => i),
  };
}

it.each(Object.entries(fixture.values))("%s of three classes is NannyML's", (metric, value) => {
  const { found } = estimate(sideOf(fixture.reference), sideOf(fixture.current), metric);
  expect(found[0]!.method).toBe("CBPE, isotonic calibration of 3 of 3 classes");
  expect(found[0]!.value).toBeCloseTo(value, 3);
});

describe("95% intervals", () => {
  it.each(["accuracy", "macro_f1", "weighted_f1", "log_loss", "roc_auc_ovr"])(
    "hold what labels bring in about 95 of 100 periods: %s",
    (metric) => {
      let inside = 0;
      const rounds = 120;
      for (let seed = 1; seed <= rounds; seed++) {
        const now = world(seed + 5000, 500, 0.3);
        const { found } = estimate(sideOf(world(seed, 2000, 0.3)), sideOf(now), metric);
        const { value, standardError } = found[0]!;
        if (Math.abs(realised(metric, now) - value!) < 1.96 * standardError!) inside++;
      }
      expect(inside / rounds).toBeGreaterThan(0.91);
    },
  );

  it.each(["accuracy", "macro_f1"])(
    "hold it where the features have moved (PAPE), and CBPE alone does not: %s",
    (metric) => {
      let inside = 0;
      let alone = 0;
      const rounds = 40;
      for (let seed = 1; seed <= rounds; seed++) {
        const before = world(seed, 4000, 0.2);
        const now = world(seed + 5000, 1000, 0.7);
        const reference = sideOf(before);
        const domain = compare(before, now);
        expect(domain.weights.shifted).toBe(true);
        const truth = realised(metric, now);
        const [pape] = estimate(reference, sideOf(now), metric, domain).found;
        const [cbpe] = estimate(reference, sideOf(now), metric).found;
        expect(pape!.method).toMatch(/^PAPE/);
        if (Math.abs(pape!.value! - truth) < 1.96 * pape!.standardError!) inside++;
        if (Math.abs(cbpe!.value! - truth) < 1.96 * cbpe!.standardError!) alone++;
      }
      expect(inside / rounds).toBeGreaterThan(0.87);
      expect(alone / rounds).toBeLessThan(0.2);
    },
  );
});

it("slices are corrected where the probabilities are off on them", () => {
  const rounds = 20;
  let corrected = 0;
  let plain = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const [before, now] = [world(seed, 6000, 0.4), world(seed + 100, 3000, 0.4)];
    const all = (side: typeof before) => new Uint8Array(side.z.length).fill(1);
    const index = [...now.z.keys()].filter((i) => now.z[i] === 1);
    const truth = index.filter((i) => now.label[i] === now.predicted[i]).length / index.length;
    const reference = sideOf(before, [all(before), before.z]);
    const [, found] = estimate(reference, sideOf(now, [all(now), now.z]), "accuracy").found;
    const unknown = sideOf(before, [all(before), new Uint8Array(before.z.length)]);
    const [, without] = estimate(unknown, sideOf(now, [all(now), now.z]), "accuracy").found;
    expect(found!.rows).toBe(index.length);
    corrected += (found!.value! - truth) / rounds;
    plain += (without!.value! - truth) / rounds;
  }
  expect(Math.abs(corrected)).toBeLessThan(0.02);
  expect(plain).toBeGreaterThan(0.1);
});

describe("a changed concept", () => {
  const before = world(3, 4000, 0.3);
  const now = world(4, 2000, 0.3, true);

  it("is not seen without labels: the estimate stays where it was, far from the truth", () => {
    const [found] = estimate(sideOf(before), sideOf(now), "accuracy").found;
    expect(Math.abs(found!.value! - realised("accuracy", before))).toBeLessThan(0.03);
    expect(Math.abs(found!.value! - realised("accuracy", now))).toBeGreaterThan(0.2);
  });

  it("is told by labels that came, and the estimate is refused; where nothing changed it is not", () => {
    const { learnt } = estimate(sideOf(before), sideOf(now), "accuracy");
    const concept = learnt.concept(sideOf(now))!;
    expect(concept.changed).toBe(true);
    expect(learnt.estimate(sideOf(now), null, concept)[0]).toMatchObject({
      value: null,
      reason: expect.stringMatching(/^refused: the concept has changed: .* class [abc]/),
    });
    let wrong = 0;
    for (let seed = 1; seed <= 50; seed++) if (learnt.concept(sideOf(world(seed + 100, 1000, 0.3)))!.changed) wrong++;
    expect(wrong).toBeLessThanOrEqual(1);
  });
});

describe("it is refused, with the reason,", () => {
  const before = world(5, 2000, 0.3);
  const now = world(6, 500, 0.3);

  it("where the version or the log names classes alone", () => {
    const none = { ...sideOf(before), rows: { ...sideOf(before).rows, probabilities: null } };
    expect(multiclassEstimator.learn(none, settings)).toMatch(/names classes alone/);
    const logged = { ...sideOf(now), rows: { ...sideOf(now).rows, probabilities: null } };
    expect(estimate(sideOf(before), logged, "accuracy").found[0]!.reason).toMatch(/^refused: the log holds no prob/);
    const some = { ...now, probabilities: Float64Array.from(now.probabilities).fill(Number.NaN, 0, 300) };
    expect(estimate(sideOf(before), sideOf(some), "accuracy").found[0]!.reason).toMatch(/20% of the rows/);
  });

  it("where a class that is answered has hardly been seen", () => {
    const index = Array.from(before.predicted).flatMap((_, i) => (before.label[i] === 2 && i > 40 ? [] : [i]));
    const few = {
      probabilities: index.flatMap((i) => [0, 1, 2].map((c) => before.probabilities[i * width + c]!)),
      predicted: index.map((i) => before.predicted[i]!),
      label: index.map((i) => before.label[i]!),
    };
    expect(estimate(sideOf(few), sideOf(now), "accuracy").found[0]!.reason).toMatch(/too few rows of class c/);
  });

  it("where a slice is too small", () => {
    const few = Uint8Array.from({ length: 500 }, (_, i) => (i < 20 ? 1 : 0));
    const reference = sideOf(before, [new Uint8Array(2000).fill(1)]);
    expect(estimate(reference, sideOf(now, [few]), "accuracy").found[0]!.reason).toMatch(/20 units/);
  });
});
