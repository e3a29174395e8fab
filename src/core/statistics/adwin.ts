import { type Moments, mergeMoments, noMoments } from "./moments.ts";

/** A window of the recent past that shrinks when its older and newer parts differ; kept as buckets of doubling size. */
export interface AdwinState {
  readonly delta: number;
  /** Oldest first; sizes are powers of two, at most `perSize` of each. */
  buckets: Moments[];
  n: number;
  /** Values seen at the last cut; null while there was none. */
  cutAt: number | null;
}

const PER_SIZE = 5;
/** Fewest values on either side of a cut. */
const LEAST = 5;

/** Starts with an empty window; `delta` is the confidence parameter of each check, values are expected in [0, 1]. */
export function startAdwin(delta = 0.002): AdwinState {
  return { delta, buckets: [], n: 0, cutAt: null };
}

/**
 * Takes in one value, in place; returns whether the window was cut at it. Memory grows with the logarithm of the window.
 * ADWIN2 (Bifet and Gavalda 2007): cut when |mean0 - mean1| >= sqrt(2 s^2 log(2/d')/m) + 2 log(2/d')/(3 m), m the harmonic
 * size 1/(1/n0 + 1/n1), d' = delta/n. NaN is left out.
 */
export function addToAdwin(state: AdwinState, x: number): boolean {
  if (Number.isNaN(x)) return false;
  state.n++;
  state.buckets.push({ n: 1, mean: x, m2: 0, m3: 0, m4: 0, minimum: x, maximum: x });
  compress(state.buckets);
  let cut = false;
  while (dropOldest(state)) cut = true;
  if (cut) state.cutAt = state.n;
  return cut;
}

/** Moments of the present window. */
export function adwinWindow(state: AdwinState): Moments {
  return state.buckets.reduce(mergeMoments, noMoments);
}

/** Merges the two oldest buckets of a size that has too many, from the newest size upward. */
function compress(buckets: Moments[]): void {
  let end = buckets.length;
  while (end > 0) {
    const size = (buckets[end - 1] as Moments).n;
    let start = end;
    while (start > 0 && (buckets[start - 1] as Moments).n === size) start--;
    if (end - start <= PER_SIZE) return;
    buckets.splice(start, 2, mergeMoments(buckets[start] as Moments, buckets[start + 1] as Moments));
    end = start + 1;
  }
}

function dropOldest(state: AdwinState): boolean {
  const whole = adwinWindow(state);
  const variance = whole.m2 / whole.n;
  const log = Math.log((2 * whole.n) / state.delta);
  let older: Moments = noMoments;
  for (const bucket of state.buckets) {
    older = mergeMoments(older, bucket);
    const n1 = whole.n - older.n;
    if (older.n < LEAST || n1 < LEAST) continue;
    const newerMean = (whole.n * whole.mean - older.n * older.mean) / n1;
    const harmonic = 1 / (1 / older.n + 1 / n1);
    const limit = Math.sqrt((2 * variance * log) / harmonic) + (2 * log) / (3 * harmonic);
    if (Math.abs(older.mean - newerMean) >= limit) {
      state.buckets.shift();
      return true;
    }
  }
  return false;
}
