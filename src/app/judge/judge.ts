import { Failure, InternalError } from "../../core/failures.ts";
import { accumulate } from "../../core/evaluation/accumulate.ts";
import type { EvaluationBlock } from "../../core/evaluation/block.ts";
import type { Evidence } from "../../core/evaluation/evidence.ts";
import { type EvaluationPlan, planEvaluation } from "../../core/evaluation/plan.ts";
import { buildVerdict, type BuiltVerdict, type VerdictInput } from "../../core/gates/build-verdict.ts";
import type { Curves } from "../../core/report/curves.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { planSlices, sliceColumns } from "../../core/slices/plan-slices.ts";
import type { SlicePlan } from "../../core/slices/slice-plan.ts";
import type { Table, TimeColumn } from "../../core/tables/table.ts";
import { bindToSource, valuesIn } from "./bind-to-source.ts";
import { bindPolicy, lateColumns } from "../../schemas/policy/bind-policy.ts";
import { policyFingerprint } from "../../schemas/policy/policy-fingerprint.ts";
import type { ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { EvidenceHelper } from "../ports/evidence-helper.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableBlock, TableReader, TableSource } from "../ports/table-reader.ts";
import { prepareScoring, type Scoring } from "../scoring/prepare-scoring.ts";
import { accumulateTogether, codeModels } from "./accumulate-together.ts";
import { evaluationBlock } from "./evaluation-block.ts";
import { evaluationFacts } from "./evaluation-facts.ts";
import { judgeNotes } from "./judge-notes.ts";
import { naiveErrors } from "./naive-errors.ts";
import { readRequest } from "./needed-columns.ts";
import { refuseRepeatedIds } from "./repeated-ids.ts";
import { reportCurves } from "./report-curves.ts";
import { scoringRequest } from "./scoring-request.ts";
import { seatChampion, type SeatedScores } from "./seat-champion.ts";
import { decideRows } from "./thresholds.ts";

/** From this many rows on, a second thread is worth its start. */
const SHARED_WORK_ROWS = 500_000;

/** What `umpire judge` works with. */
export interface JudgeTools {
  readonly reader: TableReader;
  readonly runtime: ModelRuntime;
  /** Takes half of the work on many rows; null where one thread must do. */
  readonly helper: EvidenceHelper | null;
  /** Name and version of the product, for the fingerprints. */
  readonly product: string;
  readonly progress: (what: string, done: number, total: number | null) => void;
  readonly signal: AbortSignal;
}

export interface JudgeRequest {
  readonly parsed: ParsedPolicy;
  /** Makes a path of the policy absolute. */
  readonly resolvePath: (path: string) => string;
}

export interface Judgement extends BuiltVerdict {
  readonly input: VerdictInput;
  /** For the report's pictures. */
  readonly curves: Curves | null;
}

/**
 * From files to a verdict: reads the test data once, scores the models, plans the slices, sums up evidence, applies
 * the gates. Writes nothing.
 * @throws Failure where the job cannot be done; a verdict of any kind is not a failure
 */
export async function judge(request: JudgeRequest, tools: JudgeTools): Promise<Judgement> {
  const paths = request.parsed.policy.data.test;
  const source = await tools.reader.open(paths.map(request.resolvePath));
  const { columns: schema, typed } = source;
  // Typed files know their rows without being read; text is counted when it is read.
  const rows = typed ? await source.countRows() : null;
  if (rows === 0) throw noRows(paths);
  const helper = rows !== null && rows > SHARED_WORK_ROWS ? tools.helper : null;
  helper?.start();
  const bound = await bindToSource(request.parsed, source, paths.join(", "));
  const { policy, columns } = bound;
  const entries = policy.slices;
  const candidates = sliceCandidates(policy, source);
  await refuseRepeatedIds(source, policy.columns.id);
  const train = policy.data.train === null ? null : await tools.reader.open(policy.data.train.map(request.resolvePath));
  const scoring = await prepareScoring(scoringRequest(policy, source, train, request.resolvePath, tools.runtime));
  try {
    const fingerprint = source.fingerprint();
    fingerprint.catch(() => {});
    const wanted = readRequest(policy, sliceColumns(entries, columns, candidates), scoring.needs);
    const table = await readAll(source, wanted, tools);
    const naiveError = await naiveErrors(policy, train);
    const scores = await scoring.score(table, (model, done, total) => {
      tools.signal.throwIfAborted();
      tools.progress(`scoring ${model}`, done, total);
    });
    const scored = seatChampion(policy, { ...scores, naiveError });
    const coding = helper === null ? null : codeModels(policy.task, scored.rows, helper);
    const slicePlan = await planSlices({
      entries,
      columns,
      ranking: policy.task === "ranking",
      after: lateColumns(policy),
      candidates,
      where: (entry) => request.parsed.source.where(["slices", entry]),
      read: () => [scored.rows.table],
    });
    tools.signal.throwIfAborted();
    // Only now are the values known that the rows hold.
    const { notes } = bindPolicy(request.parsed, {
      columns: schema,
      typed,
      source: paths.join(", "),
      values: valuesIn(table),
    });
    const noted = { ...scored, notes: [...notes, ...scored.notes] };
    return await decideOn(policy, noted, slicePlan, scoring.figures, await fingerprint, tools, (plan, block) =>
      helper === null || coding === null ? accumulate(plan, block) : accumulateTogether(plan, block, helper, coding),
    );
  } finally {
    await scoring.close();
  }
}

function noRows(paths: readonly string[]): Failure {
  const mend = ["name files with rows under data.test"];
  return new Failure("FILE_EMPTY", { where: paths.join(", "), message: "there are columns but no rows", mend });
}

async function readAll(
  source: TableSource,
  wanted: ReturnType<typeof readRequest>,
  tools: JudgeTools,
): Promise<TableBlock> {
  const blockRows = Number.MAX_SAFE_INTEGER;
  const onProgress = (done: number, total: number | null): void => tools.progress("reading", done, total);
  for await (const block of source.read({ ...wanted, blockRows, signal: tools.signal, onProgress })) return block;
  throw new InternalError("a table with rows gave no block");
}

async function decideOn(
  policy: Policy,
  scored: SeatedScores,
  slicePlan: SlicePlan,
  figures: Scoring["figures"],
  data: string,
  tools: JudgeTools,
  sumUp: (plan: EvaluationPlan, block: EvaluationBlock) => Evidence | Promise<Evidence>,
): Promise<Judgement> {
  const { rows } = scored;
  const facts = evaluationFacts(policy, rows);
  const names = rows.models.map((model) => model.name);
  const metrics = policy.costs === null ? policy.metrics : [...new Set([...policy.metrics, "cost"])];
  const plan = planEvaluation(
    facts,
    names,
    slicePlan.slices.map((slice) => slice.name),
    metrics,
  );
  const groupings = slicePlan.groupings(rows.table);
  const undecided = evaluationBlock(rows, { groupings, predicted: [], item: policy.columns.item });
  const { predicted, thresholds } = decideRows(rows, undecided.folds, policy);
  const models = undecided.models.map((model, m) => ({ ...model, predicted: predicted[m] ?? null }));
  const block = { ...undecided, models };
  const evidence = await sumUp(plan, block);
  const input: VerdictInput = {
    model: policy.model,
    champion: names[0]!,
    challenger: names[1]!,
    evidence,
    plan,
    slices: slicePlan.slices,
    sliceDocuments: slicePlan.slices.map(({ where }) => (where === null ? null : conditionDocument(where))),
    learnt: slicePlan.learnt,
    figures,
    gate: policy.gate,
    showCost: policy.costs !== null,
    unit: unitName(policy),
    period: periodOf(rows.table, policy.columns.time),
    notes: [...scored.notes, ...judgeNotes(policy, rows, thresholds), ...slicePlan.notes],
    fingerprints: {
      data,
      policy: policyFingerprint(policy),
      models: Object.fromEntries(rows.models.map((model) => [model.name, model.fingerprint])),
      product: tools.product,
    },
    seed: policy.seed,
  };
  const curves = reportCurves(rows, block, evidence, thresholds, plan.metrics[0]!);
  return { ...buildVerdict(input), input, curves };
}

function unitName(policy: Policy): string {
  const { unit } = policy.columns;
  return unit.columns.length === 0 ? "row" : unit.columns.join(", ");
}

/** First and last time of the rows, RFC 3339 in UTC. */
function periodOf(table: Table, time: string | null): readonly [string, string] | null {
  if (time === null) return null;
  const { values } = table.columns.get(time) as TimeColumn;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < first) first = value;
    if (value > last) last = value;
  }
  if (!Number.isFinite(first)) return null;
  return [new Date(first).toISOString(), new Date(last).toISOString()];
}

/** Text columns to propose as slices where the policy names none. */
function sliceCandidates(policy: Policy, source: TableSource): string[] {
  if (policy.slices.length > 0) return [];
  const { columns } = policy;
  const taken = new Set([
    columns.label,
    columns.item,
    columns.time,
    ...columns.id,
    ...columns.group,
    ...columns.unit.columns,
  ]);
  return source.columns
    .filter(({ name, kind }) => (kind === "category" || kind === "boolean") && !taken.has(name))
    .map(({ name }) => name)
    .slice(0, 12);
}
