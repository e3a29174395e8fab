import type { MomentMetric } from "../metric.ts";
import { ratioMetric } from "../ratio-metric.ts";
import { type ClassCounts, classCounts, classMoments } from "./class-counts.ts";

const words = {
  tasks: ["multiclass"],
  direction: 1,
  range: [0, 1],
  needs: [],
  undefinedWhen: "there are no rows",
} as const;

/** A metric of one class as weight-homogeneous ratio of its counts, 0 where it is 0 / 0 (scikit-learn's `zero_division=0`). */
interface ClassMetric {
  readonly words: string;
  readonly source: string;
  top(counts: ClassCounts): number;
  bottom(counts: ClassCounts): number;
  /** d top and d bottom by tp, label, predicted. */
  readonly slopes: readonly (readonly [top: number, bottom: number])[];
}

const precision: ClassMetric = {
  words: "precision (right / predicted as the class)",
  source: "precision_score",
  top: (counts) => counts.tp,
  bottom: (counts) => counts.predicted,
  slopes: [
    [1, 0],
    [0, 0],
    [0, 1],
  ],
};

const recall: ClassMetric = {
  words: "recall (right / rows of the class)",
  source: "recall_score",
  top: (counts) => counts.tp,
  bottom: (counts) => counts.label,
  slopes: [
    [1, 0],
    [0, 1],
    [0, 0],
  ],
};

const f1: ClassMetric = {
  words: "F1 (2 right / (rows of the class + predicted as the class))",
  source: "f1_score",
  top: (counts) => 2 * counts.tp,
  bottom: (counts) => counts.label + counts.predicted,
  slopes: [
    [2, 0],
    [0, 1],
    [0, 1],
  ],
};

export const macroF1 = macro("macro_f1", f1);
export const macroPrecision = macro("macro_precision", precision);
export const macroRecall = macro("macro_recall", recall);
export const weightedF1 = weighted("weighted_f1", f1);
export const weightedPrecision = weighted("weighted_precision", precision);
export const weightedRecall = weighted("weighted_recall", recall);
export const microF1 = micro("micro_f1", f1);
export const microPrecision = micro("micro_precision", precision);
export const microRecall = micro("micro_recall", recall);

function macro(name: string, metric: ClassMetric): MomentMetric {
  return {
    ...words,
    name,
    shape: "moments",
    convention: `Plain mean of ${metric.words} over the classes that occur as label or prediction; 0 / 0 counts as 0 (scikit-learn ${metric.source}, average=macro).`,
    moments: (_request, task) => classMoments(task),
    value(sums, _request, task) {
      let sum = 0;
      for (let c = 0; c < task.classes.length; c++) sum += valueOf(metric, classCounts(sums, c));
      return sum / presentClasses(sums, task.classes.length);
    },
    gradient(sums, out, _request, task) {
      const present = presentClasses(sums, task.classes.length);
      out[0] = 0;
      for (let c = 0; c < task.classes.length; c++)
        addSlopes(metric, classCounts(sums, c), 1 / present, out, 1 + 3 * c);
    },
  };
}

function weighted(name: string, metric: ClassMetric): MomentMetric {
  return {
    ...words,
    name,
    shape: "moments",
    convention: `Mean of ${metric.words} over classes, weighted by the rows of the class; 0 / 0 counts as 0 (scikit-learn ${metric.source}, average=weighted).`,
    moments: (_request, task) => classMoments(task),
    value(sums, _request, task) {
      let sum = 0;
      for (let c = 0; c < task.classes.length; c++) {
        const counts = classCounts(sums, c);
        sum += counts.label * valueOf(metric, counts);
      }
      return sums[0]! > 0 ? sum / sums[0]! : Number.NaN;
    },
    gradient(sums, out, _request, task) {
      const n = sums[0]!;
      let sum = 0;
      for (let c = 0; c < task.classes.length; c++) {
        const counts = classCounts(sums, c);
        const value = valueOf(metric, counts);
        sum += counts.label * value;
        addSlopes(metric, counts, counts.label / n, out, 1 + 3 * c);
        out[2 + 3 * c]! += value / n;
      }
      out[0] = -sum / n ** 2;
    },
  };
}

/** With one label and one prediction a row, all three micro averages are the accuracy. */
function micro(name: string, metric: ClassMetric): MomentMetric {
  return ratioMetric({
    ...words,
    name,
    convention: `${metric.source} over the pooled counts of all classes: with one label and one prediction a row it equals the accuracy (scikit-learn ${metric.source}, average=micro).`,
    numerator: () => "correct",
  });
}

function valueOf(metric: ClassMetric, counts: ClassCounts): number {
  const bottom = metric.bottom(counts);
  return bottom > 0 ? metric.top(counts) / bottom : 0;
}

function addSlopes(metric: ClassMetric, counts: ClassCounts, factor: number, out: Float64Array, at: number): void {
  const bottom = metric.bottom(counts);
  const value = valueOf(metric, counts);
  for (let i = 0; i < 3; i++) {
    const [top, below] = metric.slopes[i]!;
    out[at + i] = bottom > 0 ? (factor * (top - value * below)) / bottom : 0;
  }
}

/** Classes that occur as label or as prediction; NaN for none, so that the mean over them is NaN. */
function presentClasses(sums: ArrayLike<number>, classes: number): number {
  let present = 0;
  for (let c = 0; c < classes; c++) {
    const { label, predicted } = classCounts(sums, c);
    if (label > 0 || predicted > 0) present++;
  }
  return present > 0 ? present : Number.NaN;
}
