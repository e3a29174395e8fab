import type { Random } from "../statistics/random.ts";

/** Gradient-boosted trees on binned features (Friedman 2001; histogram splits): small, fast, for telling samples apart. */
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

/** A tree as it is walked; a leaf has no feature. */
interface TreeNode {
  feature: number;
  bin: number;
  left: number;
  right: number;
  /** Of a leaf: what is added. */
  step: number;
}

/** Trees whose steps add up, from where they start. */
export interface TreeSum {
  readonly start: number;
  readonly trees: readonly (readonly TreeNode[])[];
}

/**
 * Trains on `train` rows with logistic loss and adds the log-odds of every row in `score` to `margins`; sums the gain of
 * each feature's splits into `gains`.
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
  let positives = 0;
  for (const row of train) positives += labels[row]!;
  const start = Math.log(Math.max(1, positives) / Math.max(1, train.length - positives));
  const sum = boost(bins, train, start, options, random, gains, (row, fitted, gradient, hessian) => {
    const p = 1 / (1 + Math.exp(-fitted));
    gradient[row] = labels[row]! - p;
    hessian[row] = p * (1 - p);
  });
  addTrees(sum, bins, score, margins);
}

/** Trains on `train` rows with squared loss. */
export function boostValues(
  bins: readonly Uint8Array[],
  values: Float64Array,
  train: Uint32Array,
  options: BoostedTreesOptions,
  random: Random,
): TreeSum {
  let total = 0;
  for (const row of train) total += values[row]!;
  const gains = new Float64Array(bins.length);
  return boost(
    bins,
    train,
    total / Math.max(1, train.length),
    options,
    random,
    gains,
    (row, fitted, gradient, hessian) => {
      gradient[row] = values[row]! - fitted;
      hessian[row] = 1;
    },
  );
}

/** Adds what the trees say of the given rows to `out`. */
export function addTrees(
  { start, trees }: TreeSum,
  bins: readonly Uint8Array[],
  rows: Uint32Array,
  out: Float64Array,
): void {
  for (const row of rows) out[row]! += start;
  for (const tree of trees) {
    for (const row of rows) {
      let node = tree[0]!;
      while (node.feature >= 0) node = tree[bins[node.feature]![row]! <= node.bin ? node.left : node.right]!;
      out[row]! += node.step;
    }
  }
}

type Slopes = (row: number, fitted: number, gradient: Float64Array, hessian: Float64Array) => void;

function boost(
  bins: readonly Uint8Array[],
  train: Uint32Array,
  start: number,
  options: BoostedTreesOptions,
  random: Random,
  gains: Float64Array,
  slopes: Slopes,
): TreeSum {
  const rows = train.reduce((most, row) => Math.max(most, row + 1), 0);
  const fitted = new Float64Array(rows).fill(start);
  const gradient = new Float64Array(rows);
  const hessian = new Float64Array(rows);
  const trees = Array.from({ length: options.rounds }, () => {
    for (const row of train) slopes(row, fitted[row]!, gradient, hessian);
    const features = chooseFeatures(bins.length, options.featureShare, random);
    return growTree(bins, gradient, hessian, train, fitted, gains, features, options);
  });
  return { start, trees };
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
  fitted: Float64Array,
  gains: Float64Array,
  features: readonly number[],
  options: BoostedTreesOptions,
): TreeNode[] {
  const leaf = (): TreeNode => ({ feature: -1, bin: 0, left: 0, right: 0, step: 0 });
  const tree = [leaf()];
  const stack = [{ rows: train, depth: 0, at: 0 }];
  for (let open = stack.pop(); open !== undefined; open = stack.pop()) {
    const { rows, depth, at } = open;
    const node = tree[at]!;
    const split = depth < options.depth ? bestSplit(bins, gradient, hessian, rows, features, options.leafRows) : null;
    if (split === null) {
      let g = 0;
      let h = 0;
      for (const row of rows) {
        g += gradient[row]!;
        h += hessian[row]!;
      }
      node.step = (options.learningRate * g) / (h + 1);
      for (const row of rows) fitted[row]! += node.step;
      continue;
    }
    gains[split.feature]! += split.gain;
    node.feature = split.feature;
    node.bin = split.bin;
    const [left, right] = partition(rows, bins[split.feature]!, split.bin);
    for (const [side, part] of [
      ["left", left],
      ["right", right],
    ] as const) {
      node[side] = tree.push(leaf()) - 1;
      stack.push({ rows: part, depth: depth + 1, at: node[side] });
    }
  }
  return tree;
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
