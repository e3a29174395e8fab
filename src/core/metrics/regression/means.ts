import { period, quantile } from "../parameters.ts";
import { ratioMetric } from "../ratio-metric.ts";

const errorOfRows = {
  tasks: ["regression"],
  direction: -1,
  range: [0, Number.POSITIVE_INFINITY],
  needs: [],
  undefinedWhen: "there are no rows",
} as const;

/** scikit-learn `mean_absolute_error`. */
export const mae = ratioMetric({
  ...errorOfRows,
  name: "mae",
  convention: "Mean of |prediction - label| (scikit-learn mean_absolute_error).",
  numerator: () => "absolute_error",
});

/** scikit-learn `mean_absolute_percentage_error`. */
export const mape = ratioMetric({
  ...errorOfRows,
  name: "mape",
  convention:
    "Mean of |prediction - label| / max(|label|, 2.2e-16), a fraction, not percent (scikit-learn mean_absolute_percentage_error): a label of 0 that is not met exactly makes it enormous.",
  numerator: () => "relative_error",
});

/** Symmetric mean absolute percentage error as in the M3 and M4 competitions, as a fraction. */
export const smape = ratioMetric({
  ...errorOfRows,
  name: "smape",
  range: [0, 2],
  convention:
    "Mean of 2 |prediction - label| / (|prediction| + |label|), 0 where both are 0; a fraction from 0 to 2 (M4 competition, there in percent).",
  numerator: () => "symmetric_error",
});

/** Mean error with its sign. */
export const bias = ratioMetric({
  ...errorOfRows,
  name: "bias",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  target: 0,
  convention:
    "Mean of prediction - label: above 0 the model predicts too much. The nearer to 0 the better; judged by its size.",
  numerator: () => "error",
});

/** scikit-learn `mean_pinball_loss`. */
export const quantileLoss = ratioMetric({
  ...errorOfRows,
  name: "quantile_loss",
  parameter: quantile,
  convention:
    "Mean pinball loss for the quantile q: q (label - prediction) where the prediction is below, else (1 - q) (prediction - label) (scikit-learn mean_pinball_loss, alpha = q).",
  numerator: (request) => `pinball:${request.parameter ?? 0.5}`,
});

/** Mean absolute scaled error (Hyndman and Koehler 2006). */
export const mase = ratioMetric({
  ...errorOfRows,
  name: "mase",
  needs: ["train", "time"],
  parameter: period,
  undefinedWhen:
    "there are no rows, or the training data give no naive error (too short a series, or one that repeats exactly)",
  convention:
    "Mean |prediction - label| over the mean |label - label one period before| of the training data, one series or each series by itself, pooled (Hyndman and Koehler 2006): below 1 beats the (seasonal) naive forecast.",
  numerator: () => "absolute_error",
  scale(request, task) {
    const naive = task.naiveError?.get(request.parameter ?? 1);
    return naive !== undefined && naive > 0 ? 1 / naive : Number.NaN;
  },
});
