import { hashText } from "../profile/hyperloglog.ts";
import type { RowSample } from "../profile/row-sample.ts";
import { textFeatures } from "../profile/text-features.ts";
import { createRandom } from "../statistics/random.ts";
import type { CategoryColumn } from "../tables/table.ts";
import type { CrossFittedAuc } from "./cross-fitted-auc.ts";
import { crossFittedAuc } from "./cross-fitted-auc.ts";
import { classifierRowsNeeded, drawFolds } from "./domain-classifier.ts";
import { evenRows } from "./feature-matrix.ts";

/** Can a model tell current texts from reference texts? */
export interface TextClassifierAnswer extends CrossFittedAuc {
  readonly rows: readonly [number, number];
  readonly method: string;
}

const cells = 1 << 15;
const folds = 3;
const epochs = 4;
const documentLimit = 2000;

/**
 * Logistic regression (AdaGrad, L2 through few epochs) on words and pairs of words hashed into 32,768 cells, presence
 * only, scored out of fold. Null with fewer than 100 texts on a side.
 */
export function textClassifier(
  name: string,
  reference: RowSample,
  current: RowSample,
  seed: number,
  confidence: number,
): TextClassifierAnswer | null {
  const left = documents(reference.table.columns.get(name));
  const right = documents(current.table.columns.get(name));
  if (Math.min(left.length, right.length) < classifierRowsNeeded) return null;
  const all = [...left, ...right];
  const isCurrent = new Uint8Array(all.length).fill(1, left.length);
  const random = createRandom(seed);
  const foldOf = drawFolds(isCurrent, folds, random);
  const scores = new Float64Array(all.length);
  for (let fold = 0; fold < folds; fold++) {
    const train = Array.from({ length: all.length }, (_, row) => row).filter((row) => foldOf[row] !== fold);
    const weights = trainLogistic(all, isCurrent, train, random);
    for (let row = 0; row < all.length; row++) if (foldOf[row] === fold) scores[row] = margin(all[row]!, weights);
  }
  const area = crossFittedAuc(scores, isCurrent, confidence);
  if (area === null) return null;
  const method = `${folds}-fold out-of-fold AUC of a logistic regression on hashed words and word pairs, DeLong interval widened for the folds`;
  return { ...area, rows: [left.length, right.length], method };
}

function documents(column: unknown): Uint32Array[] {
  const category = column as CategoryColumn | undefined;
  if (category === undefined || category.kind !== "category") return [];
  const found: Uint32Array[] = [];
  for (const row of evenRows(category.codes.length, documentLimit)) {
    const text = category.dictionary.texts[category.codes[row]!];
    if (text !== undefined) found.push(hashedFeatures(text));
  }
  return found;
}

/** Cells of the words and word pairs of a text, each once. */
function hashedFeatures(text: string): Uint32Array {
  const { wordHashes } = textFeatures(text);
  const found = new Set<number>();
  for (let i = 0; i < wordHashes.length; i++) {
    found.add(wordHashes[i]! % cells);
    if (i > 0)
      found.add(((Math.imul(wordHashes[i - 1]!, 31) + wordHashes[i]! + hashText("pair")) % cells) & (cells - 1));
  }
  return Uint32Array.from(found);
}

function margin(document: Uint32Array, weights: Float64Array): number {
  let sum = 0;
  for (const cell of document) sum += weights[cell]!;
  return sum / Math.sqrt(Math.max(1, document.length));
}

function trainLogistic(
  texts: readonly Uint32Array[],
  labels: Uint8Array,
  train: number[],
  random: { nextBelow(bound: number): number },
): Float64Array {
  const weights = new Float64Array(cells);
  const squares = new Float64Array(cells).fill(1e-3);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = train.length - 1; i > 0; i--) {
      const j = random.nextBelow(i + 1);
      [train[i], train[j]] = [train[j]!, train[i]!];
    }
    for (const row of train) {
      const text = texts[row]!;
      const error = labels[row]! - 1 / (1 + Math.exp(-margin(text, weights)));
      const gradient = error / Math.sqrt(Math.max(1, text.length));
      for (const cell of text) {
        squares[cell]! += gradient * gradient;
        weights[cell]! += (0.3 * gradient) / Math.sqrt(squares[cell]!);
      }
    }
  }
  return weights;
}
