import { describe, expect, it } from "vitest";
import { findMetric } from "../../metrics/catalog.ts";
import type { ListMetric } from "../../metrics/metric.ts";
import { createRandom } from "../../statistics/random.ts";
import { expectList, listSpread } from "./list-relevance.ts";
import fixture from "./list-relevance.fixture.json" with { type: "json" };

describe("what is expected of a list", () => {
  const cases = fixture.flatMap(({ probability, spread, expected }) =>
    Object.entries(expected).map(([name, [value, counts]]) => ({ probability, spread, name, value, counts })),
  );

  it.each(cases)("$name of $probability.length items, list effect $spread, is what all outcomes give", (one) => {
    const { metric, request } = findMetric(one.name, "ranking");
    const how = { spread: one.spread, draws: 40_000, seed: 3 };
    const found = expectList(metric as ListMetric, request, one.probability, how);
    expect(Math.abs(found.value - one.value!)).toBeLessThan(0.02);
    expect(Math.abs(found.counts - one.counts!)).toBeLessThan(0.02);
  });
});

it("the effect of lists is found from their sums, and none where items are independent", () => {
  const random = createRandom(4);
  const lists = (spread: number) =>
    Array.from({ length: 2000 }, () => {
      const effect = spread * random.nextNormal();
      const logits = Array.from({ length: 30 }, () => -2.5 + random.nextNormal());
      const slope = Math.sqrt(1 + 0.346 * spread * spread);
      const relevant = logits.map((logit) => (random.next() < 1 / (1 + Math.exp(-logit - effect)) ? 1 : 0));
      return { probability: logits.map((logit) => 1 / (1 + Math.exp(-logit / slope))), relevant };
    });
  expect(listSpread(lists(0))).toBeLessThan(0.2);
  expect(Math.abs(listSpread(lists(0.8)) - 0.8)).toBeLessThan(0.15);
});
