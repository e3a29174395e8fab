import type { Evidence } from "../../core/evaluation/evidence.ts";
import { type EvaluationPlan, planEvaluation } from "../../core/evaluation/plan.ts";
import type { Note } from "../../core/findings.ts";
import type { Curves } from "../../core/report/curves.ts";
import type { SlicePlanInput } from "../../core/slices/slice-plan-input.ts";
import type { SlicePlan } from "../../core/slices/slice-plan.ts";
import type { Column, ColumnSchema, Table, TimeColumn } from "../../core/tables/table.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { EvidenceHelper } from "../ports/evidence-helper.ts";
import type { TableSource } from "../ports/table-reader.ts";
import type { Scoring } from "../scoring/prepare-scoring.ts";
import type { Scored, ScoredModel } from "../scoring/scored.ts";
import { evaluationFacts } from "./evaluation-facts.ts";
import type { ModelThreshold } from "./thresholds.ts";

/** The test data, the models and the policy: all that summing up rows starts from. */
export interface RowsToSum {
  readonly policy: Policy;
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  readonly source: TableSource;
  readonly train: TableSource | null;
  readonly scoring: Scoring;
  /** What slices are planned by, save the rows. */
  readonly slicing: Omit<SlicePlanInput, "read">;
  /** Takes half of the work; null where there are too few rows for two threads. */
  readonly helper: EvidenceHelper | null;
  readonly progress: (what: string, done: number, total: number | null) => void;
  readonly signal: AbortSignal;
}

/** What is left of the rows once they are summed up: all that a verdict needs. */
export interface SummedRows {
  readonly plan: EvaluationPlan;
  readonly evidence: Evidence;
  readonly slicePlan: SlicePlan;
  /** Champion, challenger, baselines. */
  readonly models: readonly Pick<ScoredModel, "name" | "fingerprint">[];
  readonly thresholds: readonly ModelThreshold[];
  readonly rowsWithoutLabel: number;
  /** First and last time of the rows, RFC 3339 in UTC. */
  readonly period: readonly [string, string] | null;
  readonly curves: Curves | null;
  readonly notes: readonly Note[];
  /** The dictionaries of the columns, without rows. */
  readonly table: Table;
}

/** What to sum up of scored rows; costs are a metric where the policy declares them. */
export function planRows(policy: Policy, rows: Scored, slicePlan: SlicePlan): EvaluationPlan {
  const metrics = policy.costs === null ? policy.metrics : [...new Set([...policy.metrics, "cost"])];
  const names = rows.models.map((model) => model.name);
  const slices = slicePlan.slices.map((slice) => slice.name);
  return planEvaluation(evaluationFacts(policy, rows), names, slices, metrics);
}

/** First and last time of rows, in milliseconds; infinite where no row has one. */
export function timeRange(table: Table, time: string | null): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  if (time === null) return [first, last];
  const { values } = table.columns.get(time) as TimeColumn;
  for (const value of values) {
    if (value < first) first = value;
    if (value > last) last = value;
  }
  return [first, last];
}

/** Text columns without their rows, so that the rows can be freed. */
export function dictionariesOf(table: Table): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) {
    if (column.kind !== "category") continue;
    columns.set(name, { name, kind: "category", codes: new Uint8Array(0), dictionary: column.dictionary });
  }
  return { rows: 0, firstRow: 0, columns };
}

export function periodOf([first, last]: readonly [number, number]): readonly [string, string] | null {
  return Number.isFinite(first) ? [new Date(first).toISOString(), new Date(last).toISOString()] : null;
}
