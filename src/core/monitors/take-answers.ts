import type { AnswerRows } from "./measured-quality.ts";

/** Some of the rows, in the order of the indices. */
export function takeAnswers(rows: AnswerRows, index: ArrayLike<number>): AnswerRows {
  const floats = (values: Float64Array): Float64Array => Float64Array.from(index, (i) => values[i]!);
  const codes = (values: Uint32Array): Uint32Array => Uint32Array.from(index, (i) => values[i]!);
  const { predicted } = rows;
  return {
    task: rows.task,
    n: index.length,
    score: floats(rows.score),
    predicted:
      predicted === null
        ? null
        : predicted instanceof Uint8Array
          ? Uint8Array.from(index, (i) => predicted[i]!)
          : Int32Array.from(index, (i) => predicted[i]!),
    label: floats(rows.label),
    known: Uint8Array.from(index, (i) => rows.known[i]!),
    age: floats(rows.age),
    units: codes(rows.units),
    lists: rows.lists === null ? null : codes(rows.lists),
    items: rows.items === null ? null : codes(rows.items),
  };
}
