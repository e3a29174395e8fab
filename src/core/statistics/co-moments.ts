/** Means and central products of pairs (x, y); merges like {@link Moments}. */
export interface CoMoments {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Sums of (x - meanX)^2, (y - meanY)^2 and (x - meanX)(y - meanY). */
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

export const noCoMoments: CoMoments = { n: 0, meanX: 0, meanY: 0, xx: 0, yy: 0, xy: 0 };

/** Of pairs at the same place in both arrays; a pair with a NaN is left out. */
export function coMomentsOf(x: ArrayLike<number>, y: ArrayLike<number>): CoMoments {
  let n = 0;
  let meanX = 0;
  let meanY = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const a = x[i] as number;
    const b = y[i] as number;
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    n++;
    const dx = a - meanX;
    const dy = b - meanY;
    meanX += dx / n;
    meanY += dy / n;
    xx += dx * (a - meanX);
    yy += dy * (b - meanY);
    xy += dx * (b - meanY);
  }
  return { n, meanX, meanY, xx, yy, xy };
}

/** Of the union of two disjoint sets of pairs. */
export function mergeCoMoments(a: CoMoments, b: CoMoments): CoMoments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const dx = b.meanX - a.meanX;
  const dy = b.meanY - a.meanY;
  const weight = (a.n * b.n) / n;
  return {
    n,
    meanX: a.meanX + (dx * b.n) / n,
    meanY: a.meanY + (dy * b.n) / n,
    xx: a.xx + b.xx + dx * dx * weight,
    yy: a.yy + b.yy + dy * dy * weight,
    xy: a.xy + b.xy + dx * dy * weight,
  };
}

/** Pearson's correlation; NaN where x or y does not vary. */
export function correlation(moments: CoMoments): number {
  const spread = Math.sqrt(moments.xx) * Math.sqrt(moments.yy);
  return spread > 0 ? Math.max(-1, Math.min(1, moments.xy / spread)) : Number.NaN;
}
