import type { Costs } from "../slices/slice.ts";

/** What a threshold is learnt for. */
export interface ThresholdRule {
  readonly kind: "recall" | "precision" | "minimal-cost";
  /** Recall or precision to reach. */
  readonly value?: number;
  readonly costs: Costs;
}

/**
 * Learns a threshold on the rows that `uses` admits; a score reaches it when it is at least as large.
 * recall: the largest threshold with recall at least `value`. precision: the smallest with precision at least `value`
 * (the largest score where none reaches it). minimal-cost: the one with the least total cost, the largest among equal
 * ones. With no admitted row of a class that the rule needs, everything is predicted negative (+infinity).
 */
export function learnThreshold(
  scores: Float64Array,
  label: Uint8Array,
  rule: ThresholdRule,
  uses: (row: number) => boolean = () => true,
): number {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) if (uses(row)) rows.push(row);
  rows.sort((a, b) => scores[b]! - scores[a]!);
  const positives = rows.reduce((sum, row) => sum + label[row]!, 0);
  if (positives === 0) return Number.POSITIVE_INFINITY;
  let hits = 0;
  let best = Number.POSITIVE_INFINITY;
  let leastCost = positives * rule.costs.falseNegative;
  for (let i = 0; i < rows.length; i++) {
    hits += label[rows[i]!]!;
    const score = scores[rows[i]!]!;
    if (i + 1 < rows.length && scores[rows[i + 1]!]! === score) continue;
    if (rule.kind === "recall") {
      if (hits >= rule.value! * positives) return score;
    } else if (rule.kind === "precision") {
      if (hits >= rule.value! * (i + 1) || best === Number.POSITIVE_INFINITY) best = score;
    } else {
      const cost = (i + 1 - hits) * rule.costs.falsePositive + (positives - hits) * rule.costs.falseNegative;
      if (cost < leastCost) {
        leastCost = cost;
        best = score;
      }
    }
  }
  return best;
}
