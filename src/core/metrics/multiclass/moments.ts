import { binOfProbability } from "../calibration-bins.ts";
import { logLossClip } from "../classification/moments.ts";
import type { MomentFiller } from "../moment-filler.ts";
import type { MulticlassBlock } from "../row-block.ts";

/** Row moments of a multiclass task by name. */
export const multiclassMoments: ReadonlyMap<string, MomentFiller<MulticlassBlock>> = new Map<
  string,
  MomentFiller<MulticlassBlock>
>([
  ["n", (block, out) => void out.fill(1, 0, block.n)],
  ["correct", fillCorrect],
  ["class_tp", fillClassTruePositive],
  ["class_label", ({ n, label }, out, [code]) => fillEqual(n, label, code, out)],
  ["class_predicted", ({ n, predicted }, out, [code]) => fillEqual(n, predicted, code, out)],
  ["log_loss", fillLogLoss],
  ["brier", fillBrier],
  ["top_k_hit", fillTopHit],
  ["ece_gap", fillCalibrationGap],
]);

function fillCorrect({ n, label, predicted }: MulticlassBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = label[i] === predicted[i] ? 1 : 0;
}

function fillEqual(n: number, codes: Int32Array, code: number | undefined, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = codes[i] === code ? 1 : 0;
}

/** `class_tp:CODE`: 1 where label and prediction are both the class. */
function fillClassTruePositive(block: MulticlassBlock, out: Float64Array, [code]: readonly number[]): void {
  const { n, label, predicted } = block;
  for (let i = 0; i < n; i++) out[i] = label[i] === code && predicted[i] === code ? 1 : 0;
}

function fillLogLoss({ n, label, probabilities, width }: MulticlassBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const p = probabilities[i * width + label[i]!]!;
    out[i] = -Math.log(Math.min(Math.max(p, logLossClip), 1 - logLossClip));
  }
}

function fillBrier({ n, label, probabilities, width }: MulticlassBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < width; c++) {
      const gap = probabilities[i * width + c]! - (label[i] === c ? 1 : 0);
      sum += gap * gap;
    }
    out[i] = sum;
  }
}

/** `top_k_hit:K`: 1 where fewer than K classes come before the label's; of equal ones the higher code comes first. */
function fillTopHit(block: MulticlassBlock, out: Float64Array, [k = 1]: readonly number[]): void {
  const { n, label, probabilities, width } = block;
  for (let i = 0; i < n; i++) {
    const own = label[i]!;
    const p = probabilities[i * width + own]!;
    let before = 0;
    for (let c = 0; c < width; c++) {
      const other = probabilities[i * width + c]!;
      if (other > p || (other === p && c > own)) before++;
    }
    out[i] = before < k ? 1 : 0;
  }
}

/** `ece_gap:BINS:BIN`: (1 if right) minus the probability of the predicted class, where that falls into the bin, else 0. */
function fillCalibrationGap(block: MulticlassBlock, out: Float64Array, [bins = 0, bin = 0]: readonly number[]): void {
  const { n, label, predicted, probabilities, width } = block;
  for (let i = 0; i < n; i++) {
    const confidence = probabilities[i * width + predicted[i]!]!;
    const inBin = binOfProbability(confidence, bins) === bin;
    out[i] = inBin ? (label[i] === predicted[i] ? 1 : 0) - confidence : 0;
  }
}
