import { describe, expect, it } from "vitest";
import { evaluateMetric } from "../../metrics/evaluate-metric.ts";
import { createRandom } from "../../statistics/random.ts";
import { domainWeights } from "../domain-weights.ts";
import type { DomainFound, EstimateSettings, EstimateSide } from "./estimator.ts";
import { rankingEstimator } from "./ranking-estimate.ts";

const facts = { task: "ranking", classes: [], costs: null } as const;
const settings: EstimateSettings = { metric: "map", facts, seed: 7, leastUnits: 30 };
const ITEMS = 12;

interface World extends EstimateSide {
  /** Of each row: its list is a hard one. */
  readonly hard: Uint8Array;
}

/** Scores are no probabilities, lists differ in how much is relevant, and scores tell less in hard lists. */
function world(seed: number, lists: number, shareHard: number, changed = false): World {
  const random = createRandom(seed);
  const n = lists * ITEMS;
  const score = new Float64Array(n);
  const label = new Float64Array(n);
  const hard = new Uint8Array(n);
  for (let list = 0; list < lists; list++) {
    const isHard = random.next() < shareHard;
    const effect = 0.7 * random.nextNormal();
    for (let item = 0; item < ITEMS; item++) {
      const i = list * ITEMS + item;
      const signal = random.nextNormal();
      score[i] = 5 + 3 * signal;
      hard[i] = isHard ? 1 : 0;
      const logit = -1.5 + (changed ? -1.5 : isHard ? 0.3 : 1.6) * signal + effect;
      label[i] = random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    }
  }
  const ofList = Uint32Array.from({ length: n }, (_, i) => Math.floor(i / ITEMS));
  return {
    rows: {
      task: "ranking",
      n,
      score,
      predicted: null,
      probabilities: null,
      label,
      known: new Uint8Array(n).fill(1),
      age: new Float64Array(n),
      units: ofList,
      lists: ofList,
      items: Uint32Array.from({ length: n }, (_, i) => i % ITEMS),
    },
    slices: [new Uint8Array(n).fill(1), hard],
    features: new Map(),
    at: Uint32Array.from({ length: n }, (_, i) => i),
    hard,
  };
}

function realised(metric: string, { rows }: World, mask?: Uint8Array): number {
  const index = [...rows.score.keys()].filter((i) => mask === undefined || mask[i] === 1);
  const block = {
    task: "ranking",
    n: index.length,
    label: Float64Array.from(index, (i) => rows.label[i]!),
    score: Float64Array.from(index, (i) => rows.score[i]!),
    list: Int32Array.from(index, (i) => rows.lists![i]!),
    item: Int32Array.from(index, (i) => rows.items![i]!),
  } as const;
  return evaluateMetric(metric, block, facts).value;
}

function learn(reference: EstimateSide, metric = "map") {
  const learnt = rankingEstimator.learn(reference, { ...settings, metric });
  if (typeof learnt === "string") throw new Error(learnt);
  return learnt;
}

/** Every fourth row is compared, as a look does of many. */
function compare(before: World, now: World): DomainFound {
  const chosen = before.at.filter((i) => i % 4 === 0);
  const current = now.at.filter((i) => i % 4 === 0);
  const bins = [Uint8Array.from([...chosen].map((i) => before.hard[i]!).concat([...current].map((i) => now.hard[i]!)))];
  return { weights: domainWeights(bins, chosen.length, current.length, 1), chosen };
}

describe("95% intervals hold what labels bring in about 95 of 100 periods", () => {
  it.each(["map", "ndcg@5", "recall@3"])("where nothing has moved, of everything and of a slice: %s", (metric) => {
    let inside = 0;
    const rounds = 40;
    for (let seed = 1; seed <= rounds; seed++) {
      const now = world(seed + 1000, 120, 0.4);
      const [all, hard] = learn(world(seed, 500, 0.4), metric).estimate(now, null, null);
      if (Math.abs(all!.value! - realised(metric, now)) < 1.96 * all!.standardError!) inside++;
      if (Math.abs(hard!.value! - realised(metric, now, now.hard)) < 1.96 * hard!.standardError!) inside++;
    }
    expect(inside / (2 * rounds)).toBeGreaterThan(0.9);
  });

  it("where hard lists have become frequent, which is not seen without weights", () => {
    let inside = 0;
    let alone = 0;
    const rounds = 30;
    for (let seed = 1; seed <= rounds; seed++) {
      const before = world(seed, 800, 0.2);
      const now = world(seed + 1000, 300, 0.7);
      const learnt = learn(before);
      const domain = compare(before, now);
      expect(domain.weights.shifted).toBe(true);
      const truth = realised("map", now);
      const [found] = learnt.estimate(now, domain, null);
      const [plain] = learnt.estimate(now, null, null);
      expect(found!.method).toMatch(/reweighted/);
      if (Math.abs(found!.value! - truth) < 1.96 * found!.standardError!) inside++;
      if (Math.abs(plain!.value! - truth) < 1.96 * plain!.standardError!) alone++;
    }
    expect(inside / rounds).toBeGreaterThan(0.87);
    expect(alone / rounds).toBeLessThan(0.3);
  });
});

describe("a changed concept", () => {
  const before = world(3, 800, 0.3);
  const now = world(4, 300, 0.3, true);

  it("is not seen without labels: the estimate stays where it was, far from the truth", () => {
    const [found] = learn(before).estimate(now, null, null);
    expect(Math.abs(found!.value! - realised("map", before))).toBeLessThan(0.05);
    expect(found!.value! - realised("map", now)).toBeGreaterThan(0.2);
  });

  it("is told by labels that came, and the estimate is refused; where nothing changed it is not", () => {
    const learnt = learn(before);
    const concept = learnt.concept(now)!;
    expect(learnt.estimate(now, null, concept)[0]).toMatchObject({
      value: null,
      reason: expect.stringMatching(/^refused: the concept has changed/),
    });
    let wrong = 0;
    for (let seed = 1; seed <= 50; seed++) if (learnt.concept(world(seed + 100, 200, 0.3))!.changed) wrong++;
    expect(wrong).toBeLessThanOrEqual(1);
  });
});

describe("it is refused, with the reason,", () => {
  const before = world(5, 300, 0.3);

  it("where the metric hangs on no label, on grades, or nearly nothing is relevant", () => {
    expect(rankingEstimator.learn(before, { ...settings, metric: "coverage@5" })).toMatch(/no label/);
    const graded = { ...before, rows: { ...before.rows, label: before.rows.label.map((y, i) => y * (1 + (i % 3))) } };
    expect(rankingEstimator.learn(graded, { ...settings, metric: "ndcg" })).toMatch(/grades of relevance/);
    expect(typeof rankingEstimator.learn(graded, settings)).toBe("object");
    const none = { ...before, rows: { ...before.rows, label: before.rows.label.map((y, i) => (i < 60 ? y : 0)) } };
    expect(rankingEstimator.learn(none, settings)).toMatch(/too few relevant rows/);
  });

  it("where what is expected of the test data is far from what was measured there", () => {
    // Relevance comes in pairs of neighbours by score, which no probability of single items tells.
    const lists = before.rows.lists!;
    const label = before.rows.label.map((_, i) => (lists[i]! % 2 === 0 && i % ITEMS === 0 ? 1 : 0));
    const score = before.rows.score.map((one, i) => (i % ITEMS === 0 ? -one : one));
    const odd = { ...before, rows: { ...before.rows, label, score } };
    const learnt = rankingEstimator.learn(odd, settings);
    const reason = typeof learnt === "string" ? learnt : learnt.estimate(odd, null, null)[0]!.reason;
    expect(reason).toMatch(/^refused: relevances/);
  });
});
