import { describe, expect, it } from "vitest";
import fixture from "./label-delays.fixture.json" with { type: "json" };
import { censoredArrival, completedRate, completeness, truncatedArrival } from "./label-delays.ts";
import { createRandom } from "./random.ts";

const DAY = 1;

describe("how complete labels of an age are", () => {
  it("agrees with the definition written out, where a missing label says nothing", () => {
    const { delays, ages, at, share } = fixture.truncated;
    const arrival = truncatedArrival({ delays: Float64Array.from(delays), ages: Float64Array.from(ages) });
    at.forEach((age, i) => expect(completeness(arrival, age)).toBeCloseTo(share[i]!, 12));
  });

  it("agrees with scipy's Kaplan-Meier, where every prediction is to get a label", () => {
    const { delays, ages, at, share } = fixture.censored;
    const given = { delays: Float64Array.from(delays, (delay) => delay ?? NaN), ages: Float64Array.from(ages) };
    const arrival = censoredArrival(given);
    at.forEach((age, i) => expect(completeness(arrival, age)).toBeCloseTo(share[i]!, 12));
  });

  it("knows nothing without labels, and all at once where they come at once", () => {
    const none = { delays: new Float64Array(0), ages: new Float64Array(0) };
    expect(completeness(truncatedArrival(none), 5)).toBe(0);
    const atOnce = truncatedArrival({ delays: Float64Array.of(0, 0, 0), ages: Float64Array.of(0, 1, 2) });
    expect(completeness(atOnce, 0)).toBe(1);
  });
});

// METHODS 8: true rate 0.100, mean delay 7 days, the last 7 days: naive 0.037, corrected 0.0985 (sd 0.009).
it("the rate of the last seven days is that of all time, although most of its labels are still to come", () => {
  const rates: number[] = [];
  const naive: number[] = [];
  const random = createRandom(81);
  for (let round = 0; round < 120; round++) {
    const ages: number[] = [];
    const come: { delay: number; age: number }[] = [];
    for (let i = 0; i < 33_000; i++) {
      const age = 60 * DAY * random.next();
      ages.push(age);
      if (random.next() >= 0.1) continue;
      const delay = -7 * DAY * Math.log(1 - random.next());
      if (delay <= age) come.push({ delay, age });
    }
    const arrival = truncatedArrival({
      delays: Float64Array.from(come, ({ delay }) => delay),
      ages: Float64Array.from(come, ({ age }) => age),
    });
    const recent = Float64Array.from(ages.filter((age) => age < 7 * DAY));
    const conversions = come.filter(({ age }) => age < 7 * DAY).length;
    naive.push(conversions / recent.length);
    rates.push(completedRate(conversions, recent, arrival));
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(mean(rates.map((rate) => (rate - mean(rates)) ** 2)));
  expect(mean(naive)).toBeCloseTo(0.037, 3);
  expect(mean(rates)).toBeGreaterThan(0.098);
  expect(mean(rates)).toBeLessThan(0.102);
  expect(deviation).toBeGreaterThan(0.007);
  expect(deviation).toBeLessThan(0.011);
});
