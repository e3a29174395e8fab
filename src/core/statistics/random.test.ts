import { describe, expect, it } from "vitest";
import { erfc } from "./error-function.ts";
import { createRandom } from "./random.ts";

describe("seeded randomness", () => {
  it("gives the same numbers for the same seed, others for another, also above 2^32", () => {
    const take = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, () => random.nextUint32());
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7)).not.toEqual(take(7 + 2 ** 32));
  });

  it("keeps its stream for ever: a saved verdict is recomputed from the seed", () => {
    const random = createRandom(1);
    expect([random.nextUint32(), random.nextUint32(), random.nextUint32()]).toEqual([
      4064752930, 1169703512, 1317941441,
    ]);
  });

  it("is uniform in 64 cells by chi-squared and uncorrelated at lag one", () => {
    const random = createRandom(2);
    const n = 64_000;
    const cells = Array.from({ length: 64 }, () => 0);
    let product = 0;
    let previous = random.next();
    for (let i = 0; i < n; i++) {
      const x = random.next();
      cells[Math.floor(x * 64)] = (cells[Math.floor(x * 64)] as number) + 1;
      product += (x - 0.5) * (previous - 0.5);
      previous = x;
    }
    const chi2 = cells.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
    // 63 degrees of freedom: 0.1% beyond 103.4, 0.1% below 32.
    expect(chi2).toBeLessThan(103.4);
    expect(chi2).toBeGreaterThan(32);
    expect(Math.abs((product / n) * 12 * Math.sqrt(n))).toBeLessThan(3.3);
  });

  it("stays in [0, 1) and below the bound, and reaches every integer below it", () => {
    const random = createRandom(3);
    const seen = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const x = random.next();
      expect(x >= 0 && x < 1).toBe(true);
      const k = random.nextBelow(7);
      expect(Number.isInteger(k) && k >= 0 && k < 7).toBe(true);
      seen.add(k);
    }
    expect(seen.size).toBe(7);
    expect(() => random.nextBelow(0)).toThrow("bound");
    expect(() => random.nextBelow(Number.NaN)).toThrow("bound");
  });

  it("has normal numbers with the moments and the tail of the normal", () => {
    const random = createRandom(4);
    const n = 200_000;
    let sum = 0;
    let square = 0;
    let beyond = 0;
    for (let i = 0; i < n; i++) {
      const z = random.nextNormal();
      sum += z;
      square += z * z;
      if (Math.abs(z) > 2.5) beyond++;
    }
    expect(Math.abs(sum / Math.sqrt(n))).toBeLessThan(3.3);
    expect(Math.abs((square - n) / Math.sqrt(2 * n))).toBeLessThan(3.3);
    const expected = n * erfc(2.5 / Math.SQRT2);
    expect(Math.abs(beyond - expected) / Math.sqrt(expected)).toBeLessThan(3.3);
  });
});
