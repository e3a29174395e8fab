import { addTrees, boostValues, type TreeSum } from "../../drift/boosted-trees.ts";
import { createRandom } from "../../statistics/random.ts";

/** What is expected of each row, from its features and its answer. */
export interface LossModel {
  /** Of the rows that it was learnt on, each by trees that have not seen its unit. */
  readonly expected: Float64Array;
  /** The trees' mean on other rows, by features in the same order. */
  of(bins: readonly Uint8Array[], rows: number): Float64Array;
}

const FOLDS = 5;
const options = { rounds: 80, depth: 3, learningRate: 0.1, leafRows: 30, featureShare: 0.8 };
/** Numbers of trees that are tried: losses are noisy, and more trees follow the noise. */
const TRIED = [5, 10, 20, 40, 80] as const;

/**
 * Trees of squared loss, cross-fitted over units (Direct Loss Estimation, as NannyML does with LightGBM): as many as do best on
 * units that they have not seen, and what they say there brought into line with what came (Mincer and Zarnowitz 1969).
 */
export function learnLosses(
  bins: readonly Uint8Array[],
  losses: Float64Array,
  units: ArrayLike<number>,
  seed: number,
): LossModel {
  const n = losses.length;
  const random = createRandom(seed);
  const foldOf = unitFolds(units, n, random);
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const byCount = TRIED.map(() => new Float64Array(n));
  const models: TreeSum[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = all.filter((i) => foldOf[i] !== fold);
    const model = boostValues(bins, losses, others, options, random);
    const own = all.filter((i) => foldOf[i] === fold);
    TRIED.forEach((count, k) => addTrees(cut(model, count), bins, own, byCount[k]!));
    models.push(model);
  }
  const errors = byCount.map((expected) => losses.reduce((sum, loss, i) => sum + (loss - expected[i]!) ** 2, 0));
  const best = errors.indexOf(Math.min(...errors));
  const line = lineThrough(byCount[best]!, losses);
  return {
    expected: byCount[best]!.map(line),
    of(others, rows) {
      const index = Uint32Array.from({ length: rows }, (_, i) => i);
      const out = new Float64Array(rows);
      for (const model of models) addTrees(cut(model, TRIED[best]!), others, index, out);
      return out.map((sum) => line(sum / FOLDS));
    },
  };
}

function cut({ start, trees }: TreeSum, count: number): TreeSum {
  return { start, trees: trees.slice(0, count) };
}

/** Least squares; never falling. */
function lineThrough(x: Float64Array, y: Float64Array): (one: number) => number {
  const n = x.length;
  const centre = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / n;
  const [meanX, meanY] = [centre(x), centre(y)];
  let joint = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    joint += (x[i]! - meanX) * (y[i]! - meanY);
    spread += (x[i]! - meanX) ** 2;
  }
  const slope = spread > 0 ? Math.max(0, joint / spread) : 0;
  return (one) => meanY + slope * (one - meanX);
}

/** Rows of a unit go together. */
function unitFolds(units: ArrayLike<number>, n: number, random: ReturnType<typeof createRandom>): Uint8Array {
  const codes = new Set<number>();
  for (let i = 0; i < n; i++) codes.add(units[i]!);
  const order = [...codes];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const folds = new Map(order.map((unit, at) => [unit, at % FOLDS]));
  return Uint8Array.from({ length: n }, (_, i) => folds.get(units[i]!)!);
}
