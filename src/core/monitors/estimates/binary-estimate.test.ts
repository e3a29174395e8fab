import { describe, expect, it } from "vitest";
import { createRandom } from "../../statistics/random.ts";
import { conceptTest } from "../concept-test.ts";
import { domainWeights } from "../domain-weights.ts";
import { estimateBinary } from "./binary-estimate.ts";
import type { EstimateSettings } from "./estimator.ts";

const facts = { task: "binary", classes: [], costs: null } as const;
const settings: EstimateSettings = { metric: "roc_auc", facts, seed: 7, leastUnits: 30 };
const all = (n: number): Uint8Array => new Uint8Array(n).fill(1);
const codes = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

/** Truth depends on x too, which the model does not know: where x moves, its probabilities are off. */
function world(seed: number, n: number, shareOfX: number) {
  const random = createRandom(seed);
  const score = new Float64Array(n);
  const truth = new Uint8Array(n);
  const x = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    score[i] = random.next();
    x[i] = random.next() < shareOfX ? 1 : 0;
    truth[i] = random.next() < (x[i] === 1 ? score[i]! ** 3 : score[i]!) ? 1 : 0;
  }
  return { score, truth, x, predicted: Uint8Array.from(score, (one) => (one >= 0.5 ? 1 : 0)) };
}

function precisionOf({ predicted, truth }: ReturnType<typeof world>): number {
  const hits = truth.reduce((sum, y, i) => sum + (y === 1 && predicted[i] === 1 ? 1 : 0), 0);
  return hits / predicted.reduce((sum, one) => sum + one, 0);
}

function accuracyOf({ predicted, truth }: ReturnType<typeof world>): number {
  return truth.reduce((sum, y, i) => sum + (y === predicted[i] ? 1 : 0), 0) / truth.length;
}

describe("quality without labels", () => {
  it("follows features that move (PAPE), where calibration alone does not; slices get their own", () => {
    let alone = 0;
    let weighted = 0;
    let inside = 0;
    const rounds = 12;
    for (let seed = 1; seed <= rounds; seed++) {
      const before = world(seed, 4000, 0.2);
      const now = world(seed + 1000, 4000, 0.7);
      const reference = { score: before.score, label: before.truth, slices: [all(4000)] };
      const current = { ...now, units: codes(4000), slices: [all(4000)] };
      const both = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Uint8Array.from([...Array.from(a), ...Array.from(b)]);
      const binned = (score: Float64Array) => Uint8Array.from(score, (one) => Math.floor(one * 20));
      const domain = domainWeights(
        [both(before.x, now.x), both(binned(before.score), binned(now.score))],
        4000,
        4000,
        seed,
      );
      expect(domain.shifted).toBe(true);
      const asked = { ...settings, metric: "precision" };
      const truth = precisionOf(now);
      const cbpe = estimateBinary(reference, current, asked, null, null)[0]!;
      const pape = estimateBinary(reference, current, asked, domain, null)[0]!;
      expect(pape.method).toMatch(/^PAPE/);
      alone += (cbpe.value! - truth) / rounds;
      weighted += (pape.value! - truth) / rounds;
      if (Math.abs(pape.value! - truth) < 2 * pape.standardError!) inside++;
    }
    expect(Math.abs(alone)).toBeGreaterThan(0.04);
    expect(Math.abs(weighted)).toBeLessThan(0.012);
    expect(inside).toBeGreaterThanOrEqual(9);
  });

  it("corrects slices on which the probabilities are off (multicalibration)", () => {
    const before = world(1, 6000, 0.5);
    const now = world(2, 6000, 0.5);
    const slices = (side: typeof before): Uint8Array[] => [all(6000), side.x];
    const truth = accuracyOf({ ...now, ...only(now) });
    const [, found] = estimateBinary(
      { score: before.score, label: before.truth, slices: slices(before) },
      { ...now, units: codes(6000), slices: slices(now) },
      { ...settings, metric: "accuracy" },
      null,
      null,
    );
    const [, plain] = estimateBinary(
      { score: before.score, label: before.truth, slices: [all(6000), new Uint8Array(6000)] },
      { ...now, units: codes(6000), slices: slices(now) },
      { ...settings, metric: "accuracy" },
      null,
      null,
    );
    expect(Math.abs(found!.value! - truth)).toBeLessThan(Math.abs(plain!.value! - truth));
  });

  it("is as sure as it says: 95% intervals hold what labels bring in about 95 of 100 periods", () => {
    let inside = 0;
    const rounds = 150;
    for (let seed = 1; seed <= rounds; seed++) {
      const before = world(seed, 3000, 0.3);
      const now = world(seed + 5000, 500, 0.3);
      const [found] = estimateBinary(
        { score: before.score, label: before.truth, slices: [all(3000)] },
        { ...now, units: codes(500), slices: [all(500)] },
        settings,
        null,
        null,
      );
      if (Math.abs(realisedAuc(now.score, now.truth) - found!.value!) < 1.96 * found!.standardError!) inside++;
    }
    expect(inside / rounds).toBeGreaterThan(0.91);
  });
});

describe("an estimate is refused, with its reason,", () => {
  const before = world(3, 3000, 0.3);
  const reference = { score: before.score, label: before.truth, slices: [all(3000)] };
  const now = world(4, 1000, 0.3);
  const current = { ...now, units: codes(1000), slices: [all(1000)] };

  it("where the traffic has left the reference", () => {
    const far = Uint8Array.from({ length: 4000 }, (_, i) => (i < 3000 ? i % 20 : 30 + (i % 20)));
    const domain = domainWeights([far], 3000, 1000, 1);
    const [found] = estimateBinary(reference, current, settings, domain, null);
    expect(found).toMatchObject({ value: null, reason: expect.stringMatching(/^refused: .*reference/) });
  });

  it("where labels that came say that the concept has changed", () => {
    const turned = now.truth.map((y, i) => (i % 3 === 0 ? 1 - y : y));
    const concept = conceptTest(
      now.score.map((s, i) => (now.x[i] === 1 ? s ** 3 : s)),
      turned,
      codes(1000),
    );
    expect(estimateBinary(reference, current, settings, null, concept)[0]!.reason).toMatch(/^refused: the concept/);
  });

  it("where the reference cannot be calibrated on, or the slice is too small", () => {
    const one = { ...reference, label: new Uint8Array(3000) };
    expect(estimateBinary(one, current, settings, null, null)[0]!.reason).toMatch(/both classes/);
    const few = { ...current, slices: [Uint8Array.from({ length: 1000 }, (_, i) => (i < 20 ? 1 : 0))] };
    expect(estimateBinary(reference, few, settings, null, null)[0]!.reason).toMatch(/20 units/);
  });

  it("not where nothing has moved: weights are all one, and the concept holds in 199 of 200 tries", () => {
    const same = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7) % 20);
    expect(domainWeights([same], 3000, 1000, 1)).toMatchObject({ shifted: false, effectiveShare: 1 });
    let changed = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const made = world(seed, 400, 0);
      if (conceptTest(made.score, made.truth, codes(400))!.changed) changed++;
    }
    expect(changed).toBeLessThanOrEqual(1);
  });
});

function only(side: ReturnType<typeof world>) {
  const at = [...side.x.keys()].filter((i) => side.x[i] === 1);
  return {
    truth: Uint8Array.from(at, (i) => side.truth[i]!),
    predicted: Uint8Array.from(at, (i) => side.predicted[i]!),
  };
}

/** By counting pairs over sorted ranks. */
function realisedAuc(score: Float64Array, truth: ArrayLike<number>): number {
  const order = [...score.keys()].sort((a, b) => score[a]! - score[b]!);
  let hits = 0;
  let ranks = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && score[order[j]!] === score[order[i]!]) j++;
    for (let k = i; k < j; k++) {
      if (truth[order[k]!] !== 1) continue;
      hits++;
      ranks += (i + j + 1) / 2;
    }
    i = j;
  }
  return (ranks - (hits * (hits + 1)) / 2) / (hits * (score.length - hits));
}
