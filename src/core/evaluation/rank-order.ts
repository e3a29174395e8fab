import { scoreCodes, SCORE_BINS } from "./score-code.ts";

/**
 * Rows in groups of equal score, best first: `groupOf[row]` counts from 0 at the best. Exact ties, or the 1,024 bins
 * of the fixed score code where there are more rows than `exactRows`.
 */
export interface RankOrder {
  readonly groupOf: Uint32Array | Uint16Array;
  readonly groups: number;
  readonly exact: boolean;
}

/** Beyond this many rows, rank metrics are taken from 1,024 bins, with the error that this can make stated. */
export const EXACT_RANK_ROWS = 1_000_000;

export function rankOrder(scores: Float64Array, unit: boolean): RankOrder {
  return scores.length <= EXACT_RANK_ROWS ? exactOrder(scores) : binnedOrder(scores, unit);
}

function exactOrder(scores: Float64Array): RankOrder {
  const sorted = Float64Array.from(scores).sort();
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i]! !== sorted[i - 1]!) sorted[distinct++] = sorted[i]!;
  }
  const groupOf = new Uint32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    let low = 0;
    let high = distinct - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    groupOf[i] = distinct - 1 - low;
  }
  return { groupOf, groups: distinct, exact: true };
}

function binnedOrder(scores: Float64Array, unit: boolean): RankOrder {
  const codes = scoreCodes(scores, unit);
  for (let i = 0; i < codes.length; i++) codes[i] = SCORE_BINS - 1 - codes[i]!;
  return { groupOf: codes, groups: SCORE_BINS, exact: false };
}

/** Row numbers sorted by group, ties in row order (counting sort). */
export function rowsByGroup(order: RankOrder): Uint32Array {
  const next = new Uint32Array(order.groups + 1);
  for (let i = 0; i < order.groupOf.length; i++) next[order.groupOf[i]! + 1] = next[order.groupOf[i]! + 1]! + 1;
  for (let g = 0; g < order.groups; g++) next[g + 1] = next[g + 1]! + next[g]!;
  const rows = new Uint32Array(order.groupOf.length);
  for (let i = 0; i < order.groupOf.length; i++) {
    const group = order.groupOf[i]!;
    rows[next[group]!] = i;
    next[group] = next[group]! + 1;
  }
  return rows;
}
