import type { MomentMetric } from "../metric.ts";

/** scikit-learn `precision_score`. */
export const precision: MomentMetric = {
  name: "precision",
  shape: "moments",
  tasks: ["binary"],
  direction: 1,
  range: [0, 1],
  needs: ["threshold"],
  convention:
    "tp / (tp + fp), the share of rows at or above the threshold that are positive (scikit-learn precision_score).",
  undefinedWhen: "no row is predicted positive",
  moments: () => ["n", "tp", "fp"],
  value: (sums) => ratio(sums[1]!, sums[1]! + sums[2]!),
  gradient(sums, out) {
    const squared = (sums[1]! + sums[2]!) ** 2;
    out[0] = 0;
    out[1] = sums[2]! / squared;
    out[2] = -sums[1]! / squared;
  },
};

/** scikit-learn `balanced_accuracy_score`. */
export const balancedAccuracy: MomentMetric = {
  name: "balanced_accuracy",
  shape: "moments",
  tasks: ["binary"],
  direction: 1,
  range: [0, 1],
  needs: ["threshold"],
  convention:
    "Mean of recall and specificity; where only one class occurs, that class's share alone (scikit-learn balanced_accuracy_score).",
  undefinedWhen: "there are no rows",
  moments: () => ["n", "tp", "fn", "tn", "fp"],
  value(sums) {
    const recall = ratio(sums[1]!, sums[1]! + sums[2]!);
    const specificity = ratio(sums[3]!, sums[3]! + sums[4]!);
    if (Number.isNaN(recall)) return specificity;
    return Number.isNaN(specificity) ? recall : (recall + specificity) / 2;
  },
  gradient(sums, out) {
    const positives = sums[1]! + sums[2]!;
    const negatives = sums[3]! + sums[4]!;
    const share = positives > 0 && negatives > 0 ? 0.5 : 1;
    out.fill(0, 0, 5);
    if (positives > 0) {
      out[1] = (share * sums[2]!) / positives ** 2;
      out[2] = (-share * sums[1]!) / positives ** 2;
    }
    if (negatives > 0) {
      out[3] = (share * sums[4]!) / negatives ** 2;
      out[4] = (-share * sums[3]!) / negatives ** 2;
    }
  },
};

/** scikit-learn `matthews_corrcoef`. */
export const mcc: MomentMetric = {
  name: "mcc",
  shape: "moments",
  tasks: ["binary"],
  direction: 1,
  range: [-1, 1],
  needs: ["threshold"],
  convention:
    "Matthews correlation of label and prediction (scikit-learn matthews_corrcoef, which puts 0 where this has no value).",
  undefinedWhen: "all rows have one label or all have one prediction",
  moments: () => ["n", "tp", "fp", "fn", "tn"],
  value(sums) {
    const [tp, fp, fn, tn] = [sums[1]!, sums[2]!, sums[3]!, sums[4]!];
    const spread = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
    return spread > 0 ? (tp * tn - fp * fn) / spread : Number.NaN;
  },
  gradient(sums, out) {
    const [tp, fp, fn, tn] = [sums[1]!, sums[2]!, sums[3]!, sums[4]!];
    const spread = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
    const half = (tp * tn - fp * fn) / spread / 2;
    out[0] = 0;
    out[1] = tn / spread - half * (1 / (tp + fp) + 1 / (tp + fn));
    out[2] = -fn / spread - half * (1 / (tp + fp) + 1 / (tn + fp));
    out[3] = -fp / spread - half * (1 / (tp + fn) + 1 / (tn + fn));
    out[4] = tp / spread - half * (1 / (tn + fp) + 1 / (tn + fn));
  },
};

/** Expected cost by the costs of the policy or the slice. */
export const cost: MomentMetric = {
  name: "cost",
  shape: "moments",
  tasks: ["binary"],
  direction: -1,
  range: [0, Number.POSITIVE_INFINITY],
  needs: ["threshold", "costs"],
  convention:
    "1,000 (fp * cost of a false positive + fn * cost of a false negative) / rows: expected cost per 1,000 predictions.",
  undefinedWhen: "there are no rows, or no costs are declared",
  moments: () => ["n", "fp", "fn"],
  value(sums, _request, task) {
    if (task.costs === null || !(sums[0]! > 0)) return Number.NaN;
    return (1000 * (sums[1]! * task.costs.falsePositive + sums[2]! * task.costs.falseNegative)) / sums[0]!;
  },
  gradient(sums, out, _request, task) {
    const { falsePositive, falseNegative } = task.costs ?? { falsePositive: Number.NaN, falseNegative: Number.NaN };
    out[0] = (-1000 * (sums[1]! * falsePositive + sums[2]! * falseNegative)) / sums[0]! ** 2;
    out[1] = (1000 * falsePositive) / sums[0]!;
    out[2] = (1000 * falseNegative) / sums[0]!;
  },
};

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : Number.NaN;
}
