import type { CatalogueMetric, ListMetric, Metric, MetricRequest, RankMetric } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import { addHistograms, labelledCodes, rankByBins } from "./accumulate-binned-rank.ts";
import { accumulateCatalogue } from "./accumulate-catalogue.ts";
import { accumulateLists } from "./accumulate-lists.ts";
import { accumulateMoments } from "./accumulate-moments.ts";
import { rankExactly, type RankedRows } from "./accumulate-rank.ts";
import { accumulateRows } from "./accumulate-rows.ts";
import type { BlockModel, EvaluationBlock, RowsOfBlock } from "./block.ts";
import { accumulateCounts } from "./count.ts";
import { sharedMemory } from "../tables/big-memory.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable, Evidence } from "./evidence.ts";
import { memberRows, type MemberRows } from "./member-rows.ts";
import { momentNames, type EvaluationPlan } from "./plan.ts";
import { rankedBy } from "./rank-lists.ts";
import { EXACT_RANK_ROWS, rankOrder, rowsByGroup } from "./rank-order.ts";
import { allGroupings, refine, rollUp, split, type Refinement } from "./refinement.ts";
import { allInUnitInterval, SCORE_BINS, scoreCodes } from "./score-code.ts";

/**
 * Sums up one block of rows: counts, moments, histograms and fold sums of every metric, for every slice.
 * @param raw per model, true where other blocks are known to hold scores outside [0, 1]
 */
export function accumulate(plan: EvaluationPlan, block: EvaluationBlock, raw: readonly boolean[] = []): Evidence {
  const refinement = refineBlock(plan, block);
  const coded =
    plan.facts.task === "binary" ? block.models.map(({ scores }, m) => codeScores(scores, block.label, raw[m])) : [];
  const evidence = emptyEvidence(plan, { binned: block.rows > EXACT_RANK_ROWS });
  for (const share of evidenceShares(block, evidence, refinement, coded, 1)) accumulateShare(plan, share);
  return finishEvidence(plan, block, evidence, refinement);
}

/** Part of the slices of a block: shares fill separate slices of one evidence, so that their order means nothing. */
export interface EvidenceShare {
  readonly block: RowsOfBlock;
  readonly refinement: Refinement;
  /** Binary: labelled codes of each model's scores. */
  readonly scoreCodes: readonly Uint16Array[];
  readonly evidence: Evidence;
}

/** The groupings of a block and the slice of all rows, told apart by what follows from what. */
export function refineBlock(plan: EvaluationPlan, { rows, groupings }: EvaluationBlock): Refinement {
  const everything = { kind: "every-row", rows, none: 1, slices: [plan.sliceNames.length] } as const;
  return refine([...groupings, everything], rows);
}

/** Cuts the work on a block into parts; opens the histograms of binary models. */
export function evidenceShares(
  block: EvaluationBlock,
  evidence: Evidence,
  refinement: Refinement,
  coded: readonly CodedScores[],
  parts: number,
): EvidenceShare[] {
  for (const [m, { unit }] of coded.entries()) evidence.histograms[m] = { ...evidence.histograms[m]!, unit };
  const { groupings: _, ...rows } = block;
  const scoreCodes = coded.map(({ codes }) => codes);
  return split(refinement, parts).map((part) => ({ block: rows, refinement: part, scoreCodes, evidence }));
}

/** What adds up over rows, and rank metrics from bins, for the slices of one share. */
export function accumulateShare(plan: EvaluationPlan, share: EvidenceShare): void {
  const { block, evidence, refinement, scoreCodes } = share;
  const { task } = plan.facts;
  accumulateMoments(evidence.moments, block, task, refinement);
  accumulateCounts(evidence.counts, block, task === "ranking", refinement);
  if (task !== "binary") return;
  const histograms = evidence.histograms.map(({ counts }) => counts);
  for (const grouping of refinement.base) addHistograms(histograms, grouping, scoreCodes);
  for (const counts of histograms) rollUp(refinement.derived, counts, 2 * SCORE_BINS);
  if (block.rows > EXACT_RANK_ROWS) rankShareByBins(plan, share);
}

/** What follows from the sums of all shares, and the metrics that need the rows of a slice all at once. */
export function finishEvidence(
  plan: EvaluationPlan,
  block: EvaluationBlock,
  evidence: Evidence,
  refinement: Refinement,
): Evidence {
  takeRows(evidence);
  if (block.units === null && block.lists === null) evidence.counts.units.set(evidence.counts.rows);
  if (plan.facts.task === "binary") takePositives(evidence);
  if (plan.facts.task === "ranking") addListMetrics(plan, evidence, block, refinement);
  else addWeights(plan, evidence);
  addExactRankMetrics(plan, evidence, block, refinement);
  for (const { metric, request } of shaped(plan, "rows")) {
    accumulateRows(metric, request, plan.facts, evidence.direct.get(request.text)!, block, allGroupings(refinement));
  }
  return evidence;
}

type Shape = Metric["shape"];
interface Shaped<M> {
  readonly metric: M;
  readonly request: MetricRequest;
}

function shaped<S extends Shape>(plan: EvaluationPlan, shape: S): Shaped<Extract<Metric, { shape: S }>>[] {
  return plan.metrics.filter(({ metric }) => metric.shape === shape) as Shaped<Extract<Metric, { shape: S }>>[];
}

/** @param shared true where another thread fills part of it */
export function emptyEvidence(
  plan: EvaluationPlan,
  { binned, shared = false }: { readonly binned: boolean; readonly shared?: boolean },
): Evidence {
  const numbers = (length: number): Float64Array =>
    shared ? new Float64Array(sharedMemory(length * 8)) : new Float64Array(length);
  const slices = plan.sliceNames.length + 1;
  const cells = slices * FOLDS;
  const perModel = (length: number, fill = 0): Float64Array[] =>
    plan.models.map(() => (fill === 0 ? numbers(length) : numbers(length).fill(fill)));
  const names = momentNames(plan);
  const direct = new Map<string, DirectTable>();
  for (const { metric, request } of plan.metrics) {
    if (metric.shape === "moments") continue;
    direct.set(request.text, {
      weights: numbers(cells),
      sums: perModel(cells),
      values: perModel(slices, Number.NaN),
      binningError: binned && metric.shape === "rank" && !metric.oneVsRest ? perModel(slices) : null,
    });
  }
  const count = (): Float64Array => numbers(slices);
  return {
    task: plan.facts.task,
    models: plan.models,
    sliceNames: plan.sliceNames,
    metrics: plan.metrics.map(({ request }) => request.text),
    counts: { rows: count(), groups: count(), units: count(), positives: count(), listsWithoutPositive: count() },
    moments: { names, sums: numbers(cells * names.length) },
    direct,
    histograms:
      plan.facts.task === "binary" ? perModel(slices * 2 * SCORE_BINS).map((counts) => ({ unit: true, counts })) : [],
    parts: 1,
  };
}

/** Rows per slice are the sum of the moment n over folds. */
function takeRows({ counts, moments }: Evidence): void {
  const width = moments.names.length;
  for (let slice = 0; slice < counts.rows.length; slice++) {
    for (let fold = 0; fold < FOLDS; fold++) counts.rows[slice]! += moments.sums[(slice * FOLDS + fold) * width]!;
  }
}

/** Metrics over rows weigh a fold by its rows. */
function addWeights(plan: EvaluationPlan, { direct, moments }: Evidence): void {
  const width = moments.names.length;
  for (const { request } of [...shaped(plan, "rank"), ...shaped(plan, "rows")]) {
    const { weights } = direct.get(request.text)!;
    for (let cell = 0; cell < weights.length; cell++) weights[cell] = moments.sums[cell * width]!;
  }
}

/** Labelled score codes of one model. */
export interface CodedScores {
  readonly unit: boolean;
  readonly codes: Uint16Array;
}

/** @param raw true where other rows of the model are known to lie outside [0, 1], so that all get the code of raw scores */
export function codeScores(scores: Float64Array, label: EvaluationBlock["label"], raw = false): CodedScores {
  const unit = !raw && allInUnitInterval(scores);
  return { unit, codes: labelledCodes(scoreCodes(scores, unit), label as Uint8Array) };
}

/** A binary task's positives are in its histograms. */
function takePositives({ counts: { positives }, histograms }: Evidence): void {
  const { counts } = histograms[0]!;
  for (let slice = 0; slice < positives.length; slice++) {
    const start = (slice * 2 + 1) * SCORE_BINS;
    for (let at = start; at < start + SCORE_BINS; at++) positives[slice]! += counts[at]!;
  }
}

function rankShareByBins(plan: EvaluationPlan, { block, evidence, refinement, scoreCodes }: EvidenceShare): void {
  const targets = rankTargets(plan, evidence);
  if (targets.length === 0) return;
  const histograms = evidence.histograms.map(({ counts }) => counts);
  for (const grouping of allGroupings(refinement)) {
    for (const target of targets) rankByBins(target, grouping, scoreCodes, block.folds, histograms);
  }
}

function rankTargets(plan: EvaluationPlan, evidence: Evidence) {
  return shaped(plan, "rank").map(({ metric, request }) => ({
    metric,
    request,
    table: evidence.direct.get(request.text)!,
  }));
}

function addExactRankMetrics(
  plan: EvaluationPlan,
  evidence: Evidence,
  block: EvaluationBlock,
  refinement: Refinement,
): void {
  const targets = rankTargets(plan, evidence);
  if (targets.length === 0 || (plan.facts.task === "binary" && block.rows > EXACT_RANK_ROWS)) return;
  const groupings = [...allGroupings(refinement)];
  block.models.forEach((model, m) => {
    const own = targets.map((target) => ({ ...target, model: m }));
    rankModelExactly(own, model, plan, block, groupings);
  });
}

type Target = { metric: RankMetric; request: MetricRequest; table: DirectTable; model: number };

function rankModelExactly(
  targets: readonly Target[],
  model: BlockModel,
  plan: EvaluationPlan,
  block: EvaluationBlock,
  groupings: readonly Grouping[],
): void {
  const ranked = rankedRows(model, plan, block);
  const sorted = ranked.map(({ order }) => rowsByGroup(order));
  const membersOf = (ranking: number, grouping: Grouping): MemberRows => memberRows(grouping, sorted[ranking]!);
  rankExactly(targets, ranked, membersOf, block, groupings);
}

/** One ranking for a binary model, one per class for a multiclass one. */
function rankedRows(model: BlockModel, plan: EvaluationPlan, block: EvaluationBlock): RankedRows[] {
  if (plan.facts.task === "binary") {
    return [{ order: rankOrder(model.scores, true), positive: block.label as Uint8Array }];
  }
  return plan.facts.classes.map((_, cls) => {
    const scores = new Float64Array(block.rows);
    const positive = new Uint8Array(block.rows);
    for (let i = 0; i < block.rows; i++) {
      scores[i] = model.scores[i * model.width + cls]!;
      positive[i] = block.label[i] === cls ? 1 : 0;
    }
    return { order: rankOrder(scores, true), positive };
  });
}

function addListMetrics(
  plan: EvaluationPlan,
  evidence: Evidence,
  block: EvaluationBlock,
  refinement: Refinement,
): void {
  const groupings = [...allGroupings(refinement)];
  const lists = block.lists!;
  const target = <M extends ListMetric | CatalogueMetric>({ metric, request }: Shaped<M>) => ({
    metric,
    request,
    table: evidence.direct.get(request.text)!,
  });
  const listTargets = shaped(plan, "list").map(target);
  const catalogueTargets = shaped(plan, "catalogue").map(target);
  block.models.forEach((model, m) => {
    const ranked = rankedBy(lists, model);
    for (const grouping of groupings) {
      accumulateLists(listTargets, m, ranked, block, grouping, m === 0 ? evidence.counts : null);
      for (const { request, table } of catalogueTargets) {
        accumulateCatalogue(request, table, m, ranked, block, grouping);
      }
    }
  });
  for (const { table } of listTargets) setMeans(table);
}

/** Values of means: sum over weight, slice by slice; NaN where nothing was weighed. */
export function setMeans(table: DirectTable): void {
  table.values.forEach((values, model) => {
    for (let slice = 0; slice < values.length; slice++) {
      let sum = 0;
      let weight = 0;
      for (let cell = slice * FOLDS; cell < (slice + 1) * FOLDS; cell++) {
        sum += table.sums[model]![cell]!;
        weight += table.weights[cell]!;
      }
      values[slice] = weight > 0 ? sum / weight : Number.NaN;
    }
  });
}
