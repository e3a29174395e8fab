import type { MetricRequest, MomentMetric } from "./metric.ts";
import { binCount } from "./parameters.ts";

/** Binary expected calibration error. */
export const ece = calibrationError(
  "binary",
  "Expected calibration error: sum over bins of |mean label - mean probability of the positive class| weighted by the bin's share of rows; 15 bins of equal width (or @bins), closed above (binning as scikit-learn calibration_curve; Naeini et al. 2015). Too large on few rows: noise in a bin counts as error.",
);

/** Multiclass expected calibration error. */
export const topLabelEce = calibrationError(
  "multiclass",
  "Top-label expected calibration error: sum over bins of |accuracy - mean probability of the predicted class| weighted by the bin's share of rows; 15 bins of equal width (or @bins), closed above (Guo et al. 2017). Too large on few rows: noise in a bin counts as error.",
);

function calibrationError(task: "binary" | "multiclass", convention: string): MomentMetric {
  return {
    name: "ece",
    shape: "moments",
    tasks: [task],
    direction: -1,
    range: [0, 1],
    needs: ["probability"],
    parameter: binCount,
    convention,
    undefinedWhen: "there are no rows",
    moments: (request) => [
      "n",
      ...Array.from({ length: bins(request) }, (_, bin) => `ece_gap:${bins(request)}:${bin}`),
    ],
    value(sums, request) {
      let gaps = 0;
      for (let bin = 1; bin <= bins(request); bin++) gaps += Math.abs(sums[bin]!);
      return sums[0]! > 0 ? gaps / sums[0]! : Number.NaN;
    },
    gradient(sums, out, request) {
      let gaps = 0;
      for (let bin = 1; bin <= bins(request); bin++) {
        gaps += Math.abs(sums[bin]!);
        out[bin] = Math.sign(sums[bin]!) / sums[0]!;
      }
      out[0] = -gaps / sums[0]! ** 2;
    },
  };
}

function bins(request: MetricRequest): number {
  return request.parameter ?? 15;
}
