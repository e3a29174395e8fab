import { sortSizesDescending } from "../../core/evaluation/accumulate-lists.ts";
import type { EvaluationBlock } from "../../core/evaluation/block.ts";
import type { Evidence } from "../../core/evaluation/evidence.ts";
import type { FoundMetric } from "../../core/metrics/catalog.ts";
import { rankedBy, type RankedLists } from "../../core/evaluation/rank-lists.ts";
import { allInUnitInterval, scoreEdges } from "../../core/evaluation/score-code.ts";
import {
  binaryModelCurves,
  binaryModelFromHistogram,
  multiclassCurves,
  rankingCurves,
  regressionCurves,
} from "../../core/report/curve-makers.ts";
import type { BinaryModelCurves, Confusion, Curves } from "../../core/report/curves.ts";
import type { Scored } from "../scoring/scored.ts";
import type { ModelThreshold } from "./thresholds.ts";

/** Beyond this many rows, binary pictures come from the 1,024-bin histograms that exist already. */
const EXACT_PICTURE_ROWS = 1_000_000;
/** Champion, challenger and the first baselines: more lines than that in one picture say nothing. */
const MOST_MODELS = 4;

/** The numbers behind a report's pictures, for champion, challenger and the first baselines. */
export function reportCurves(
  scored: Scored,
  block: EvaluationBlock,
  evidence: Evidence,
  thresholds: readonly ModelThreshold[],
  deciding: FoundMetric,
): Curves | null {
  const shown = scored.models.slice(0, MOST_MODELS);
  if (scored.task === "binary") {
    return { kind: "binary", models: shown.map((_, m) => binaryCurve(scored, block, evidence, thresholds, m)) };
  }
  if (scored.task === "regression") return regressionCurves(block.label, shown);
  if (scored.task === "ranking") return rankingPicture(scored, block, deciding);
  const withProbabilities = shown.filter(({ scores }) => scores.length > 0);
  if (withProbabilities.length === 0) return null;
  return multiclassCurves(
    scored.classes,
    block.label,
    withProbabilities.map(({ name, scores, width }) => ({
      name,
      probabilities: scored.classes.map((_, cls) =>
        Float64Array.from({ length: block.rows }, (_row, row) => scores[row * width + cls]!),
      ),
    })),
  );
}

function binaryCurve(
  scored: Scored,
  block: EvaluationBlock,
  evidence: Evidence,
  thresholds: readonly ModelThreshold[],
  m: number,
): BinaryModelCurves {
  const { name, scores } = scored.models[m]!;
  const probability = allInUnitInterval(scores);
  const value = thresholds[m]?.value ?? Number.NaN;
  const threshold = Number.isFinite(value) ? value : null;
  if (block.rows <= EXACT_PICTURE_ROWS) {
    return binaryModelCurves(block.label, { name, scores, threshold, probability });
  }
  return binnedCurve(evidence, m, threshold, threshold === null ? null : confusionOf(block, m));
}

/** Pictures of binary models from their histograms alone. */
export function binnedCurves(
  evidence: Evidence,
  thresholds: readonly ModelThreshold[],
  confusions: readonly Confusion[],
): Curves {
  const models = evidence.models.slice(0, MOST_MODELS).map((_, m) => {
    const value = thresholds[m]?.value ?? Number.NaN;
    return Number.isFinite(value)
      ? binnedCurve(evidence, m, value, confusions[m]!)
      : binnedCurve(evidence, m, null, null);
  });
  return { kind: "binary", models };
}

function binnedCurve(
  evidence: Evidence,
  m: number,
  threshold: number | null,
  confusion: Confusion | null,
): BinaryModelCurves {
  const { unit, counts } = evidence.histograms[m]!;
  const name = evidence.models[m]!;
  const edges = scoreEdges(unit);
  const start = evidence.sliceNames.length * 2 * edges.length;
  const negatives = counts.subarray(start, start + edges.length);
  const positives = counts.subarray(start + edges.length, start + 2 * edges.length);
  const top = unit ? 1 : edges.at(-1)!;
  return binaryModelFromHistogram(
    name,
    { edges, top, positives, negatives },
    { probability: unit, threshold, confusion },
  );
}

/** Decisions against labels, over all rows of a block. */
export function confusionOf(block: EvaluationBlock, m: number): Confusion {
  const predicted = block.models[m]!.predicted!;
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < block.rows; i++) counts[block.label[i]! * 2 + predicted[i]!]! += 1;
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts as [number, number, number, number];
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

function rankingPicture(scored: Scored, block: EvaluationBlock, deciding: FoundMetric): Curves {
  const lists = block.lists!;
  const gains = block.label as Float64Array;
  const ranked = block.models.slice(0, MOST_MODELS).map((model) => rankedBy(lists, model));
  const inOrder = ranked.map(({ rows }) => inRowOrder(gains, rows));
  const values = [0, 1].map((m) => listValues(inOrder[m]!, ranked[m]!, deciding)) as [Float64Array, Float64Array];
  const names = scored.models.slice(0, MOST_MODELS).map(({ name }) => name);
  return rankingCurves(names, inOrder, ranked[0]!.starts, values);
}

function inRowOrder(values: Float64Array, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

/** The deciding metric of each list, NaN where it has none; all NaN where the metric is not one per list. */
function listValues(gains: Float64Array, { starts }: RankedLists, { metric, request }: FoundMetric): Float64Array {
  const values = new Float64Array(starts.length - 1).fill(Number.NaN);
  if (metric.shape !== "list") return values;
  for (let list = 0; list < values.length; list++) {
    const start = starts[list]!;
    const end = starts[list + 1]!;
    const own = gains.subarray(start, end);
    const ideal = own.slice();
    sortSizesDescending(ideal, ideal.length);
    let positives = 0;
    for (let i = 0; i < own.length; i++) if (own[i]! > 0) positives++;
    values[list] = metric.list(own, 0, own.length, positives, ideal, request) * metric.direction;
  }
  return values;
}
