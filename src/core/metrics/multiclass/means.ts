import { cutoff } from "../parameters.ts";
import { ratioMetric } from "../ratio-metric.ts";

const meanOfRows = { tasks: ["multiclass"], undefinedWhen: "there are no rows" } as const;

/** scikit-learn `accuracy_score`. */
export const accuracy = ratioMetric({
  ...meanOfRows,
  name: "accuracy",
  direction: 1,
  range: [0, 1],
  needs: [],
  convention:
    "Share of rows whose predicted class (the largest probability) is the label (scikit-learn accuracy_score).",
  numerator: () => "correct",
});

/** scikit-learn `log_loss`. */
export const logLoss = ratioMetric({
  ...meanOfRows,
  name: "log_loss",
  direction: -1,
  range: [0, -Math.log(Number.EPSILON)],
  needs: ["probability"],
  convention:
    "Mean over rows of -ln(probability given to the true class), probabilities clipped to [2.2e-16, 1 - 2.2e-16] and not rescaled (scikit-learn log_loss on float64).",
  numerator: () => "log_loss",
});

/** scikit-learn `brier_score_loss`, multiclass form. */
export const brier = ratioMetric({
  ...meanOfRows,
  name: "brier",
  direction: -1,
  range: [0, 2],
  needs: ["probability"],
  convention:
    "Mean over rows of the sum over classes of (probability - [label is the class])^2, 0 to 2 (scikit-learn brier_score_loss for three or more classes; Brier 1950).",
  numerator: () => "brier",
});

/** scikit-learn `top_k_accuracy_score`. */
export const topK = ratioMetric({
  ...meanOfRows,
  name: "top_k",
  direction: 1,
  range: [0, 1],
  needs: ["probability"],
  parameter: cutoff,
  convention:
    "Share of rows whose label is among the k classes of largest probability; of equal probabilities the class later in the list of classes comes first (scikit-learn top_k_accuracy_score).",
  numerator: (request) => `top_k_hit:${request.parameter ?? 1}`,
});
