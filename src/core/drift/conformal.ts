import { median } from "../statistics/quantile.ts";

/**
 * How surprising the current effects are beside those of the reference's own windows. Under the null the current window
 * and the R reference windows are exchangeable, so the rank of the current one is uniform. Columns are taken together by
 * the largest standardised effect of a window (max-T), which holds the chance of any false alarm at alpha over all
 * columns, whatever their dependence, and needs no more windows than one column alone.
 */
export interface ConformalAnswer {
  /** Per column: (1 + #{r: D_r >= D_now}) / (R + 1), of this column alone. */
  readonly pValues: Float64Array;
  /** Per column: (1 + #{r: max over columns of T_r >= T_now}) / (R + 1). */
  readonly adjusted: Float64Array;
  /** Per column: how far D_now lies above the farthest reference window, as a ratio; 0 without windows. */
  readonly beyond: Float64Array;
  /** Per column: the effect above which the adjusted p falls to alpha or below; the upper edge of the alarm band. */
  readonly limits: Float64Array;
  /** Per column: share of reference windows that would alarm at `alpha` because of this column. */
  readonly rates: Float64Array;
}

/**
 * @param windows effects per reference window and column, each window compared with the rest of the reference
 * @param now effects of the current window
 * @param alpha for the limits only
 * @param families columns of one number are taken together; all by default. The promise holds for each family.
 */
export function conformalSurprise(
  windows: readonly Float64Array[],
  now: Float64Array,
  alpha: number,
  families: readonly number[] = Array.from(now, () => 0),
): ConformalAnswer {
  const columns = now.length;
  const R = windows.length;
  const scales = Array.from({ length: columns }, (_, c) => locationAndSpread(windows, c));
  const rank = Math.floor(alpha * (R + 1) + 1e-9);
  const byFamily = new Map<number, { readonly largest: readonly number[]; readonly critical: number }>();
  for (const family of new Set(families)) {
    const largest = windows.map((effects) => {
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < columns; c++) {
        if (families[c] === family) most = Math.max(most, (effects[c]! - scales[c]!.location) / scales[c]!.spread);
      }
      return most;
    });
    const sorted = Float64Array.from(largest).sort();
    byFamily.set(family, { largest, critical: rank >= 1 && rank <= R ? sorted[R - rank]! : Number.POSITIVE_INFINITY });
  }
  const pValues = new Float64Array(columns);
  const adjusted = new Float64Array(columns);
  const beyond = new Float64Array(columns);
  const limits = new Float64Array(columns);
  const rates = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    const { location, spread } = scales[c]!;
    const { largest, critical } = byFamily.get(families[c]!)!;
    const t = (now[c]! - location) / spread;
    let own = 0;
    let farthest = 0;
    for (const effects of windows) {
      if (effects[c]! >= now[c]!) own++;
      farthest = Math.max(farthest, effects[c]!);
    }
    pValues[c] = (1 + own) / (R + 1);
    adjusted[c] = (1 + largest.filter((value) => value >= t).length) / (R + 1);
    beyond[c] = R === 0 ? 0 : now[c]! / Math.max(farthest, 1e-12);
    limits[c] = location + critical * spread;
    // As many windows as have such a rank, the one at the critical value too: of R, alarms come at rank / (R + 1).
    const reached = (effects: Float64Array): boolean => (effects[c]! - location) / spread >= critical;
    rates[c] = windows.filter(reached).length / Math.max(1, R);
  }
  return { pValues, adjusted, beyond, limits, rates };
}

/** Median, and the distance from it to the 90% point: the upper tail decides. Never zero. */
function locationAndSpread(windows: readonly Float64Array[], column: number): { location: number; spread: number } {
  const values = Float64Array.from(windows, (effects) => effects[column]!).sort();
  if (values.length === 0) return { location: 0, spread: 1 };
  const location = median(values);
  const high = values[Math.min(values.length - 1, Math.floor(0.9 * values.length))]!;
  return { location, spread: Math.max(high - location, 1e-3) };
}

/** Fewest reference windows with which an alarm at `alpha` is possible. */
export function windowsNeeded(alpha: number): number {
  return Math.ceil(1 / alpha - 1e-9);
}
