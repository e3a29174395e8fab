/** Points of the classic pictures, from label-by-score histograms. Bins are ascending in the score. */
import type { BinaryModelCurves } from "./curves.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** False positive rate against true positive rate, from the strictest threshold to the loosest. */
export function rocPoints(model: BinaryModelCurves): Point[] {
  const positives = sum(model.positives) || 1;
  const negatives = sum(model.negatives) || 1;
  let hits = 0;
  let alarms = 0;
  const points: Point[] = [{ x: 0, y: 0 }];
  for (let bin = model.positives.length - 1; bin >= 0; bin--) {
    hits += model.positives[bin] ?? 0;
    alarms += model.negatives[bin] ?? 0;
    points.push({ x: alarms / negatives, y: hits / positives });
  }
  return points;
}

/** Area under {@link rocPoints} by trapezia: ties inside a bin count half. */
export function areaUnder(points: readonly Point[]): number {
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a !== undefined && b !== undefined) area += ((b.x - a.x) * (a.y + b.y)) / 2;
  }
  return area;
}

/** Recall against precision, from the strictest threshold to the loosest. */
export function precisionRecallPoints(model: BinaryModelCurves): Point[] {
  const positives = sum(model.positives) || 1;
  let hits = 0;
  let taken = 0;
  const points: Point[] = [];
  for (let bin = model.positives.length - 1; bin >= 0; bin--) {
    const p = model.positives[bin] ?? 0;
    const n = model.negatives[bin] ?? 0;
    if (p + n === 0) continue;
    hits += p;
    taken += p + n;
    points.push({ x: hits / positives, y: hits / taken });
  }
  return points;
}

export interface CalibrationPoint extends Point {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

/** Mean score against the share of positives in up to `groups` groups of about equal size, with Wilson's 95% interval. */
export function calibrationPoints(model: BinaryModelCurves, groups = 10): CalibrationPoint[] {
  const total = sum(model.positives) + sum(model.negatives);
  const points: CalibrationPoint[] = [];
  let rows = 0;
  let hits = 0;
  let score = 0;
  model.positives.forEach((p, bin) => {
    const n = p + (model.negatives[bin] ?? 0);
    const middle = ((model.edges[bin] ?? 0) + (model.edges[bin + 1] ?? 0)) / 2;
    rows += n;
    hits += p;
    score += n * middle;
    const last = bin === model.positives.length - 1;
    if (rows > 0 && (rows >= total / groups || last)) {
      points.push({ x: score / rows, y: hits / rows, ...wilson(hits, rows), rows });
      rows = hits = score = 0;
    }
  });
  return points;
}

/** Wilson's interval (1927) for a share, two-sided 95%. */
export function wilson(hits: number, n: number): { low: number; high: number } {
  const z = 1.959963984540054;
  const share = hits / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Counts moved onto `bins` equal bins between `low` and `high`; a bin that spans several is shared out by width. */
export function rebin(
  edges: readonly number[],
  counts: readonly number[],
  low: number,
  high: number,
  bins: number,
): number[] {
  const out = Array.from({ length: bins }, () => 0);
  const width = (high - low) / bins || 1;
  counts.forEach((n, i) => {
    if (n === 0) return;
    const from = Math.max(low, edges[i] ?? low);
    const to = Math.min(high, edges[i + 1] ?? high);
    const first = Math.min(bins - 1, Math.max(0, Math.floor((from - low) / width)));
    const final = Math.min(bins - 1, Math.max(first, Math.ceil((to - low) / width) - 1));
    for (let bin = first; bin <= final; bin++) {
      const overlap = Math.min(to, low + (bin + 1) * width) - Math.max(from, low + bin * width);
      const part = to > from ? Math.max(0, overlap) / (to - from) : 1 / (final - first + 1);
      out[bin] = (out[bin] ?? 0) + n * part;
    }
  });
  return out;
}
