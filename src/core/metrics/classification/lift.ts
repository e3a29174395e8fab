import type { RankMetric } from "../metric.ts";
import { share } from "../parameters.ts";
import { total } from "../totals.ts";

/**
 * `lift@k` = (positives among the best k of the rows) / (k * positives). The cut at k * rows may fall inside a tie group
 * (or inside a row): the group's rows then count pro rata, so that neither tie order nor rounding moves the value.
 * Influence: a row moves the count by itself and moves the cut, which is worth the rate of positives near the cut; that
 * rate is taken over a window of rows^(2/3) (at least 20) rows around the cut.
 */
export const lift: RankMetric = {
  name: "lift",
  shape: "rank",
  tasks: ["binary"],
  direction: 1,
  range: [0, Number.POSITIVE_INFINITY],
  needs: [],
  parameter: share,
  convention:
    "Rate of positives among the best share k of rows (lift@0.1; above 1, k is a percentage: lift@10 is the same) over the rate among all; the cut is not rounded, rows tied at it count pro rata.",
  undefinedWhen: "there is no positive row",
  evaluate(positives, negatives, request, influence) {
    const groups = positives.length;
    const asked = request.parameter ?? 1;
    const k = asked > 1 ? asked / 100 : asked;
    const allPositive = total(positives);
    const rows = allPositive + total(negatives);
    if (!(allPositive > 0)) return { value: Number.NaN, positive: null, negative: null };
    const wanted = k * rows;
    let taken = 0;
    let hits = 0;
    let cut = 0;
    for (; cut < groups - 1; cut++) {
      const size = positives[cut]! + negatives[cut]!;
      if (taken + size >= wanted) break;
      taken += size;
      hits += positives[cut]!;
    }
    const cutSize = positives[cut]! + negatives[cut]!;
    const cutShare = cutSize > 0 ? Math.min(1, (wanted - taken) / cutSize) : 0;
    hits += cutShare * positives[cut]!;
    const value = hits / (k * allPositive);
    if (!influence) return { value, positive: null, negative: null };

    const nearby = k < 1 ? rateAround(positives, negatives, cut, Math.max(20, rows ** (2 / 3))) : 0;
    const positive = new Float64Array(groups);
    const negative = new Float64Array(groups);
    const scale = rows / (k * allPositive);
    for (let g = 0; g < groups; g++) {
      const inside = g < cut ? 1 : g === cut ? cutShare : 0;
      const moved = nearby * (k - inside);
      positive[g] = scale * (inside + moved) - (rows * value) / allPositive;
      negative[g] = scale * moved;
    }
    centre(positive, negative, positives, negatives, rows);
    return { value, positive, negative };
  },
};

/** Share of positives among the groups within about `window` rows around the cut. */
function rateAround(positives: ArrayLike<number>, negatives: ArrayLike<number>, cut: number, window: number): number {
  let hits = positives[cut]!;
  let rows = hits + negatives[cut]!;
  for (const step of [-1, 1]) {
    let side = 0;
    for (let g = cut + step; g >= 0 && g < positives.length && side < window / 2; g += step) {
      side += positives[g]! + negatives[g]!;
      hits += positives[g]!;
      rows += positives[g]! + negatives[g]!;
    }
  }
  return rows > 0 ? hits / rows : 0;
}

/** Takes out the rest that the windowed rate leaves, so that influence adds up to 0 over rows. */
function centre(
  positive: Float64Array,
  negative: Float64Array,
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  rows: number,
): void {
  let sum = 0;
  for (let g = 0; g < positive.length; g++) sum += positive[g]! * positives[g]! + negative[g]! * negatives[g]!;
  for (let g = 0; g < positive.length; g++) {
    positive[g]! -= sum / rows;
    negative[g]! -= sum / rows;
  }
}
