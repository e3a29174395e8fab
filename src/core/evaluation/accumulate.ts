import type { CatalogueMetric, ListMetric, Metric, MetricRequest, RankMetric } from "../metrics/metric.ts";
import type { Grouping } from "../slices/slice.ts";
import { addHistogram, rankByBins } from "./accumulate-binned-rank.ts";
import { accumulateCatalogue } from "./accumulate-catalogue.ts";
import { accumulateLists } from "./accumulate-lists.ts";
import { accumulateMoments } from "./accumulate-moments.ts";
import { rankExactly, type RankedRows } from "./accumulate-rank.ts";
import { accumulateRows } from "./accumulate-rows.ts";
import type { BlockModel, EvaluationBlock } from "./block.ts";
import { accumulateCounts } from "./count.ts";
import { FOLDS } from "./draws.ts";
import type { DirectTable, Evidence } from "./evidence.ts";
import { memberRows, type MemberRows } from "./member-rows.ts";
import { momentNames, type EvaluationPlan } from "./plan.ts";
import { itemPlaces, rankLists, rowsByList } from "./rank-lists.ts";
import { EXACT_RANK_ROWS, rankOrder, rowsByGroup } from "./rank-order.ts";
import { refine, rollUp, type Refinement } from "./refinement.ts";
import { allInUnitInterval, SCORE_BINS, scoreCodes } from "./score-code.ts";

/** Sums up one block of rows: counts, moments, histograms and fold sums of every metric, for every slice. */
export function accumulate(plan: EvaluationPlan, block: EvaluationBlock): Evidence {
  const evidence = emptyEvidence(plan, block.rows > EXACT_RANK_ROWS);
  const { task } = plan.facts;
  const everything = plan.sliceNames.length;
  const all: Grouping = { codes: new Uint8Array(block.rows), none: 1, slices: [everything] };
  const groupings = [...block.groupings, all];
  const refinement = refine(groupings, block.rows);
  accumulateMoments(evidence.moments, block, task, refinement);
  takeRows(evidence);
  accumulateCounts(evidence.counts, block, task === "ranking", refinement);
  const codes = task === "binary" ? addHistograms(evidence, block, refinement) : [];
  if (task === "ranking") addListMetrics(plan, evidence, block, groupings);
  else addWeights(plan, evidence);
  addRankMetrics(plan, evidence, block, groupings, codes);
  for (const { metric, request } of shaped(plan, "rows")) {
    accumulateRows(metric, request, plan.facts, evidence.direct.get(request.text)!, block, groupings);
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

export function emptyEvidence(plan: EvaluationPlan, binned: boolean): Evidence {
  const slices = plan.sliceNames.length + 1;
  const cells = slices * FOLDS;
  const perModel = (length: number, fill = 0): Float64Array[] =>
    plan.models.map(() => new Float64Array(length).fill(fill));
  const names = momentNames(plan);
  const direct = new Map<string, DirectTable>();
  for (const { metric, request } of plan.metrics) {
    if (metric.shape === "moments") continue;
    direct.set(request.text, {
      weights: new Float64Array(cells),
      sums: perModel(cells),
      values: perModel(slices, Number.NaN),
      binningError: binned && metric.shape === "rank" && !metric.oneVsRest ? perModel(slices) : null,
    });
  }
  const count = (): Float64Array => new Float64Array(slices);
  return {
    task: plan.facts.task,
    models: plan.models,
    sliceNames: plan.sliceNames,
    metrics: plan.metrics.map(({ request }) => request.text),
    counts: { rows: count(), groups: count(), units: count(), positives: count(), listsWithoutPositive: count() },
    moments: { names, sums: new Float64Array(cells * names.length) },
    direct,
    histograms: [],
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

/** Returns the score codes of each model, by row. */
function addHistograms(evidence: Evidence, block: EvaluationBlock, { base, derived }: Refinement): Uint16Array[] {
  const label = block.label as Uint8Array;
  const slices = evidence.sliceNames.length + 1;
  const all = block.models.map((model) => {
    const unit = allInUnitInterval(model.scores);
    const codes = scoreCodes(model.scores, unit);
    const counts = new Float64Array(slices * 2 * SCORE_BINS);
    for (const grouping of base) addHistogram(counts, grouping, codes, label);
    rollUp(derived, counts, 2 * SCORE_BINS);
    evidence.histograms.push({ unit, counts });
    return codes;
  });
  const { positives } = evidence.counts;
  const { counts } = evidence.histograms[0]!;
  for (let slice = 0; slice < slices; slice++) {
    const start = (slice * 2 + 1) * SCORE_BINS;
    for (let at = start; at < start + SCORE_BINS; at++) positives[slice]! += counts[at]!;
  }
  return all;
}

function addRankMetrics(
  plan: EvaluationPlan,
  evidence: Evidence,
  block: EvaluationBlock,
  groupings: readonly Grouping[],
  codes: readonly Uint16Array[],
): void {
  const metrics = shaped(plan, "rank");
  if (metrics.length === 0) return;
  block.models.forEach((model, m) => {
    const targets = metrics.map(({ metric, request }) => ({
      metric,
      request,
      table: evidence.direct.get(request.text)!,
      model: m,
    }));
    if (block.rows <= EXACT_RANK_ROWS || plan.facts.task !== "binary") {
      rankModelExactly(targets, model, plan, block, groupings);
      return;
    }
    const { counts } = evidence.histograms[m]!;
    for (const grouping of groupings) {
      rankByBins(targets, m, grouping, codes[m]!, block.label as Uint8Array, block.folds, counts);
    }
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
  groupings: readonly Grouping[],
): void {
  const lists = block.lists!;
  const target = <M extends ListMetric | CatalogueMetric>({ metric, request }: Shaped<M>) => ({
    metric,
    request,
    table: evidence.direct.get(request.text)!,
  });
  const listTargets = shaped(plan, "list").map(target);
  const catalogueTargets = shaped(plan, "catalogue").map(target);
  const byList = rowsByList(lists);
  const place = itemPlaces(lists);
  block.models.forEach((model, m) => {
    const ranked = rankLists(byList, model.scores, place);
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
