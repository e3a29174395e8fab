import type { RankingBlock } from "./evaluate-metric.ts";
import type { BinaryBlock, MulticlassBlock, RegressionBlock } from "./row-block.ts";

/** Plain lists of values as the block of a binary task. Rows with a null label are left out. */
export function binaryBlock(label: readonly (number | null)[], score: readonly number[], threshold = 0.5): BinaryBlock {
  const rows = labelled(label);
  return {
    task: "binary",
    n: rows.length,
    label: Uint8Array.from(rows, (row) => label[row]!),
    score: Float64Array.from(rows, (row) => score[row]!),
    predicted: Uint8Array.from(rows, (row) => (score[row]! >= threshold ? 1 : 0)),
  };
}

/** Class codes and rows of probabilities as the block of a multiclass task. Rows with a null label are left out. */
export function multiclassBlock(
  label: readonly (number | null)[],
  probabilities: readonly (readonly number[])[],
): MulticlassBlock {
  const rows = labelled(label);
  return {
    task: "multiclass",
    n: rows.length,
    label: Int32Array.from(rows, (row) => label[row]!),
    predicted: Int32Array.from(rows, (row) => probabilities[row]!.indexOf(Math.max(...probabilities[row]!))),
    probabilities: Float64Array.from(rows.flatMap((row) => [...probabilities[row]!])),
    width: probabilities[0]?.length ?? 0,
  };
}

/**
 * Labels and predicted values as the block of a regression task. Rows with a null label are left out. Blocks whose sums
 * are to be added need the same `labelCentre`; alone, the first label does.
 */
export function regressionBlock(
  label: readonly (number | null)[],
  score: readonly number[],
  labelCentre?: number,
): RegressionBlock {
  const rows = labelled(label);
  const kept = Float64Array.from(rows, (row) => label[row]!);
  return {
    task: "regression",
    n: rows.length,
    label: kept,
    score: Float64Array.from(rows, (row) => score[row]!),
    labelCentre: labelCentre ?? kept[0] ?? 0,
  };
}

/** One row of a list: which item, its relevance gain, the model's score. */
export type ListRow = readonly [item: number, gain: number | null, score: number];

/** Lists of rows as the block of a ranking task. Rows with a null gain are left out. */
export function rankingBlock(lists: readonly (readonly ListRow[])[]): RankingBlock {
  const rows = lists.flatMap((list, of) => list.filter(([, gain]) => gain !== null).map((row) => ({ of, row })));
  return {
    task: "ranking",
    n: rows.length,
    label: Float64Array.from(rows, ({ row }) => row[1]!),
    score: Float64Array.from(rows, ({ row }) => row[2]),
    list: Int32Array.from(rows, ({ of }) => of),
    item: Int32Array.from(rows, ({ row }) => row[0]),
  };
}

function labelled(label: readonly (number | null)[]): number[] {
  return label.flatMap((value, row) => (value === null ? [] : [row]));
}
