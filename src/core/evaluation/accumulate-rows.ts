import type { MetricRequest, RowsMetric, TaskFacts } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import type { EvaluationBlock } from "./block.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable } from "./evidence.ts";
import { memberRows } from "./member-rows.ts";

/** Metrics that need all rows of a slice at once (medians): value per slice, influence summed by fold, all models. */
export function accumulateRows(
  metric: RowsMetric,
  request: MetricRequest,
  facts: TaskFacts,
  table: DirectTable,
  block: EvaluationBlock,
  groupings: Iterable<Grouping>,
): void {
  const inOrder = Uint32Array.from({ length: block.rows }, (_, row) => row);
  for (const grouping of groupings) {
    const members = memberRows(grouping, inOrder);
    grouping.slices.forEach((slice, code) => {
      const rows = members.rowsOf(code);
      const label = Float64Array.from(rows, (row) => block.label[row]!);
      block.models.forEach((model, m) => {
        const prediction = Float64Array.from(rows, (row) => model.scores[row]!);
        const { value, influence } = metric.evaluate(label, prediction, request, facts);
        table.values[m]![slice] = value;
        if (Number.isNaN(value)) return;
        for (let i = 0; i < rows.length; i++) {
          table.sums[m]![slice * FOLDS + block.folds[rows[i]!]!]! += value + influence[i]!;
        }
      });
    });
  }
}
