import { ratioMetric } from "../ratio-metric.ts";

const binary = { tasks: ["binary"] } as const;

/** scikit-learn `log_loss`. */
export const logLoss = ratioMetric({
  ...binary,
  name: "log_loss",
  direction: -1,
  range: [0, -Math.log(Number.EPSILON)],
  needs: ["probability"],
  convention:
    "Mean over rows of -ln(probability given to the true class), probabilities clipped to [2.2e-16, 1 - 2.2e-16] (scikit-learn log_loss on float64).",
  undefinedWhen: "there are no rows",
  numerator: () => "log_loss",
});

/** scikit-learn `brier_score_loss`. */
export const brier = ratioMetric({
  ...binary,
  name: "brier",
  direction: -1,
  range: [0, 1],
  needs: ["probability"],
  convention:
    "Mean over rows of (probability of the positive class - label)^2 (scikit-learn brier_score_loss, binary form: 0 to 1).",
  undefinedWhen: "there are no rows",
  numerator: () => "brier",
});

/** scikit-learn `accuracy_score`. */
export const accuracy = ratioMetric({
  ...binary,
  name: "accuracy",
  direction: 1,
  range: [0, 1],
  needs: ["threshold"],
  convention: "Share of rows on the right side of the threshold (scikit-learn accuracy_score).",
  undefinedWhen: "there are no rows",
  numerator: () => "correct",
});

/** scikit-learn `recall_score`. */
export const recall = ratioMetric({
  ...binary,
  name: "recall",
  direction: 1,
  range: [0, 1],
  needs: ["threshold"],
  convention: "tp / (tp + fn), the share of positive rows at or above the threshold (scikit-learn recall_score).",
  undefinedWhen: "there is no positive row",
  denominator: "positive",
  numerator: () => "tp",
});

/** Recall of the negative class: scikit-learn `recall_score(pos_label=0)`. */
export const specificity = ratioMetric({
  ...binary,
  name: "specificity",
  direction: 1,
  range: [0, 1],
  needs: ["threshold"],
  convention:
    "tn / (tn + fp), the share of negative rows below the threshold (scikit-learn recall_score of the negative class).",
  undefinedWhen: "there is no negative row",
  denominator: "negative",
  numerator: () => "tn",
});
