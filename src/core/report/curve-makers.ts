/** Makes the numbers of a report's pictures from columns. All rows with a label count; scores must be finite. */
import type { BinaryModelCurves, Confusion, MulticlassCurves, RankingCurves, RegressionCurves } from "./curves.ts";

const FINE = 200;

export interface ScoredModel {
  readonly name: string;
  readonly scores: ArrayLike<number>;
}

/**
 * Label-by-score histogram of a binary model on edges that are narrow where its scores are many (quantiles) and never
 * wider than a fortieth of their range.
 * @param labels 1 or 0 per row
 */
export function binaryModelCurves(
  labels: ArrayLike<number>,
  model: ScoredModel & { readonly threshold: number | null; readonly probability: boolean },
): BinaryModelCurves {
  const { name, scores, threshold, probability } = model;
  const edges = fineEdges(scores, probability);
  const positives = zeros(edges.length - 1);
  const negatives = zeros(edges.length - 1);
  const confusion = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    const hit = labels[i] === 1;
    const bin = binOf(edges, score);
    const side = hit ? positives : negatives;
    side[bin] = (side[bin] ?? 0) + 1;
    if (threshold !== null) {
      const taken = score >= threshold;
      confusion[hit ? (taken ? "truePositives" : "falseNegatives") : taken ? "falsePositives" : "trueNegatives"] += 1;
    }
  }
  return {
    name,
    edges,
    positives,
    negatives,
    probability,
    threshold,
    confusion: threshold === null ? null : confusion,
  };
}

/**
 * The same from a histogram that exists (lower edges of its bins; the last bin ends at `top`): bins without rows are
 * joined with their neighbours.
 */
export function binaryModelFromHistogram(
  name: string,
  histogram: {
    readonly edges: ArrayLike<number>;
    readonly top: number;
    readonly positives: ArrayLike<number>;
    readonly negatives: ArrayLike<number>;
  },
  facts: { readonly probability: boolean; readonly threshold: number | null; readonly confusion: Confusion | null },
): BinaryModelCurves {
  const edges: number[] = [];
  const positives: number[] = [];
  const negatives: number[] = [];
  let empty = false;
  for (let bin = 0; bin < histogram.positives.length; bin++) {
    const p = histogram.positives[bin] ?? 0;
    const n = histogram.negatives[bin] ?? 0;
    if (p + n === 0 && empty) continue;
    empty = p + n === 0;
    const edge = histogram.edges[bin] ?? 0;
    edges.push(Number.isFinite(edge) ? edge : (histogram.edges[bin + 1] ?? 0));
    positives.push(p);
    negatives.push(n);
  }
  return { name, edges: [...edges, histogram.top], positives, negatives, ...facts };
}

/** Residuals on common edges (the middle 98% of them, over all models) and mean label per group of predictions. */
export function regressionCurves(labels: ArrayLike<number>, models: readonly ScoredModel[]): RegressionCurves {
  const residuals = models.map((m) => Float64Array.from(m.scores, (s, i) => s - (labels[i] ?? 0)));
  const sorted = residuals.map((r) => r.toSorted());
  const low = Math.min(0, ...sorted.map((r) => quantile(r, 0.01)));
  const high = Math.max(0, ...sorted.map((r) => quantile(r, 0.99)));
  const bins = 40;
  const residualEdges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low || 1) * i) / bins);
  return {
    kind: "regression",
    residualEdges,
    models: models.map((model, m) => ({
      name: model.name,
      residuals: histogram(residuals[m] ?? [], residualEdges),
      groups: predictionGroups(labels, model.scores),
    })),
  };
}

function predictionGroups(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
): RegressionCurves["models"][number]["groups"] {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0),
  );
  const groups = Math.min(20, Math.max(1, Math.floor(order.length / 10)));
  return Array.from({ length: groups }, (_, g) => {
    const rows = order.subarray(Math.floor((g * order.length) / groups), Math.floor(((g + 1) * order.length) / groups));
    const actual = Float64Array.from(rows, (i) => labels[i] ?? 0).sort();
    const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / (values.length || 1);
    const predicted = mean(Float64Array.from(rows, (i) => scores[i] ?? 0));
    return {
      predicted,
      actual: mean(actual),
      low: quantile(actual, 0.1),
      high: quantile(actual, 0.9),
      rows: rows.length,
    };
  });
}

/**
 * @param labels class index per row
 * @param models probabilities [class] per row: `probabilities[c][row]`
 */
export function multiclassCurves(
  classes: readonly string[],
  labels: ArrayLike<number>,
  models: readonly { readonly name: string; readonly probabilities: readonly ArrayLike<number>[] }[],
): MulticlassCurves {
  const edges = Array.from({ length: 11 }, (_, i) => i / 10);
  return {
    kind: "multiclass",
    classes,
    models: models.map(({ name, probabilities }) => {
      const confusion = classes.map(() => zeros(classes.length));
      const right = zeros(10);
      const wrong = zeros(10);
      for (let i = 0; i < labels.length; i++) {
        let best = 0;
        for (let c = 1; c < probabilities.length; c++) {
          if ((probabilities[c]?.[i] ?? 0) > (probabilities[best]?.[i] ?? 0)) best = c;
        }
        const row = confusion[labels[i] ?? 0];
        if (row === undefined) continue;
        row[best] = (row[best] ?? 0) + 1;
        const bin = binOf(edges, probabilities[best]?.[i] ?? 0);
        const side = labels[i] === best ? right : wrong;
        side[bin] = (side[bin] ?? 0) + 1;
      }
      return { name, confusion, confidence: { edges, right, wrong } };
    }),
  };
}

/**
 * @param relevant [model] flags of relevance in the order in which the model ranks each list, lists behind each other
 * @param starts start of each list in `relevant`, and the end of the last
 * @param values [model][list] of the deciding metric, oriented so that more is better; NaN where the list has none
 */
export function rankingCurves(
  names: readonly string[],
  relevant: readonly ArrayLike<number>[],
  starts: ArrayLike<number>,
  values: readonly [champion: ArrayLike<number>, challenger: ArrayLike<number>],
  upTo = 20,
): RankingCurves {
  return {
    kind: "ranking",
    upTo,
    models: names.map((name, m) => ({ name, ...positions(relevant[m] ?? [], starts, upTo) })),
    lists: compareLists(values[0], values[1]),
  };
}

function positions(
  flags: ArrayLike<number>,
  starts: ArrayLike<number>,
  upTo: number,
): { recall: number[]; firstHit: number[] } {
  const recall = zeros(upTo);
  const firstHit = zeros(upTo + 1);
  let lists = 0;
  for (let list = 0; list + 1 < starts.length; list++) {
    const from = starts[list] ?? 0;
    const to = starts[list + 1] ?? from;
    const ranks: number[] = [];
    for (let i = from; i < to; i++) if ((flags[i] ?? 0) > 0) ranks.push(i - from);
    const first = ranks[0];
    if (first === undefined) continue;
    lists++;
    const slot = Math.min(first, upTo);
    firstHit[slot] = (firstHit[slot] ?? 0) + 1;
    for (const rank of ranks) if (rank < upTo) recall[rank] = (recall[rank] ?? 0) + 1 / ranks.length;
  }
  let found = 0;
  return { recall: recall.map((share) => (found += share / (lists || 1))), firstHit };
}

function compareLists(champion: ArrayLike<number>, challenger: ArrayLike<number>): RankingCurves["lists"] {
  const differences: number[] = [];
  for (let i = 0; i < champion.length; i++) {
    const d = (challenger[i] ?? Number.NaN) - (champion[i] ?? Number.NaN);
    if (!Number.isNaN(d)) differences.push(Math.abs(d) < 1e-12 ? 0 : d);
  }
  const largest = differences.reduce((a, d) => Math.max(a, Math.abs(d)), 0) || 1;
  const edges = Array.from({ length: 42 }, (_, i) => (largest * (2 * i - 41)) / 41);
  return {
    better: differences.filter((d) => d > 0).length,
    equal: differences.filter((d) => d === 0).length,
    worse: differences.filter((d) => d < 0).length,
    edges,
    counts: histogram(differences, edges),
  };
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Index of the bin; what lies outside falls into the first and the last one. */
function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function histogram(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = zeros(edges.length - 1);
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(edges, values[i] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))] ?? 0;
}

function fineEdges(scores: ArrayLike<number>, probability: boolean): number[] {
  const sorted = Float64Array.from(scores).sort();
  const low = probability ? Math.min(0, sorted[0] ?? 0) : (sorted[0] ?? 0);
  const high = probability ? Math.max(1, sorted[sorted.length - 1] ?? 1) : (sorted[sorted.length - 1] ?? 1);
  const even = Array.from({ length: 41 }, (_, i) => low + ((high - low || 1) * i) / 40);
  const quantiles = Array.from({ length: FINE }, (_, i) => quantile(sorted, (i + 1) / (FINE + 1)));
  return [...new Set([...even, ...quantiles])].sort((a, b) => a - b);
}
