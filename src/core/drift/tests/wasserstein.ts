import type { PairSide } from "../column-pair.ts";
import type { DriftTest } from "../drift-test.ts";
import { noResult } from "../drift-test.ts";
import { emptySide } from "./kolmogorov-smirnov.ts";

export const wassersteinTest: DriftTest = {
  name: "wasserstein",
  title: "Wasserstein distance",
  needs: "ordered",
  range: [0, Number.POSITIVE_INFINITY],
  convention:
    "Area between the two distribution functions over finite values (scipy's wasserstein_distance) divided by the reference's standard deviation (n - 1): 0.1 is a shift of a tenth of a standard deviation. From all rows up to 150,000, else from the fine histogram with values spread evenly inside a bin. No p-value: its law depends on the distribution.",
  hasPValue: false,
  compute({ reference, current }) {
    const method = "area between distribution functions / reference standard deviation";
    if (reference.filled === 0 || current.filled === 0) return noResult(method, emptySide(reference.filled));
    const sd = reference.sd;
    if (sd === null)
      return noResult(method, "the reference has no standard deviation (one row, or values too large to square)");
    if (sd === 0) return noResult(method, "the reference is constant: there is no unit to measure in");
    if (reference.sorted !== null && current.sorted !== null) {
      const area = sampleArea(reference.sorted, current.sorted);
      return { statistic: area / sd, p_value: null, method: `${method}, on all rows` };
    }
    const { area, bound } = histogramArea(reference, current);
    return {
      statistic: area / sd,
      p_value: null,
      method: `${method}, on ${reference.counts.length} bins`,
      error_bound: bound / sd,
    };
  },
};

/** Integral of |F - G| for two ascending samples. */
export function sampleArea(a: Float64Array, b: Float64Array): number {
  let i = 0;
  let j = 0;
  let area = 0;
  let before = Math.min(a[0]!, b[0]!);
  while (i < a.length || j < b.length) {
    const x = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    area += Math.abs(i / a.length - j / b.length) * (x - before);
    while (i < a.length && a[i]! <= x) i++;
    while (j < b.length && b[j]! <= x) j++;
    before = x;
  }
  return area;
}

function histogramArea(reference: PairSide, current: PairSide): { area: number; bound: number } {
  const edges = reference.edges ?? new Float64Array(0);
  const low = Math.min(reference.min, current.min);
  const high = Math.max(reference.max, current.max);
  let f = 0;
  let g = 0;
  let area = 0;
  let bound = 0;
  for (let bin = 0; bin < reference.counts.length; bin++) {
    const stepF = reference.counts[bin]! / reference.filled;
    const stepG = current.counts[bin]! / current.filled;
    const from = Math.max(low, edges[bin - 1] ?? low);
    const to = Math.min(high, edges[bin] ?? high);
    const width = to - from;
    if (width > 0) {
      area += width * meanAbsoluteOfLine(f - g, f - g + stepF - stepG);
      bound += width * Math.min(Math.max(stepF, stepG), 1) * (stepF + stepG > 0 ? 1 : 0);
    }
    f += stepF;
    g += stepG;
  }
  return { area, bound };
}

/** Mean of |y| along the line from a to b. */
function meanAbsoluteOfLine(a: number, b: number): number {
  if (a * b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * Math.abs(a - b));
}
