import type { Random } from "../statistics/random.ts";

/** Gradient-boosted trees on binned features with logistic loss (Friedman 2001; histogram splits): small, fast, for telling two samples apart. */
export interface BoostedTreesOptions {
  readonly rounds: number;
  readonly depth: number;
  readonly learningRate: number;
  /** Fewest rows in a leaf. */
  readonly leafRows: number;
  /** Share of features that a tree may use. */
  readonly featureShare: number;
}

const binLimit = 64;

interface Split {
  readonly feature: number;
  /** Rows with a bin at or below go left. */
  readonly bin: number;
  readonly gain: number;
}

interface Node {
  readonly rows: Uint32Array;
  readonly depth: number;
}

/**
 * Trains on `train` rows and adds the log-odds of every row in `score` to `margins`; sums the gain of each feature's
 * splits into `gains`.
 */
export function boostTrees(
  bins: readonly Uint8Array[],
  labels: Uint8Array,
  train: Uint32Array,
  score: Uint32Array,
  margins: Float64Array,
  gains: Float64Array,
  options: BoostedTreesOptions,
  random: Random,
): void {
  const fitted = new Float64Array(labels.length);
  const gradient = new Float64Array(labels.length);
  const hessian = new Float64Array(labels.length);
  let positives = 0;
  for (const row of train) positives += labels[row]!;
  const prior = Math.log(Math.max(1, positives) / Math.max(1, train.length - positives));
  for (const row of train) fitted[row] = prior;
  for (const row of score) margins[row]! += prior;
  for (let round = 0; round < options.rounds; round++) {
    for (const row of train) {
      const p = 1 / (1 + Math.exp(-fitted[row]!));
      gradient[row] = labels[row]! - p;
      hessian[row] = p * (1 - p);
    }
    const features = chooseFeatures(bins.length, options.featureShare, random);
    growTree(bins, gradient, hessian, train, score, fitted, margins, gains, features, options);
  }
}

function chooseFeatures(count: number, share: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const take = Math.max(Math.min(count, 2), Math.ceil(count * share));
  for (let i = 0; i < take; i++) {
    const j = i + random.nextBelow(count - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, take);
}

function growTree(
  bins: readonly Uint8Array[],
  gradient: Float64Array,
  hessian: Float64Array,
  train: Uint32Array,
  score: Uint32Array,
  fitted: Float64Array,
  margins: Float64Array,
  gains: Float64Array,
  features: readonly number[],
  options: BoostedTreesOptions,
): void {
  const stack: Array<{ train: Node; score: Uint32Array }> = [{ train: { rows: train, depth: 0 }, score }];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { rows, depth } = node.train;
    const split = depth < options.depth ? bestSplit(bins, gradient, hessian, rows, features, options.leafRows) : null;
    if (split === null) {
      let g = 0;
      let h = 0;
      for (const row of rows) {
        g += gradient[row]!;
        h += hessian[row]!;
      }
      const step = (options.learningRate * g) / (h + 1);
      for (const row of rows) fitted[row]! += step;
      for (const row of node.score) margins[row]! += step;
      continue;
    }
    gains[split.feature]! += split.gain;
    const column = bins[split.feature]!;
    const [left, right] = partition(rows, column, split.bin);
    const [scoreLeft, scoreRight] = partition(node.score, column, split.bin);
    stack.push({ train: { rows: left, depth: depth + 1 }, score: scoreLeft });
    stack.push({ train: { rows: right, depth: depth + 1 }, score: scoreRight });
  }
}

function partition(rows: Uint32Array, column: Uint8Array, bin: number): [Uint32Array, Uint32Array] {
  const sorted = new Uint32Array(rows.length);
  let low = 0;
  let high = rows.length;
  for (const row of rows) {
    if (column[row]! <= bin) sorted[low++] = row;
    else sorted[--high] = row;
  }
  return [sorted.subarray(0, low), sorted.subarray(low)];
}

function bestSplit(
  bins: readonly Uint8Array[],
  gradient: Float64Array,
  hessian: Float64Array,
  rows: Uint32Array,
  features: readonly number[],
  leafRows: number,
): Split | null {
  if (rows.length < 2 * leafRows) return null;
  let best: Split | null = null;
  const sums = new Float64Array(binLimit);
  const weights = new Float64Array(binLimit);
  const counts = new Uint32Array(binLimit);
  for (const feature of features) {
    const column = bins[feature]!;
    sums.fill(0);
    weights.fill(0);
    counts.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const bin = column[row]!;
      sums[bin]! += gradient[row]!;
      weights[bin]! += hessian[row]!;
      counts[bin]! += 1;
    }
    const split = bestBin(feature, sums, weights, counts, rows.length, leafRows);
    if (split !== null && (best === null || split.gain > best.gain)) best = split;
  }
  return best;
}

function bestBin(
  feature: number,
  sums: Float64Array,
  weights: Float64Array,
  counts: Uint32Array,
  rows: number,
  leafRows: number,
): Split | null {
  let g = 0;
  let h = 0;
  for (let bin = 0; bin < binLimit; bin++) {
    g += sums[bin]!;
    h += weights[bin]!;
  }
  const whole = (g * g) / (h + 1);
  let left = 0;
  let leftWeight = 0;
  let leftRows = 0;
  let gain = 1e-9;
  let at = -1;
  for (let bin = 0; bin < binLimit - 1; bin++) {
    left += sums[bin]!;
    leftWeight += weights[bin]!;
    leftRows += counts[bin]!;
    if (leftRows < leafRows) continue;
    if (rows - leftRows < leafRows) break;
    const now = (left * left) / (leftWeight + 1) + (g - left) ** 2 / (h - leftWeight + 1) - whole;
    if (now > gain) {
      gain = now;
      at = bin;
    }
  }
  return at < 0 ? null : { feature, bin: at, gain };
}
