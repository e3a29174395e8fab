import type { MomentFiller } from "../moment-filler.ts";
import type { BinaryBlock } from "../row-block.ts";
import { binOfProbability } from "../calibration-bins.ts";

/** Probabilities are kept this far from 0 and 1 in the log loss: float64's machine epsilon, as scikit-learn does. */
export const logLossClip = Number.EPSILON;

/** Row moments of a binary task by name. */
export const binaryMoments: ReadonlyMap<string, MomentFiller<BinaryBlock>> = new Map<string, MomentFiller<BinaryBlock>>(
  [
    ["n", (block, out) => void out.fill(1, 0, block.n)],
    ["positive", fillPositive],
    ["negative", fillNegative],
    ["correct", fillCorrect],
    ["tp", fillTruePositive],
    ["fp", fillFalsePositive],
    ["fn", fillFalseNegative],
    ["tn", fillTrueNegative],
    ["log_loss", fillLogLoss],
    ["brier", fillBrier],
    ["ece_gap", fillCalibrationGap],
  ],
);

function fillPositive({ n, label }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = label[i]!;
}

function fillNegative({ n, label }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = 1 - label[i]!;
}

function fillCorrect({ n, label, predicted }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = 1 - (label[i]! ^ predicted[i]!);
}

function fillTruePositive({ n, label, predicted }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = label[i]! & predicted[i]!;
}

function fillFalsePositive({ n, label, predicted }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = (1 - label[i]!) & predicted[i]!;
}

function fillFalseNegative({ n, label, predicted }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = label[i]! & (1 - predicted[i]!);
}

function fillTrueNegative({ n, label, predicted }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = (1 - label[i]!) & (1 - predicted[i]!);
}

function fillLogLoss({ n, label, score }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    // Exact, and without a branch that guesses wrong on every other row.
    const p = label[i]! * score[i]! + (1 - label[i]!) * (1 - score[i]!);
    out[i] = -Math.log(Math.min(Math.max(p, logLossClip), 1 - logLossClip));
  }
}

function fillBrier({ n, label, score }: BinaryBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const gap = score[i]! - label[i]!;
    out[i] = gap * gap;
  }
}

/** `ece_gap:BINS:BIN`: label minus probability where the probability falls into the bin, else 0. */
function fillCalibrationGap(block: BinaryBlock, out: Float64Array, [bins = 0, bin = 0]: readonly number[]): void {
  const { n, label, score } = block;
  for (let i = 0; i < n; i++) {
    const p = score[i]!;
    out[i] = binOfProbability(p, bins) === bin ? label[i]! - p : 0;
  }
}
