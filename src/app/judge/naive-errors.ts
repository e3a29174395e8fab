import { Failure } from "../../core/failures.ts";
import { findMetric } from "../../core/metrics/catalog.ts";
import { naiveError } from "../../core/metrics/regression/naive-error.ts";
import type { TimeColumn } from "../../core/tables/table.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { TableSource } from "../ports/table-reader.ts";
import { readTrainRows } from "../scoring/train-rows.ts";

/**
 * For each `mase@period` of a policy, the mean absolute error of the naive forecast on the training labels in order of
 * time (of rows, where the policy names no time).
 * @throws Failure POLICY where a policy asks for mase without training data
 */
export async function naiveErrors(policy: Policy, train: TableSource | null): Promise<ReadonlyMap<number, number>> {
  const periods = policy.metrics
    .map((text) => findMetric(text, policy.task))
    .filter(({ metric }) => metric.name === "mase")
    .map(({ request }) => request.parameter!);
  if (periods.length === 0) return new Map();
  if (train === null) {
    const mend = ["data:", "  train: THE DATA THAT THE CHALLENGER WAS TRAINED ON"];
    throw new Failure("POLICY", { message: "mase compares with the naive forecast on the training data", mend });
  }
  const { label, time } = policy.columns;
  const columns = time === null ? [] : [{ name: time, as: "time" as const }];
  const rows = await readTrainRows(train, { task: "regression", column: label, positive: policy.positive }, columns);
  const order = Array.from({ length: rows.label.length }, (_, i) => i);
  if (time !== null) {
    const { values } = rows.table.columns.get(time) as TimeColumn;
    order.sort((a, b) => values[a]! - values[b]! || a - b);
  }
  const inTime = Float64Array.from(order, (i) => rows.label[i]!);
  return new Map(periods.map((period) => [period, naiveError(inTime, period)]));
}
