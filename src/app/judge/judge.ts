import { Failure } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import { buildVerdict, type BuiltVerdict, type VerdictInput } from "../../core/gates/build-verdict.ts";
import type { Curves } from "../../core/report/curves.ts";
import { conditionDocument } from "../../core/slices/condition-document.ts";
import { bindPolicy, lateColumns } from "../../schemas/policy/bind-policy.ts";
import type { ParsedPolicy } from "../../schemas/policy/parse-policy.ts";
import { policyFingerprint } from "../../schemas/policy/policy-fingerprint.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { EvidenceHelper } from "../ports/evidence-helper.ts";
import type { ModelRuntime } from "../ports/model-runtime.ts";
import type { TableReader, TableSource } from "../ports/table-reader.ts";
import { prepareScoring, type Scoring } from "../scoring/prepare-scoring.ts";
import { bindToSource, valuesIn } from "./bind-to-source.ts";
import { judgeNotes, unitNullNotes } from "./judge-notes.ts";
import { refuseRepeatedIds } from "./repeated-ids.ts";
import { scoringRequest } from "./scoring-request.ts";
import { fitsBlocks, MOST_ROWS_AT_ONCE, sumBlocks } from "./sum-blocks.ts";
import { sumWhole } from "./sum-whole.ts";
import type { RowsToSum, SummedRows } from "./summed-rows.ts";

/** From this many rows on, a second thread is worth its start; of a ranking it takes the smaller part of the work. */
const SHARED_WORK_ROWS = 500_000;
const SHARED_RANKING_ROWS = 4_000_000;

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
 * From files to a verdict: reads the test data, scores the models, plans the slices, sums up evidence, applies the
 * gates. Writes nothing.
 * @throws Failure where the job cannot be done; a verdict of any kind is not a failure
 */
export async function judge(request: JudgeRequest, tools: JudgeTools): Promise<Judgement> {
  const paths = request.parsed.policy.data.test;
  const source = await tools.reader.open(paths.map(request.resolvePath));
  const { columns: schema, typed } = source;
  // Typed files know their rows without being read; text is counted when it is read.
  const rows = typed ? await source.countRows() : null;
  if (rows === 0) throw noRows(paths);
  const manyRows = request.parsed.policy.task === "ranking" ? SHARED_RANKING_ROWS : SHARED_WORK_ROWS;
  const helper = rows !== null && rows > manyRows ? tools.helper : null;
  helper?.start();
  const bound = await bindToSource(request.parsed, source, paths.join(", "));
  const { policy, columns } = bound;
  await refuseRepeatedIds(source, policy.columns.id);
  const train = policy.data.train === null ? null : await tools.reader.open(policy.data.train.map(request.resolvePath));
  const scoring = await prepareScoring(scoringRequest(policy, source, train, request.resolvePath, tools.runtime));
  try {
    const fingerprint = source.fingerprint();
    fingerprint.catch(() => {});
    const slicing = {
      entries: policy.slices,
      columns,
      ranking: policy.task === "ranking",
      after: lateColumns(policy),
      candidates: sliceCandidates(policy, source),
      where: (entry: string) => request.parsed.source.where(["slices", entry]),
    };
    const { progress, signal } = tools;
    const given: RowsToSum = { policy, columns, source, train, scoring, slicing, helper, progress, signal };
    const inBlocks = rows !== null && rows > MOST_ROWS_AT_ONCE && fitsBlocks(policy, scoring);
    const summed = await (inBlocks ? sumBlocks(given) : sumWhole(given));
    const unitNulls = unitNullNotes(policy, await source.rowsWithNull(policy.columns.unit.columns));
    signal.throwIfAborted();
    // Only now are the values known that the rows hold.
    const { notes } = bindPolicy(request.parsed, {
      columns: schema,
      typed,
      source: paths.join(", "),
      values: valuesIn(summed.table),
    });
    return conclude(policy, summed, [...notes, ...unitNulls], scoring.figures, await fingerprint, tools.product);
  } finally {
    await scoring.close();
  }
}

function noRows(paths: readonly string[]): Failure {
  const mend = ["name files with rows under data.test"];
  return new Failure("FILE_EMPTY", { where: paths.join(", "), message: "there are columns but no rows", mend });
}

function conclude(
  policy: Policy,
  summed: SummedRows,
  notes: readonly Note[],
  figures: Scoring["figures"],
  data: string,
  product: string,
): Judgement {
  const { plan, evidence, slicePlan, models, thresholds, curves } = summed;
  const input: VerdictInput = {
    model: policy.model,
    champion: models[0]!.name,
    challenger: models[1]!.name,
    evidence,
    plan,
    slices: slicePlan.slices,
    sliceDocuments: slicePlan.slices.map(({ where }) => (where === null ? null : conditionDocument(where))),
    learnt: slicePlan.learnt,
    figures,
    gate: policy.gate,
    showCost: policy.costs !== null,
    unit: unitName(policy),
    period: summed.period,
    notes: [...notes, ...summed.notes, ...judgeNotes(policy, summed, thresholds), ...slicePlan.notes],
    fingerprints: {
      data,
      policy: policyFingerprint(policy),
      models: Object.fromEntries(models.map((model) => [model.name, model.fingerprint])),
      product,
    },
    seed: policy.seed,
  };
  return { ...buildVerdict(input), input, curves };
}

function unitName(policy: Policy): string {
  const { unit } = policy.columns;
  return unit.columns.length === 0 ? "row" : unit.columns.join(", ");
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
