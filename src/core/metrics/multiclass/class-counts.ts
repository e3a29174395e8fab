import type { TaskFacts } from "../metric.ts";

/**
 * The sums from which the class metrics are made: n, then per class tp, rows of the label, rows of the prediction.
 * Positions of class c in the sums: tp 1 + 3c, label 2 + 3c, predicted 3 + 3c.
 */
export function classMoments(task: TaskFacts): string[] {
  return ["n", ...task.classes.flatMap((_, c) => [`class_tp:${c}`, `class_label:${c}`, `class_predicted:${c}`])];
}

export interface ClassCounts {
  readonly tp: number;
  readonly label: number;
  readonly predicted: number;
}

/** The counts of class `c` among sums in the order of {@link classMoments}. */
export function classCounts(sums: ArrayLike<number>, c: number): ClassCounts {
  return { tp: sums[1 + 3 * c]!, label: sums[2 + 3 * c]!, predicted: sums[3 + 3 * c]! };
}
