/** Count, mean and central power sums of values seen; merges exactly (up to rounding) in any order and split. */
export interface Moments {
  readonly n: number;
  /** NaN for n = 0. */
  readonly mean: number;
  /** Sum of (x - mean)^k for k = 2, 3, 4; 0 for n = 0. */
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
  /** Infinity for n = 0. */
  readonly minimum: number;
  /** -Infinity for n = 0. */
  readonly maximum: number;
}

export const noMoments: Moments = {
  n: 0,
  mean: Number.NaN,
  m2: 0,
  m3: 0,
  m4: 0,
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
};

/** Moments of values in two passes (mean first), NaN left out. An infinite value makes the mean infinite, the rest NaN. */
export function momentsOf(values: ArrayLike<number>): Moments {
  let n = 0;
  let sum = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (Number.isNaN(x)) continue;
    n++;
    sum += x;
    if (x < minimum) minimum = x;
    if (x > maximum) maximum = x;
  }
  if (n === 0) return noMoments;
  const rough = sum / n;
  let residual = 0;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - rough;
    if (Number.isNaN(d)) {
      if (Number.isNaN(values[i] as number)) continue;
      return { n, mean: rough, m2: Number.NaN, m3: Number.NaN, m4: Number.NaN, minimum, maximum };
    }
    const square = d * d;
    residual += d;
    m2 += square;
    m3 += square * d;
    m4 += square * square;
  }
  return recentre({ n, mean: rough, m2, m3, m4, minimum, maximum }, residual / n);
}

/** Moves the centre by the rounding error of the first pass, so that a large mean costs no digits. */
function recentre(moments: Moments, shift: number): Moments {
  const { n, m2, m3, m4 } = moments;
  return {
    ...moments,
    mean: moments.mean + shift,
    m2: m2 - n * shift * shift,
    m3: m3 - 3 * shift * m2 + 2 * n * shift ** 3,
    m4: m4 - 4 * shift * m3 + 6 * shift * shift * m2 - 3 * n * shift ** 4,
  };
}

/** Moments of the union of two disjoint sets of values (Chan, Golub and LeVeque 1979; Pebay 2008). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const delta = b.mean - a.mean;
  const share = delta / n;
  const product = a.n * b.n;
  return {
    n,
    // Weighted from the larger side, so that merging a row at a time does not drift.
    mean: a.n >= b.n ? a.mean + share * b.n : b.mean - share * a.n,
    m2: a.m2 + b.m2 + delta * share * product,
    m3: a.m3 + b.m3 + delta * share * share * product * (a.n - b.n) + 3 * share * (a.n * b.m2 - b.n * a.m2),
    m4:
      a.m4 +
      b.m4 +
      delta * share ** 3 * product * (a.n * a.n - product + b.n * b.n) +
      6 * share * share * (a.n * a.n * b.m2 + b.n * b.n * a.m2) +
      4 * share * (a.n * b.m3 - b.n * a.m3),
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
}

/** Adds one value (Welford 1962); NaN leaves the moments as they are. */
export function addValue(moments: Moments, x: number): Moments {
  if (Number.isNaN(x)) return moments;
  return mergeMoments(moments, { n: 1, mean: x, m2: 0, m3: 0, m4: 0, minimum: x, maximum: x });
}

/** Unbiased variance (n - 1); NaN below two values: one value says nothing about spread. */
export function sampleVariance(moments: Moments): number {
  return moments.n < 2 ? Number.NaN : Math.max(0, moments.m2) / (moments.n - 1);
}

/** Standard error of the mean; NaN below two values. */
export function standardErrorOfMean(moments: Moments): number {
  return Math.sqrt(sampleVariance(moments) / moments.n);
}

/** Skewness m3 / m2^1.5 in means (scipy's default, biased); NaN without spread. */
export function skewness(moments: Moments): number {
  return moments.m2 > 0 ? (Math.sqrt(moments.n) * moments.m3) / moments.m2 ** 1.5 : Number.NaN;
}

/** Excess kurtosis n m4 / m2^2 - 3 (scipy's default, biased); NaN without spread. */
export function excessKurtosis(moments: Moments): number {
  return moments.m2 > 0 ? (moments.n * moments.m4) / (moments.m2 * moments.m2) - 3 : Number.NaN;
}
