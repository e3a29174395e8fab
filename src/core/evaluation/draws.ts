import { createRandom } from "../statistics/random.ts";

/** Folds are numbered by one byte. */
export const FOLDS = 256;

/**
 * Weights of the unit bootstrap: `weights[draw * FOLDS + fold]` says how often the fold is drawn. One draw is shared
 * by all models and all slices, so that paired differences and overlapping slices need nothing extra.
 */
export interface Draws {
  readonly count: number;
  readonly weights: Uint8Array;
  /** The same without the zeros: draw `d` holds fold `drawn[i]` `times[i]` times, for i from `starts[d]` to `starts[d + 1]`. */
  readonly starts: Uint32Array;
  readonly drawn: Uint8Array;
  readonly times: Float64Array;
  readonly seed: number;
}

/**
 * Multinomial bootstrap over the folds that hold data (Efron, Tibshirani 1993): each draw picks as many folds as are
 * present, with replacement. Folds without data keep weight 0.
 */
export function drawFolds(present: ArrayLike<number>, count: number, seed: number): Draws {
  const random = createRandom(seed);
  const weights = new Uint8Array(count * FOLDS);
  for (let draw = 0; draw < count; draw++) {
    const start = draw * FOLDS;
    for (let pick = 0; pick < present.length; pick++) {
      const index = start + present[random.nextBelow(present.length)]!;
      weights[index] = weights[index]! + 1;
    }
  }
  return { count, weights, ...withoutZeros(weights, count), seed };
}

function withoutZeros(weights: Uint8Array, count: number): Pick<Draws, "starts" | "drawn" | "times"> {
  const starts = new Uint32Array(count + 1);
  const drawn = new Uint8Array(weights.length);
  const times = new Float64Array(weights.length);
  let used = 0;
  for (let draw = 0; draw < count; draw++) {
    starts[draw] = used;
    for (let fold = 0; fold < FOLDS; fold++) {
      const weight = weights[draw * FOLDS + fold]!;
      if (weight === 0) continue;
      drawn[used] = fold;
      times[used++] = weight;
    }
  }
  starts[count] = used;
  return { starts, drawn: drawn.slice(0, used), times: times.slice(0, used) };
}

/**
 * 1,999 draws while few slices are asked for, 999 beyond 100: p-values (1 + #)/(B + 1) then have steps of 0.0005 or
 * 0.001, well below the levels that decide, at a cost that stays below a second.
 */
export function drawCount(slices: number): number {
  return slices <= 100 ? 1999 : 999;
}
