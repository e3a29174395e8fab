import { accumulate } from "../../core/evaluation/accumulate.ts";
import type { EvaluationBlock } from "../../core/evaluation/block.ts";
import type { Evidence } from "../../core/evaluation/evidence.ts";
import { mergeEvidence } from "../../core/evaluation/merge.ts";
import { UnitTally } from "../../core/evaluation/unit-tally.ts";
import { InternalError } from "../../core/failures.ts";
import type { Note } from "../../core/findings.ts";
import type { Confusion } from "../../core/report/curves.ts";
import { withCodes } from "../../core/slices/grouping-source.ts";
import { planSlices } from "../../core/slices/plan-slices.ts";
import type { SlicePlan } from "../../core/slices/slice-plan.ts";
import type { Policy } from "../../schemas/policy/policy.ts";
import type { TableBlock } from "../ports/table-reader.ts";
import type { Scoring } from "../scoring/prepare-scoring.ts";
import type { Scored } from "../scoring/scored.ts";
import { accumulateTogether, codeModels } from "./accumulate-together.ts";
import { evaluationBlock } from "./evaluation-block.ts";
import { naiveErrors } from "./naive-errors.ts";
import { readRequest } from "./needed-columns.ts";
import { binnedCurves, confusionOf } from "./report-curves.ts";
import { dictionariesOf, periodOf, planRows, timeRange, type RowsToSum, type SummedRows } from "./summed-rows.ts";
import { decideRows, type ModelThreshold } from "./thresholds.ts";

/** More rows than this are summed up in blocks, so that memory stays bounded. */
export const MOST_ROWS_AT_ONCE = 12_000_000;
const BLOCK_ROWS = 4_000_000;
/** Planning reads a few columns only, and keeps nothing of a block. */
const PLANNING_ROWS = 1_000_000;

/**
 * Whether rows can be summed up block by block: no model, threshold or choice of a champion needs all rows at once.
 * Rankings, classes, learnt thresholds and joined rows do; they are held in memory as a whole.
 */
export function fitsBlocks(policy: Policy, scoring: Scoring): boolean {
  const { task, threshold, models } = policy;
  if (scoring.wholeTable || models.champion === null) return false;
  return task === "regression" || (task === "binary" && threshold.kind === "fixed");
}

/** Sums up the test data in blocks of fixed size, in file order: a pass that plans the slices, a pass that sums. */
export async function sumBlocks(given: RowsToSum, blockRows = BLOCK_ROWS): Promise<SummedRows> {
  const wanted = readRequest(given.policy, given.slicing, given.scoring.needs);
  const slicePlan = await planSlices({
    ...given.slicing,
    read: (columns) => {
      const names = new Set(columns.map((column) => column.name));
      const requested = wanted.columns.filter((column) => names.has(column.name));
      return given.source.read({ columns: requested, blockRows: PLANNING_ROWS, signal: given.signal });
    },
  });
  const naiveError = await naiveErrors(given.policy, given.train);
  // A model may leave [0, 1] in a later block than the first: all its rows then get the code of raw scores, once more.
  const raw: boolean[] = [];
  for (;;) {
    const sums = new BlockSums(given, slicePlan, naiveError, raw);
    const blocks = given.source.read({
      ...wanted,
      blockRows,
      signal: given.signal,
      onProgress: (done, total) => given.progress("judging", done, total),
    });
    let again = false;
    for await (const block of blocks) {
      again = !(await sums.add(block));
      if (again) break;
    }
    if (!again) return sums.finish();
  }
}

class BlockSums {
  readonly #given: RowsToSum;
  readonly #slicePlan: SlicePlan;
  readonly #naiveError: Scored["naiveError"];
  /** Per model: true once its scores are known to leave [0, 1]. */
  readonly #raw: boolean[];
  readonly #units: UnitTally;
  readonly #confusions: Confusion[] = [];
  #evidence: Evidence | null = null;
  #last: Scored | null = null;
  #thresholds: readonly ModelThreshold[] = [];
  #rowsWithoutLabel = 0;
  #first = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(given: RowsToSum, slicePlan: SlicePlan, naiveError: Scored["naiveError"], raw: boolean[]) {
    this.#given = given;
    this.#slicePlan = slicePlan;
    this.#naiveError = naiveError;
    this.#raw = raw;
    this.#units = new UnitTally(slicePlan.slices.length + 1);
  }

  /** False where the blocks so far were coded by a wrong assumption about the scores, which `raw` now corrects. */
  async add(table: TableBlock): Promise<boolean> {
    const { policy, scoring, signal } = this.#given;
    signal.throwIfAborted();
    const scores = await scoring.score(table);
    const rows: Scored = this.#naiveError === undefined ? scores : { ...scores, naiveError: this.#naiveError };
    const groupings = this.#slicePlan.groupings(rows.table);
    const undecided = evaluationBlock(rows, { groupings, predicted: [], item: null });
    const { predicted, thresholds } = decideRows(rows, undecided.folds, policy);
    const models = undecided.models.map((model, m) => ({ ...model, predicted: predicted[m] ?? null }));
    const block = { ...undecided, models };
    // Units are told apart over all blocks, not block by block.
    const evidence = await this.#sumUp(rows, { ...block, units: null });
    if (!this.#sameCodes(evidence)) return false;
    this.#evidence = this.#evidence === null ? evidence : mergeEvidence(this.#evidence, evidence);
    this.#countUnits(block);
    if (policy.task === "binary") block.models.forEach((_, m) => this.#confuse(block, m));
    const [first, last] = timeRange(rows.table, policy.columns.time);
    this.#first = Math.min(this.#first, first);
    this.#newest = Math.max(this.#newest, last);
    this.#rowsWithoutLabel += rows.rowsWithoutLabel;
    this.#thresholds = thresholds;
    this.#last = rows;
    return true;
  }

  finish(): SummedRows {
    if (this.#evidence === null || this.#last === null) throw new InternalError("a table with rows gave no block");
    const { policy } = this.#given;
    const rows = this.#last;
    const withUnits = rows.table.units !== undefined;
    const units = withUnits ? this.#units.counts() : this.#evidence.counts.units;
    const evidence = { ...this.#evidence, counts: { ...this.#evidence.counts, units } };
    return {
      plan: planRows(policy, rows, this.#slicePlan),
      evidence,
      slicePlan: this.#slicePlan,
      models: rows.models.map(({ name, fingerprint }) => ({ name, fingerprint })),
      thresholds: this.#thresholds,
      rowsWithoutLabel: this.#rowsWithoutLabel,
      period: periodOf([this.#first, this.#newest]),
      curves: policy.task === "binary" ? binnedCurves(evidence, this.#thresholds, this.#confusions) : null,
      notes: [blocksNote(evidence.parts, withUnits && this.#units.approximate)],
      table: dictionariesOf(rows.table),
    };
  }

  async #sumUp(rows: Scored, block: EvaluationBlock): Promise<Evidence> {
    const { helper, policy } = this.#given;
    const plan = planRows(policy, rows, this.#slicePlan);
    if (helper === null) return accumulate(plan, block, this.#raw);
    return await accumulateTogether(plan, block, helper, codeModels(policy.task, block, helper, this.#raw));
  }

  /** Histograms merge only where all blocks have the same code. */
  #sameCodes({ histograms }: Evidence): boolean {
    const before = this.#evidence?.histograms ?? histograms;
    let same = true;
    histograms.forEach(({ unit }, m) => {
      if (unit === before[m]!.unit) return;
      this.#raw[m] = true;
      same = false;
    });
    return same;
  }

  #countUnits({ units, unitCount, groupings, rows }: EvaluationBlock): void {
    if (units === null) return;
    for (const source of groupings) this.#units.add(withCodes(source), units, unitCount);
    const everything = { kind: "every-row", rows, none: 0xff, slices: [this.#slicePlan.slices.length] } as const;
    this.#units.add(withCodes(everything), units, unitCount);
  }

  #confuse(block: EvaluationBlock, m: number): void {
    const own = confusionOf(block, m);
    const known = this.#confusions[m];
    if (known === undefined) this.#confusions[m] = own;
    else {
      this.#confusions[m] = {
        truePositives: known.truePositives + own.truePositives,
        falsePositives: known.falsePositives + own.falsePositives,
        falseNegatives: known.falseNegatives + own.falseNegatives,
        trueNegatives: known.trueNegatives + own.trueNegatives,
      };
    }
  }
}

function blocksNote(parts: number, unitsEstimated: boolean): Note {
  const units = unitsEstimated ? "; units per slice are estimates with a standard error of 2.3%" : "";
  return {
    code: "rows-in-blocks",
    severity: "info",
    message: `the rows were summed up in ${parts} blocks: rank metrics are within their binning error, their intervals approximate${units}`,
  };
}
