import { noLabels } from "../scoring/prepare-scoring.ts";
import { accumulate } from "../../core/evaluation/accumulate.ts";
import { InternalError } from "../../core/failures.ts";
import { planSlices, sliceColumns } from "../../core/slices/plan-slices.ts";
import type { TableBlock } from "../ports/table-reader.ts";
import { accumulateTogether, codeModels } from "./accumulate-together.ts";
import { evaluationBlock } from "./evaluation-block.ts";
import { naiveErrors } from "./naive-errors.ts";
import { readRequest } from "./needed-columns.ts";
import { reportCurves } from "./report-curves.ts";
import { seatChampion } from "./seat-champion.ts";
import { dictionariesOf, periodOf, planRows, timeRange, type RowsToSum, type SummedRows } from "./summed-rows.ts";
import { decideRows } from "./thresholds.ts";

/** Sums up the test data in one piece, read once. */
export async function sumWhole(given: RowsToSum): Promise<SummedRows> {
  const { policy, helper } = given;
  const { seated, period, dictionaries } = await readAndScore(given);
  const { rows, notes } = seated;
  const coding = helper === null ? null : codeModels(policy.task, rows, helper);
  const slicePlan = await planSlices({ ...given.slicing, read: () => [rows.table] });
  given.signal.throwIfAborted();
  const plan = planRows(policy, rows, slicePlan);
  const groupings = slicePlan.groupings(rows.table);
  const undecided = evaluationBlock(rows, { groupings, predicted: [], item: policy.columns.item });
  const { predicted, thresholds } = decideRows(rows, undecided.folds, policy);
  const models = undecided.models.map((model, m) => ({ ...model, predicted: predicted[m] ?? null }));
  const block = { ...undecided, models };
  const evidence =
    helper === null || coding === null
      ? accumulate(plan, block)
      : await accumulateTogether(plan, block, helper, coding);
  return {
    plan,
    evidence,
    slicePlan,
    models: rows.models.map(({ name, fingerprint }) => ({ name, fingerprint })),
    thresholds,
    rowsWithoutLabel: rows.rowsWithoutLabel,
    period,
    curves: reportCurves(rows, block, evidence, thresholds, plan.metrics[0]!),
    notes,
    table: dictionaries,
  };
}

/** Reads and scores; of the rows only what slices still read leaves this function, so that the rest is freed. */
async function readAndScore(given: RowsToSum) {
  const { policy, scoring, slicing } = given;
  const table = await readAll(given);
  const naiveError = await naiveErrors(policy, given.train);
  const scores = await scoring.score(table, (model, done, total) => {
    given.signal.throwIfAborted();
    given.progress(`scoring ${model}`, done, total);
  });
  if (table.rows > 0 && scores.rowsWithoutLabel === table.rows) throw noLabels(policy.columns.label, table.rows);
  const period = periodOf(timeRange(scores.table, policy.columns.time));
  const kept = new Set(
    sliceColumns(slicing.entries, slicing.columns, slicing.candidates ?? []).map(({ name }) => name),
  );
  if (policy.columns.item !== null) kept.add(policy.columns.item);
  const columns = new Map([...scores.table.columns].filter(([name]) => kept.has(name)));
  const seated = seatChampion(policy, { ...scores, naiveError, table: { ...scores.table, columns } });
  return { seated, period, dictionaries: dictionariesOf(table) };
}

async function readAll({ policy, slicing, scoring, source, progress, signal }: RowsToSum): Promise<TableBlock> {
  const wanted = readRequest(policy, slicing, scoring.needs);
  const blockRows = Number.MAX_SAFE_INTEGER;
  const onProgress = (done: number, total: number | null): void => progress("reading", done, total);
  for await (const block of source.read({ ...wanted, blockRows, signal, onProgress })) return block;
  throw new InternalError("a table with rows gave no block");
}
