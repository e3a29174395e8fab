import type { ArmDifference } from "../statistics/arm-difference.ts";

/**
 * A measure in one arm, summed over units: y (errors, clicks, log milliseconds) over x (requests, labelled answers). A
 * unit counts once however often it comes back, so that errors of the rates are those of units, never of rows. Adds up.
 */
export interface RatioSums {
  /** Units with x > 0. */
  readonly n: number;
  /** Of them, those with y > 0. */
  readonly hit: number;
  /** Of them, those with y >= x: not one of their requests missed. */
  readonly full: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

export const noSums: RatioSums = { n: 0, hit: 0, full: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 };

export function addSums(a: RatioSums, b: RatioSums): RatioSums {
  return {
    n: a.n + b.n,
    hit: a.hit + b.hit,
    full: a.full + b.full,
    x: a.x + b.x,
    y: a.y + b.y,
    xx: a.xx + b.xx,
    xy: a.xy + b.xy,
    yy: a.yy + b.yy,
  };
}

/** The sums without those of some of their units. */
export function subtractSums(a: RatioSums, b: RatioSums): RatioSums {
  return {
    n: a.n - b.n,
    hit: a.hit - b.hit,
    full: a.full - b.full,
    x: a.x - b.x,
    y: a.y - b.y,
    xx: a.xx - b.xx,
    xy: a.xy - b.xy,
    yy: a.yy - b.yy,
  };
}

/** The sums after a unit's own x and y grew from one pair to another; from (0, 0) it is new. */
export function growUnit(sums: RatioSums, fromX: number, fromY: number, toX: number, toY: number): RatioSums {
  return {
    n: sums.n + (toX > 0 ? 1 : 0) - (fromX > 0 ? 1 : 0),
    hit: sums.hit + (toY > 0 ? 1 : 0) - (fromY > 0 ? 1 : 0),
    full: sums.full + (toX > 0 && toY >= toX ? 1 : 0) - (fromX > 0 && fromY >= fromX ? 1 : 0),
    x: sums.x + toX - fromX,
    y: sums.y + toY - fromY,
    xx: sums.xx + toX * toX - fromX * fromX,
    xy: sums.xy + toX * toY - fromX * fromY,
    yy: sums.yy + toY * toY - fromY * fromY,
  };
}

/** y / x; NaN without observations. */
export function ratioOf(sums: RatioSums): number {
  return sums.y / sums.x;
}

/** What decides whether the normal approximation holds: shares by their rarer outcome, values by units. */
export type RatioKind = "share" | "value";

const LEAST_EXPECTED = 5;
const LEAST_UNITS = 100;

/**
 * Difference of two ratios, treatment minus control, with the standard error over units by the delta method: residuals
 * y - R x around each arm's own ratio, or around the pooled one, whichever is larger (as `armProportions` does, which
 * this equals for x = 1 up to the n - 1). Not ready before the smaller arm can expect 5 units that are hit and 5 that are
 * not (shares), or has 100 units (values).
 */
export function armRatios(control: RatioSums, treatment: RatioSums, kind: RatioKind): ArmDifference {
  const counts = { n: control.n + treatment.n, control: control.n, treatment: treatment.n };
  const smaller = Math.min(control.n, treatment.n);
  if (smaller < 2) {
    const reason = "an arm has fewer than two units";
    return { ...counts, difference: Number.NaN, standardError: Number.NaN, notReady: reason };
  }
  const pooled = (control.y + treatment.y) / (control.x + treatment.x);
  const apart = ownVariance(control, ratioOf(control)) + ownVariance(treatment, ratioOf(treatment));
  const spread = (residuals(control, pooled) + residuals(treatment, pooled)) / (counts.n - 1);
  const meanX = (control.x + treatment.x) / counts.n;
  const together = (spread * (1 / control.n + 1 / treatment.n)) / (meanX * meanX);
  const difference = ratioOf(treatment) - ratioOf(control);
  const standardError = Math.sqrt(Math.max(apart, together));
  return { ...counts, difference, standardError, notReady: notReady(control, treatment, smaller, kind) };
}

/** Sum over units of (y - R x)^2. */
function residuals(sums: RatioSums, ratio: number): number {
  return Math.max(0, sums.yy - 2 * ratio * sums.xy + ratio * ratio * sums.xx);
}

/** Squared standard error of an arm's ratio. */
export function ownVariance(sums: RatioSums, ratio: number): number {
  const meanX = sums.x / sums.n;
  return residuals(sums, ratio) / (sums.n - 1) / sums.n / (meanX * meanX);
}

function notReady(control: RatioSums, treatment: RatioSums, smaller: number, kind: RatioKind): string | null {
  if (kind === "value") {
    return smaller >= LEAST_UNITS ? null : `the smaller arm has ${smaller} units, ${LEAST_UNITS} are needed`;
  }
  const rate = (control.hit + treatment.hit) / (control.n + treatment.n);
  const expected = Math.min(rate, 1 - rate) * smaller;
  if (expected >= LEAST_EXPECTED) return null;
  return `the smaller arm can expect ${expected.toFixed(1)} units of the rarer outcome, ${LEAST_EXPECTED} are needed`;
}
