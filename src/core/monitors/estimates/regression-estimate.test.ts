import { describe, expect, it } from "vitest";
import { evaluateMetric } from "../../metrics/evaluate-metric.ts";
import { createRandom } from "../../statistics/random.ts";
import type { Column } from "../../tables/table.ts";
import { domainWeights } from "../domain-weights.ts";
import { featureBins } from "../feature-bins.ts";
import type { DomainFound, EstimateSettings, EstimateSide } from "./estimator.ts";
import fixture from "./regression-estimate.fixture.json" with { type: "json" };
import { regressionEstimator } from "./regression-estimate.ts";

const facts = { task: "regression", classes: [], costs: null } as const;
const settings: EstimateSettings = { metric: "mae", facts, seed: 7, leastUnits: 30 };

interface World {
  readonly x: ArrayLike<number>;
  readonly z: ArrayLike<number>;
  readonly prediction: ArrayLike<number>;
  readonly label: ArrayLike<number>;
  readonly units?: Uint32Array;
}

const numbers = (name: string, values: ArrayLike<number>): Column => ({
  name,
  kind: "number",
  values: Float64Array.from(values),
});
const counted = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

function sideOf({ x, z, prediction, label, units }: World, slices?: readonly Uint8Array[]): EstimateSide {
  const n = label.length;
  return {
    rows: {
      task: "regression",
      n,
      score: Float64Array.from(prediction),
      predicted: null,
      probabilities: null,
      label: Float64Array.from(label),
      known: new Uint8Array(n).fill(1),
      age: new Float64Array(n),
      units: units ?? counted(n),
      lists: null,
      items: null,
    },
    slices: slices ?? [new Uint8Array(n).fill(1)],
    features: new Map([
      ["x", numbers("x", x)],
      ["z", numbers("z", z)],
    ]),
    at: counted(n),
  };
}

/** Losses grow with x; `lean` of the rows have a large one. The concept changes where labels move away by `away`. */
function world(seed: number, n: number, lean: number, away = 0, perUnit = 1): World {
  const random = createRandom(seed);
  const [x, z, prediction, label] = [0, 0, 0, 0].map(() => new Float64Array(n));
  const units = new Uint32Array(n);
  let ofUnit = 0;
  for (let i = 0; i < n; i++) {
    units[i] = Math.floor(i / perUnit);
    if (i % perUnit === 0) ofUnit = perUnit === 1 ? 0 : random.nextNormal();
    x![i] = random.next() < lean ? 2 + 3 * random.next() : 2 * random.next();
    z![i] = random.nextNormal();
    prediction![i] = 10 * z![i]! + x![i]!;
    label![i] = prediction![i]! + (0.3 + x![i]!) * (random.nextNormal() + ofUnit) + away;
  }
  return { x: x!, z: z!, prediction: prediction!, label: label!, units };
}

function realised(metric: string, { prediction, label }: World): number {
  const block = { task: "regression", n: label.length } as const;
  const columns = { label: Float64Array.from(label), score: Float64Array.from(prediction) };
  return evaluateMetric(metric, { ...block, ...columns }, facts).value;
}

function compare(before: World, now: World): DomainFound {
  const rows = counted(before.label.length);
  const bins = (["x", "z"] as const).map(
    (name) => featureBins(numbers(name, before[name]), rows, numbers(name, now[name]), counted(now.label.length))!,
  );
  return { weights: domainWeights(bins, rows.length, now.label.length, 1), chosen: rows };
}

function learn(reference: EstimateSide, metric = "mae") {
  const learnt = regressionEstimator.learn(reference, { ...settings, metric });
  if (typeof learnt === "string") throw new Error(learnt);
  return learnt;
}

it.each(["mae", "rmse"] as const)("%s is what NannyML's trees expect, within 5%, and near what came", (metric) => {
  const [found] = learn(sideOf(fixture.reference), metric).estimate(sideOf(fixture.current), null, null);
  const theirs = fixture.values[metric];
  expect(Math.abs(found!.value! / theirs - 1)).toBeLessThan(0.05);
  expect(Math.abs(found!.value! - realised(metric, fixture.current))).toBeLessThan(3 * found!.standardError!);
  // NannyML has the reference's spread of rows alone.
  expect(found!.standardError! / fixture.sampling_error[metric]).toBeGreaterThan(0.8);
  expect(found!.standardError! / fixture.sampling_error[metric]).toBeLessThan(1.8);
});

describe("95% intervals hold what labels bring in about 95 of 100 periods", () => {
  it.each(["mae", "rmse", "quantile_loss@0.9", "r2"])("where nothing has moved: %s", (metric) => {
    expect(coverage(metric, 40, 0.3, 0.3, 1)).toBeGreaterThan(0.88);
  });

  it.each(["mae", "rmse"])(
    "where x has moved, and the value stays at the reference's alone would not: %s",
    (metric) => {
      expect(coverage(metric, 40, 0.3, 0.7, 1)).toBeGreaterThan(0.88);
      const now = world(9, 1000, 0.7);
      expect(realised(metric, now) / realised(metric, world(8, 4000, 0.3))).toBeGreaterThan(1.3);
    },
  );

  it("where a unit has many rows that go together", () => {
    expect(coverage("mae", 40, 0.3, 0.3, 10)).toBeGreaterThan(0.88);
  });
});

function coverage(metric: string, rounds: number, then: number, lean: number, perUnit: number): number {
  let inside = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const before = world(seed, 2000, then, 0, perUnit);
    const now = world(seed + 1000, 500, lean, 0, perUnit);
    const [found] = learn(sideOf(before), metric).estimate(sideOf(now), compare(before, now), null);
    if (Math.abs(found!.value! - realised(metric, now)) < 1.96 * found!.standardError!) inside++;
  }
  return inside / rounds;
}

it("slices get their own, though the trees do not know them", () => {
  const before = world(1, 4000, 0.4);
  const now = world(2, 2000, 0.4);
  const off = (side: World) => Uint8Array.from(side.label, (_, i) => (i % 4 === 0 ? 1 : 0));
  const worse = (side: World): World => ({
    ...side,
    label: Float64Array.from(side.label, (y, i) => (i % 4 === 0 ? y + (y > side.prediction[i]! ? 2 : -2) : y)),
  });
  const all = (side: World) => new Uint8Array(side.label.length).fill(1);
  const current = worse(now);
  const [whole, slice] = learn(sideOf(worse(before), [all(before), off(before)])).estimate(
    sideOf(current, [all(now), off(now)]),
    null,
    null,
  );
  const index = [...off(now).keys()].filter((i) => i % 4 === 0);
  const truth = index.reduce((sum, i) => sum + Math.abs(current.label[i]! - current.prediction[i]!), 0) / index.length;
  expect(Math.abs(slice!.value! - truth)).toBeLessThan(2 * slice!.standardError!);
  expect(slice!.value!).toBeGreaterThan(whole!.value! + 1);
});

describe("a changed concept", () => {
  const before = world(3, 4000, 0.3);
  const now = world(4, 2000, 0.3, 4);

  it("is not seen without labels: the estimate stays where it was, far from the truth", () => {
    const [found] = learn(sideOf(before)).estimate(sideOf(now), compare(before, now), null);
    expect(Math.abs(found!.value! / realised("mae", before) - 1)).toBeLessThan(0.1);
    expect(realised("mae", now) / found!.value!).toBeGreaterThan(2);
  });

  it("is told by labels that came, and the estimate is refused; where nothing changed it is not", () => {
    const learnt = learn(sideOf(before));
    const concept = learnt.concept(sideOf(now))!;
    expect(concept.changed).toBe(true);
    expect(learnt.estimate(sideOf(now), null, concept)[0]).toMatchObject({
      value: null,
      reason: expect.stringMatching(/^refused: the concept has changed: .* mean losses off/),
    });
    let wrong = 0;
    for (let seed = 1; seed <= 50; seed++) if (learnt.concept(sideOf(world(seed + 100, 1000, 0.5)))!.changed) wrong++;
    expect(wrong).toBeLessThanOrEqual(1);
  });
});

describe("it is refused, with the reason,", () => {
  it("where nothing tells losses apart, nearly always", () => {
    let refused = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const flat = world(seed, 1000, 0);
      const random = createRandom(seed + 500);
      const label = Float64Array.from(flat.prediction, (one) => one + random.nextNormal());
      const found = regressionEstimator.learn(sideOf({ ...flat, label }), settings);
      if (typeof found === "string" && /nothing that is asked or answered/.test(found)) refused++;
    }
    expect(refused).toBeGreaterThanOrEqual(37);
  });

  it("where the metric is no mean, the test data are few, a feature is of another kind or a slice is small", () => {
    const before = sideOf(world(5, 2000, 0.4));
    expect(regressionEstimator.learn(before, { ...settings, metric: "mdae" })).toMatch(/^mdae is no mean/);
    expect(regressionEstimator.learn(sideOf(world(5, 150, 0.4)), settings)).toMatch(/150 rows/);
    const now = sideOf(world(6, 500, 0.4));
    const text: Column = { name: "x", kind: "category", codes: new Uint8Array(500), dictionary: { texts: ["1"] } };
    const other = { ...now, features: new Map([...now.features, ["x", text]]) };
    expect(learn(before).estimate(other, null, null)[0]!.reason).toMatch(/^refused: x is numbers on the test data/);
    const few = { ...now, slices: [Uint8Array.from({ length: 500 }, (_, i) => (i < 20 ? 1 : 0))] };
    expect(learn(before).estimate(few, null, null)[0]!.reason).toMatch(/20 units/);
  });
});
