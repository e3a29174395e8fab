import type { ColumnProfile } from "../profile/column-profile.ts";
import { filledRows } from "../profile/column-profile.ts";
import { isCategoryFrame } from "../profile/frame.ts";
import { countsByGroup } from "./column-pair.ts";
import { jensenShannon } from "./tests/jensen-shannon.ts";
import { histogramDistance } from "./tests/kolmogorov-smirnov.ts";

/**
 * How far a column moved, between 0 and 1, the same for every kind: the larger of the Jensen-Shannon distance on the
 * column's groups (missing is one) and, for ordered kinds, the Kolmogorov-Smirnov distance; for text also of the
 * languages and of the share of unknown words. A shift of a tenth of a standard deviation is about 0.04 in either.
 */
export function effectSize(reference: ColumnProfile, current: ColumnProfile): number {
  let effect = sharesDistance(countsByGroup(reference), countsByGroup(current));
  if (!isCategoryFrame(reference.frame)) {
    const n = filledRows(reference);
    const m = filledRows(current);
    if (n > 0 && m > 0) {
      const { distance } = histogramDistance(
        { counts: reference.counts, filled: n, edges: reference.frame.edges },
        { counts: current.counts, filled: m },
      );
      effect = Math.max(effect, distance);
    }
  }
  const before = reference.text;
  const after = current.text;
  if (before !== null && after !== null) {
    effect = Math.max(effect, sharesDistance(before.byLanguage, after.byLanguage), unknownWordShift(before, after));
  }
  return effect;
}

/** Jensen-Shannon distance of two count vectors; 0 when both are empty, 1 when one is. */
export function sharesDistance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const n = total(left);
  const m = total(right);
  if (n === 0 || m === 0) return n === m ? 0 : 1;
  return jensenShannon(
    Float64Array.from(left, (count) => count / n),
    Float64Array.from(right, (count) => count / m),
  );
}

interface WordCounts {
  readonly words: number;
  readonly unknownWords: number;
}

/** Jensen-Shannon distance of known against unknown words. */
function unknownWordShift(before: WordCounts, after: WordCounts): number {
  return sharesDistance(
    [before.words - before.unknownWords, before.unknownWords],
    [after.words - after.unknownWords, after.unknownWords],
  );
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
