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
  const rows = probability.length;
  if (rows < LEAST_ROWS) return null;
  const order = Uint32Array.from(probability.keys()).sort((a, b) => probability[a]! - probability[b]!);
  let statistic = 0;
  let largest = 0;
  let total = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const inside = order.subarray(Math.floor((bin * rows) / BINS), Math.floor(((bin + 1) * rows) / BINS));
    const byUnit = new Map<number, number>();
    let gap = 0;
    let binomial = 0;
    for (const i of inside) {
      const e = label[i]! - probability[i]!;
      gap += e;
      binomial += probability[i]! * (1 - probability[i]!);
      byUnit.set(units[i]!, (byUnit.get(units[i]!) ?? 0) + e);
    }
    let clustered = 0;
    for (const e of byUnit.values()) clustered += e * e;
    total += gap;
    statistic += (gap * gap) / Math.max(binomial, clustered, 1e-12);
    largest = Math.max(largest, Math.abs(gap) / inside.length);
  }
  const pValue = chiSquaredSurvival(statistic, BINS);
  const changed = pValue < LEVEL / tests && largest > LEAST_GAP;
  const gap = total / rows;
  const off = `${rows.toLocaleString("en-US")} labels that came are up to ${Number((100 * largest).toPrecision(2))} points off what the reference lets expect (p ${pValue.toPrecision(2)})`;
  return { changed, pValue, gap, rows, reason: changed ? `the concept has changed: ${off}` : off };
}
