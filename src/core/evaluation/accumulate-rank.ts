import type { MetricRequest, RankMetric } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import type { EvaluationBlock } from "./block.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable } from "./evidence.ts";
import type { MemberRows } from "./member-rows.ts";
import type { RankOrder } from "./rank-order.ts";
import { widenForFewRows } from "./small-sample.ts";

/** One ranking of the rows (a model, or a model's probability of one class) and who counts as positive in it. */
export interface RankedRows {
  readonly order: RankOrder;
  readonly positive: Uint8Array;
}

interface RankTarget {
  readonly metric: RankMetric;
  readonly request: MetricRequest;
  readonly table: DirectTable;
  readonly model: number;
}

/**
 * Exact tie groups: the rows of each slice, best first, are walked once to count positives and negatives per tie, the
 * metrics evaluated, and their influence summed by fold.
 */
export function rankExactly(
  targets: readonly RankTarget[],
  ranked: readonly RankedRows[],
  membersOf: (ranking: number, grouping: Grouping) => MemberRows,
  block: EvaluationBlock,
  groupings: readonly Grouping[],
): void {
  for (const grouping of groupings) {
    const members = ranked.map((_, ranking) => membersOf(ranking, grouping));
    grouping.slices.forEach((slice, code) => {
      for (const target of targets) rankSlice(target, ranked, members, code, slice, block.folds);
    });
  }
}

function rankSlice(
  target: RankTarget,
  ranked: readonly RankedRows[],
  members: readonly MemberRows[],
  code: number,
  slice: number,
  folds: Uint8Array,
): void {
  const { table, model } = target;
  const evaluated: Array<{ rows: Uint32Array; tie: Uint32Array; positive: Uint8Array; result: Evaluated }> = [];
  ranked.forEach(({ order, positive }, ranking) => {
    const rows = members[ranking]!.rowsOf(code);
    const ties = countTies(rows, order.groupOf, positive);
    const { positives, negatives } = ties;
    const plain = target.metric.evaluate(positives, negatives, target.request, true);
    const result = widenForFewRows(plain, positives, negatives);
    if (!Number.isNaN(result.value)) evaluated.push({ rows, tie: ties.tie, positive, result });
  });
  if (evaluated.length === 0) return;
  let value = 0;
  for (const { result } of evaluated) value += result.value / evaluated.length;
  table.values[model]![slice] = value;
  const sums = table.sums[model]!;
  const base = slice * FOLDS;
  for (const { rows, tie, positive, result } of evaluated) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const influence = (positive[row] === 1 ? result.positive! : result.negative!)[tie[i]!]!;
      sums[base + folds[row]!]! += (value + influence) / evaluated.length;
    }
  }
}

type Evaluated = ReturnType<RankMetric["evaluate"]>;

/** Positives and negatives per tie of the slice's rows (given best first), and each row's tie. */
function countTies(rows: Uint32Array, groupOf: ArrayLike<number>, positive: Uint8Array) {
  const tie = new Uint32Array(rows.length);
  const positives = new Float64Array(rows.length);
  const negatives = new Float64Array(rows.length);
  let ties = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (i > 0 && groupOf[row] !== groupOf[rows[i - 1]!]) ties++;
    tie[i] = ties;
    if (positive[row] === 1) positives[ties]! += 1;
    else negatives[ties]! += 1;
  }
  const used = rows.length === 0 ? 0 : ties + 1;
  return { tie, positives: positives.subarray(0, used), negatives: negatives.subarray(0, used) };
}
