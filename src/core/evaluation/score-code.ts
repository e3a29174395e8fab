import { bigMemory } from "../tables/big-memory.ts";

/** Bins of the fixed code below: the same for ever, so that histograms of any day and machine add. */
export const SCORE_BINS = 1024;

const LOGIT_RANGE = 14;
/** asinh of about a million: where the code of raw scores ends. */
const RAW_RANGE = 14.5;

/**
 * Monotone code of a score, 0 to 1023. Scores in [0, 1]: half of the resolution is spent evenly over [0, 1], half
 * evenly over the log-odds from -14 to 14, so that rare-event scores near 0 keep their order. Scores of a model that
 * answers outside [0, 1] (raw margins, counts, an hour): a quarter evenly over the logistic function, for margins
 * around 0, the rest evenly over asinh, which tells numbers apart that differ by 4% up to a million. `unit` says which
 * case holds for the model.
 */
export function scoreCode(score: number, unit: boolean): number {
  return Math.min(SCORE_BINS - 1, Math.floor((unit ? unitPlace(score) : rawPlace(score)) * SCORE_BINS));
}

function unitPlace(score: number): number {
  return (score + within((Math.log(score / (1 - score)) / LOGIT_RANGE + 1) / 2)) / 2;
}

function rawPlace(score: number): number {
  return 1 / (1 + Math.exp(-score)) / 4 + within((Math.asinh(score) / RAW_RANGE + 1) / 2) * 0.75;
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** Codes of all scores of one model. */
export function scoreCodes(scores: Float64Array, unit: boolean): Uint16Array {
  const codes = new Uint16Array(bigMemory(scores.length * 2));
  for (let i = 0; i < scores.length; i++) codes[i] = scoreCode(scores[i]!, unit);
  return codes;
}

/** True when every score is a number in [0, 1]. */
export function allInUnitInterval(scores: Float64Array): boolean {
  for (let i = 0; i < scores.length; i++) if (!(scores[i]! >= 0 && scores[i]! <= 1)) return false;
  return true;
}

/** Lower edges of the bins as scores, for axes: `edges[bin]`; edges[0] is the lowest score there is. */
export function scoreEdges(unit: boolean): Float64Array {
  const edges = new Float64Array(SCORE_BINS);
  edges[0] = unit ? 0 : Number.NEGATIVE_INFINITY;
  for (let bin = 1; bin < SCORE_BINS; bin++) {
    let low = unit ? 0 : -1e6;
    let high = unit ? 1 : 1e6;
    for (let step = 0; step < 80; step++) {
      const middle = (low + high) / 2;
      if (scoreCode(middle, unit) >= bin) high = middle;
      else low = middle;
    }
    edges[bin] = high;
  }
  return edges;
}
