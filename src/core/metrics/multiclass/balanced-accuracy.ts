import type { MomentMetric } from "../metric.ts";
import { classCounts, classMoments } from "./class-counts.ts";

/** scikit-learn `balanced_accuracy_score`. */
export const balancedAccuracy: MomentMetric = {
  name: "balanced_accuracy",
  shape: "moments",
  tasks: ["multiclass"],
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Plain mean of recall over the classes that occur among the labels (scikit-learn balanced_accuracy_score).",
  undefinedWhen: "there are no rows",
  moments: (_request, task) => classMoments(task),
  value(sums, _request, task) {
    let sum = 0;
    let present = 0;
    for (let c = 0; c < task.classes.length; c++) {
      const { tp, label } = classCounts(sums, c);
      if (label > 0) {
        sum += tp / label;
        present++;
      }
    }
    return present > 0 ? sum / present : Number.NaN;
  },
  gradient(sums, out, _request, task) {
    let present = 0;
    for (let c = 0; c < task.classes.length; c++) if (classCounts(sums, c).label > 0) present++;
    out.fill(0, 0, 1 + 3 * task.classes.length);
    for (let c = 0; c < task.classes.length; c++) {
      const { tp, label } = classCounts(sums, c);
      if (label > 0) {
        out[1 + 3 * c] = 1 / label / present;
        out[2 + 3 * c] = -tp / label ** 2 / present;
      }
    }
  },
};
