import type { Policy } from "../../schemas/policy/policy.ts";
import type { Scored } from "../scoring/scored.ts";
import { learnThreshold } from "../../core/evaluation/learn-threshold.ts";
import { bigMemory } from "../../core/tables/big-memory.ts";

/** Thresholds of one model: per row group when learnt (each group by the others), and the one over all rows. */
export interface ModelThreshold {
  readonly name: string;
  /** What would be deployed: the fixed one, or learnt on all rows. */
  readonly value: number;
  readonly learnt: boolean;
}

const PARTS = 5;

/** Decisions of all models: binary 0/1, multiclass the class; nothing for other tasks. */
export function decideRows(
  scored: Scored,
  folds: Uint8Array,
  policy: Pick<Policy, "threshold" | "costs">,
): {
  readonly predicted: readonly (Uint8Array | Int32Array | null)[];
  readonly thresholds: readonly ModelThreshold[];
} {
  if (scored.task === "binary") return decideBinary(scored, folds, policy);
  if (scored.task !== "multiclass") return { predicted: scored.models.map(() => null), thresholds: [] };
  const predicted = scored.models.map((model) => model.predicted ?? decideMulticlass(model.scores, model.width));
  return { predicted, thresholds: [] };
}

/**
 * Decisions of every binary model: 1 where the score reaches the threshold. A learnt threshold is cross-fitted: folds
 * of units are dealt into five parts, and each part is decided by the threshold learnt on the other four, so that no
 * row is scored with a threshold that its own unit helped to choose (METHODS 1).
 */
function decideBinary(
  scored: Scored,
  folds: Uint8Array,
  policy: Pick<Policy, "threshold" | "costs">,
): { readonly predicted: readonly Uint8Array[]; readonly thresholds: readonly ModelThreshold[] } {
  const label = scored.label as Uint8Array;
  const { threshold } = policy;
  const decided = scored.models.map(({ name, scores }) => {
    if (threshold.kind === "fixed") {
      const predicted = reach(scores, threshold.value);
      return { predicted, threshold: { name, value: threshold.value, learnt: false } };
    }
    const rule = { ...threshold, costs: policy.costs ?? { falsePositive: 1, falseNegative: 1 } };
    const byPart = Float64Array.from({ length: PARTS }, (_, part) =>
      learnThreshold(scores, label, rule, (row) => folds[row]! % PARTS !== part),
    );
    const predicted = reachOfPart(scores, byPart, folds);
    return { predicted, threshold: { name, value: learnThreshold(scores, label, rule), learnt: true } };
  });
  return { predicted: decided.map((entry) => entry.predicted), thresholds: decided.map((entry) => entry.threshold) };
}

function reach(scores: Float64Array, threshold: number): Uint8Array {
  const predicted = new Uint8Array(bigMemory(scores.length));
  for (let i = 0; i < predicted.length; i++) predicted[i] = scores[i]! >= threshold ? 1 : 0;
  return predicted;
}

function reachOfPart(scores: Float64Array, byPart: Float64Array, folds: Uint8Array): Uint8Array {
  const predicted = new Uint8Array(bigMemory(scores.length));
  for (let i = 0; i < predicted.length; i++) predicted[i] = scores[i]! >= byPart[folds[i]! % PARTS]! ? 1 : 0;
  return predicted;
}

/** Class with the largest probability per row, the lowest code among equal ones. */
function decideMulticlass(scores: Float64Array, width: number): Int32Array {
  const predicted = new Int32Array(scores.length / width);
  for (let row = 0; row < predicted.length; row++) {
    let best = 0;
    for (let cls = 1; cls < width; cls++) {
      if (scores[row * width + cls]! > scores[row * width + best]!) best = cls;
    }
    predicted[row] = best;
  }
  return predicted;
}
