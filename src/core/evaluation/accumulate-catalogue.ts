import { coverageByFold } from "../metrics/ranking/coverage.ts";
import type { MetricRequest } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import type { EvaluationBlock } from "./block.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable } from "./evidence.ts";
import type { RankedLists } from "./rank-lists.ts";

/** `coverage@k` of one model: which items each fold's lists show in their first k, slice by slice. */
export function accumulateCatalogue(
  request: MetricRequest,
  table: DirectTable,
  model: number,
  ranked: RankedLists,
  block: EvaluationBlock,
  grouping: Grouping,
): void {
  const items = block.lists!.items!;
  const k = request.parameter!;
  const seen = grouping.slices.map(() => Array.from({ length: FOLDS }, (): number[] => []));
  const lists = grouping.slices.map(() => new Float64Array(FOLDS));
  const shown = new Uint32Array(grouping.slices.length);
  for (let list = 0; list + 1 < ranked.starts.length; list++) {
    shown.fill(0);
    for (let at = ranked.starts[list]!; at < ranked.starts[list + 1]!; at++) {
      const row = ranked.rows[at]!;
      const code = grouping.codes[row]!;
      if (code === grouping.none) continue;
      const fold = block.folds[row]!;
      if (shown[code] === 0) lists[code]![fold]! += 1;
      if (shown[code]! < k) seen[code]![fold]!.push(items[row]!);
      shown[code]! += 1;
    }
  }
  grouping.slices.forEach((slice, code) => {
    const { value, influence } = coverageByFold(seen[code]!, lists[code]!, block.lists!.itemCount);
    table.values[model]![slice] = value;
    if (Number.isNaN(value)) return;
    for (let fold = 0; fold < FOLDS; fold++) {
      const weight = lists[code]![fold]!;
      table.weights[slice * FOLDS + fold] = weight;
      if (weight > 0) table.sums[model]![slice * FOLDS + fold] = weight * value + influence[fold]!;
    }
  });
}
