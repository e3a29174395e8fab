/** p-values corrected for the number of hypotheses, in the order given; NaN stays NaN and is not counted. */
export interface AdjustedPValues {
  readonly adjusted: Float64Array;
  /** Hypotheses counted. */
  readonly family: number;
  readonly method: string;
}

/** Benjamini and Hochberg (1995): rejecting adjusted <= q keeps the false discovery rate at q (independence or PRDS). */
export function benjaminiHochberg(pValues: ArrayLike<number>): AdjustedPValues {
  return stepUp(pValues, () => 1, "Benjamini-Hochberg");
}

/** Benjamini and Yekutieli (2001): the same under any dependence, for the price of sum 1/i. */
export function benjaminiYekutieli(pValues: ArrayLike<number>): AdjustedPValues {
  return stepUp(pValues, harmonic, "Benjamini-Yekutieli");
}

/** Holm (1979): rejecting adjusted <= alpha keeps the chance of any false rejection at alpha, under any dependence. */
export function holm(pValues: ArrayLike<number>): AdjustedPValues {
  const order = ascending(pValues);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (order.length - rank) * (pValues[index] as number)));
    adjusted[index] = running;
  });
  return { adjusted, family: order.length, method: "Holm" };
}

/**
 * One e-value for "any of these is out of order" from several, under any dependence: their mean (Vovk and Wang 2021). NaN
 * values are left out; NaN when none is left.
 */
export function mergeEValues(eValues: ArrayLike<number>): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < eValues.length; i++) {
    const e = eValues[i] as number;
    if (Number.isNaN(e)) continue;
    sum += e;
    n++;
  }
  return n === 0 ? Number.NaN : sum / n;
}

/**
 * e-BH (Wang and Ramdas 2022): rejects the k hypotheses of largest e-value, k the largest with e_(k) >= m / (k q). The
 * false discovery rate stays at q under any dependence of the e-values. NaN e-values are not counted.
 */
export function eBenjaminiHochberg(eValues: ArrayLike<number>, q: number): { rejected: boolean[]; family: number } {
  const order = ascending(eValues).reverse();
  const m = order.length;
  let count = 0;
  order.forEach((index, rank) => {
    if ((eValues[index] as number) * (rank + 1) * q >= m) count = rank + 1;
  });
  const rejected = Array.from({ length: eValues.length }, () => false);
  for (const index of order.slice(0, count)) rejected[index] = true;
  return { rejected, family: m };
}

function stepUp(pValues: ArrayLike<number>, penalty: (m: number) => number, method: string): AdjustedPValues {
  const order = ascending(pValues);
  const m = order.length;
  const factor = m * penalty(m);
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  let running = 1;
  for (let rank = m - 1; rank >= 0; rank--) {
    const index = order[rank] as number;
    running = Math.min(running, (pValues[index] as number) * (factor / (rank + 1)));
    adjusted[index] = running;
  }
  return { adjusted, family: m, method };
}

function harmonic(m: number): number {
  let sum = 0;
  for (let i = m; i >= 1; i--) sum += 1 / i;
  return sum;
}

function ascending(values: ArrayLike<number>): number[] {
  const order: number[] = [];
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i] as number)) order.push(i);
  return order.sort((i, j) => (values[i] as number) - (values[j] as number) || i - j);
}
