import { median } from "../statistics/quantile.ts";

/** Where a series of windows changed level, and how. */
export interface Change {
  /** Index of the first window of the new level. */
  readonly at: number;
  readonly shape: "abrupt" | "gradual";
}

/** Share of the shift that must happen within one window for it to be abrupt. */
const abruptShare = 0.8;
/** Windows on each side of the step whose median is its level: a twentieth of all, five at least. */
const fewestNeighbours = 5;

/**
 * The change point of a series (largest between-segment sum of squares) and whether the step there explains at least
 * 80% of the whole shift: the level of the last fifth against the level before the change. Null with fewer than four
 * windows or a constant series.
 */
export function findChange(series: readonly number[]): Change | null {
  const n = series.length;
  if (n < 4) return null;
  const total = series.reduce((sum, value) => sum + value, 0);
  let left = 0;
  let at = 0;
  let best = 1e-18;
  for (let k = 1; k < n; k++) {
    left += series[k - 1]!;
    const difference = left / k - (total - left) / (n - k);
    const between = ((k * (n - k)) / n) * difference * difference;
    if (between > best) {
      best = between;
      at = k;
    }
  }
  if (at === 0) return null;
  const neighbours = Math.max(fewestNeighbours, Math.round(n / 20));
  const before = series.slice(0, at);
  const after = series.slice(at);
  const jump = median(after.slice(0, neighbours)) - median(before.slice(-neighbours));
  const span = Math.max(1, Math.round(n / 5));
  const end = median(after.slice(-Math.min(after.length, Math.max(neighbours, span))));
  const start = median(before.slice(0, Math.max(neighbours, Math.min(span, before.length))));
  const whole = end - start;
  return { at, shape: Math.abs(jump) >= abruptShare * Math.abs(whole) ? "abrupt" : "gradual" };
}
