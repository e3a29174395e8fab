import { chiSquaredSurvival } from "../statistics/gamma-distribution.ts";

/** Do labels that came agree with the probabilities that the reference gives? Where not, the concept has changed. */
export interface ConceptTest {
  readonly changed: boolean;
  readonly pValue: number | null;
  /** Labels minus probabilities on average. */
  readonly gap: number;
  readonly rows: number;
  readonly reason: string;
}

const BINS = 5;
const LEAST_ROWS = 200;
const LEVEL = 0.001;
/** A gap below this changes no decision, however sure it is. */
const LEAST_GAP = 0.02;

/**
 * Hosmer and Lemeshow's test in five bins of the probability, with the variance between units in the place of the binomial.
 * Changed: p below 0.001 and a bin that is off by more than 0.02. Null with fewer than 200 labels.
 * @param tests how many share the level
 */
export function conceptTest(
  probability: Float64Array,
  label: ArrayLike<number>,
  units: Uint32Array,
  tests = 1,
): ConceptTest | null {
  const variance = probability.map((p) => p * (1 - p));
  return testExpectations({ expected: probability, observed: label, variance, units }, tests, {
    leastGap: LEAST_GAP,
    words: (largest) => `${Number((100 * largest).toPrecision(2))} points`,
  });
}

/** Expectations of rows, and what came. */
export interface Expectations {
  readonly expected: Float64Array;
  readonly observed: ArrayLike<number>;
  /** Of the observed value around the expected one. */
  readonly variance: Float64Array;
  readonly units: Uint32Array;
}

/**
 * {@link conceptTest} of values of any kind.
 * @param relevant a mean gap of a bin that matters, and how the largest is said
 */
export function testExpectations(
  { expected, observed, variance, units }: Expectations,
  tests: number,
  relevant: { readonly leastGap: number; readonly words: (largest: number) => string },
): ConceptTest | null {
  const rows = expected.length;
  if (rows < LEAST_ROWS) return null;
  const order = Uint32Array.from(expected.keys()).sort((a, b) => expected[a]! - expected[b]!);
  let statistic = 0;
  let largest = 0;
  let total = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const inside = order.subarray(Math.floor((bin * rows) / BINS), Math.floor(((bin + 1) * rows) / BINS));
    const byUnit = new Map<number, number>();
    let gap = 0;
    let chance = 0;
    for (const i of inside) {
      const e = observed[i]! - expected[i]!;
      gap += e;
      chance += variance[i]!;
      byUnit.set(units[i]!, (byUnit.get(units[i]!) ?? 0) + e);
    }
    let clustered = 0;
    for (const e of byUnit.values()) clustered += e * e;
    total += gap;
    statistic += (gap * gap) / Math.max(chance, clustered, Number.MIN_VALUE);
    largest = Math.max(largest, Math.abs(gap) / inside.length);
  }
  const pValue = chiSquaredSurvival(statistic, BINS);
  const changed = pValue < LEVEL / tests && largest > relevant.leastGap;
  const off = `${rows.toLocaleString("en-US")} labels that came are up to ${relevant.words(largest)} off what the reference lets expect (p ${pValue.toPrecision(2)})`;
  return { changed, pValue, gap: total / rows, rows, reason: changed ? `the concept has changed: ${off}` : off };
}
