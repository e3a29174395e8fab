import type { MomentMetric } from "../metric.ts";
import { classCounts, classMoments } from "./class-counts.ts";

/** scikit-learn `matthews_corrcoef`, multiclass form. */
export const mcc: MomentMetric = {
  name: "mcc",
  shape: "moments",
  tasks: ["multiclass"],
  direction: 1,
  range: [-1, 1],
  needs: [],
  convention:
    "Matthews correlation for several classes, Gorodkin's R_K (scikit-learn matthews_corrcoef, which puts 0 where this has no value).",
  undefinedWhen: "all rows have one label or all have one prediction",
  moments: (_request, task) => classMoments(task),
  value(sums, _request, task) {
    const { covariance, labelSpread, predictedSpread } = spreads(sums, task.classes.length);
    if (!(labelSpread > 0 && predictedSpread > 0)) return Number.NaN;
    return covariance / Math.sqrt(labelSpread) / Math.sqrt(predictedSpread);
  },
  gradient(sums, out, _request, task) {
    const classes = task.classes.length;
    const { covariance, labelSpread, predictedSpread, correct } = spreads(sums, classes);
    const root = Math.sqrt(labelSpread) * Math.sqrt(predictedSpread);
    const value = covariance / root;
    const n = sums[0]!;
    out[0] = correct / root - value * n * (1 / labelSpread + 1 / predictedSpread);
    for (let c = 0; c < classes; c++) {
      const { label, predicted } = classCounts(sums, c);
      out[1 + 3 * c] = n / root;
      out[2 + 3 * c] = -predicted / root + (value * label) / labelSpread;
      out[3 + 3 * c] = -label / root + (value * predicted) / predictedSpread;
    }
  },
};

/** Gorodkin (2004): correct * n - sum t p, n^2 - sum t^2, n^2 - sum p^2, with t and p the counts of label and prediction. */
function spreads(sums: ArrayLike<number>, classes: number) {
  const n = sums[0]!;
  let correct = 0;
  let both = 0;
  let labels = 0;
  let predictions = 0;
  for (let c = 0; c < classes; c++) {
    const { tp, label, predicted } = classCounts(sums, c);
    correct += tp;
    both += label * predicted;
    labels += label * label;
    predictions += predicted * predicted;
  }
  return {
    correct,
    covariance: correct * n - both,
    labelSpread: n * n - labels,
    predictedSpread: n * n - predictions,
  };
}
