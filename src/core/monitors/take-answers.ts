import type { AnswerRows } from "./answer-rows.ts";

/** Some of the rows, in the order of the indices. */
export function takeAnswers(rows: AnswerRows, index: ArrayLike<number>): AnswerRows {
  const floats = (values: Float64Array): Float64Array => Float64Array.from(index, (i) => values[i]!);
  const codes = (values: Uint32Array): Uint32Array => Uint32Array.from(index, (i) => values[i]!);
  const { predicted, probabilities } = rows;
  return {
    task: rows.task,
    n: index.length,
    // A matrix of classes has no score a row.
    score: rows.task === "multiclass" ? new Float64Array(index.length) : floats(rows.score),
    predicted:
      predicted === null
        ? null
        : predicted instanceof Uint8Array
          ? Uint8Array.from(index, (i) => predicted[i]!)
          : Int32Array.from(index, (i) => predicted[i]!),
    probabilities: probabilities === null ? null : takeMatrix(probabilities, probabilities.length / rows.n, index),
    label: floats(rows.label),
    known: Uint8Array.from(index, (i) => rows.known[i]!),
    age: floats(rows.age),
    units: codes(rows.units),
    lists: rows.lists === null ? null : codes(rows.lists),
    items: rows.items === null ? null : codes(rows.items),
  };
}

function takeMatrix(values: Float64Array, width: number, index: ArrayLike<number>): Float64Array {
  const out = new Float64Array(index.length * width);
  for (let k = 0; k < index.length; k++)
    out.set(values.subarray(index[k]! * width, (index[k]! + 1) * width), k * width);
  return out;
}
