import type { MomentFiller } from "../moment-filler.ts";
import type { RegressionBlock } from "../row-block.ts";

/** Row moments of a regression task by name. */
export const regressionMoments: ReadonlyMap<string, MomentFiller<RegressionBlock>> = new Map<
  string,
  MomentFiller<RegressionBlock>
>([
  ["n", (block, out) => void out.fill(1, 0, block.n)],
  ["error", fillError],
  ["absolute_error", fillAbsoluteError],
  ["squared_error", fillSquaredError],
  ["relative_error", fillRelativeError],
  ["symmetric_error", fillSymmetricError],
  ["pinball", fillPinball],
  ["label_centred", fillCentredLabel],
  ["label_centred_squared", fillCentredLabelSquared],
]);

function fillError({ n, label, score }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = score[i]! - label[i]!;
}

function fillAbsoluteError({ n, label, score }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = Math.abs(score[i]! - label[i]!);
}

function fillSquaredError({ n, label, score }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const error = score[i]! - label[i]!;
    out[i] = error * error;
  }
}

function fillRelativeError({ n, label, score }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const y = label[i]!;
    out[i] = Math.abs(score[i]! - y) / Math.max(Math.abs(y), Number.EPSILON);
  }
}

function fillSymmetricError({ n, label, score }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const size = Math.abs(score[i]!) + Math.abs(label[i]!);
    out[i] = size === 0 ? 0 : (2 * Math.abs(score[i]! - label[i]!)) / size;
  }
}

/** `pinball:Q`: Q times the shortfall of the prediction, or 1 - Q times its excess. */
function fillPinball({ n, label, score }: RegressionBlock, out: Float64Array, [q = 0.5]: readonly number[]): void {
  for (let i = 0; i < n; i++) {
    const shortfall = label[i]! - score[i]!;
    out[i] = shortfall >= 0 ? q * shortfall : (q - 1) * shortfall;
  }
}

function fillCentredLabel({ n, label, labelCentre = 0 }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = label[i]! - labelCentre;
}

function fillCentredLabelSquared({ n, label, labelCentre = 0 }: RegressionBlock, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const offset = label[i]! - labelCentre;
    out[i] = offset * offset;
  }
}
