import { expect, it } from "vitest";
import { createRandom, type Random } from "../statistics/random.ts";
import { domainWeights } from "./domain-weights.ts";

/** Users ask many times, each with a feature of their own. */
function users(random: Random, count: number, each: number, shift: number) {
  const bins: number[] = [];
  const units: number[] = [];
  for (let user = 0; user < count; user++) {
    const own = Math.min(59, Math.floor(60 * random.next() ** (1 + shift)));
    for (let k = 0; k < each; k++) {
      bins.push(own);
      units.push(user);
    }
  }
  return { bins, units };
}

function shiftedShare(rounds: number, shift: number, known: boolean): number {
  let shifted = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const random = createRandom(seed);
    const [before, now] = [users(random, 100, 30, 0), users(random, 40, 30, shift)];
    const units = known ? [...before.units, ...now.units] : null;
    const found = domainWeights([Uint8Array.from([...before.bins, ...now.bins])], 3000, 1200, seed, units);
    if (found.shifted) shifted++;
  }
  return shifted / rounds;
}

it("users who ask again are no shift of the features, as their rows by themselves would seem", () => {
  expect(shiftedShare(20, 0, false)).toBe(1);
  expect(shiftedShare(60, 0, true)).toBeLessThan(0.05);
  expect(shiftedShare(20, 3, true)).toBeGreaterThan(0.8);
});
