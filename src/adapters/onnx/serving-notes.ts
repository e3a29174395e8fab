import type { ScoreChoice } from "../../app/serving/answer.ts";
import type { InputColumns } from "../../core/serving/record-encoder.ts";
import type { TensorSpec } from "../../core/serving/tensor.ts";

const shownFeatures = 8;

/** What cannot be told of a model from its file, each with the line that says it. */
export function servingNotes(
  inputs: readonly InputColumns[],
  choice: ScoreChoice,
  outputs: readonly TensorSpec[],
  classes: readonly string[] | null,
): readonly string[] {
  return [...inputs.flatMap(inputNote), ...answerNote(choice, outputs), ...classNote(choice, classes)];
}

function inputNote({ input, tail, columns }: InputColumns): string[] {
  // Rows of any length are lists (of words, of items), not columns.
  if (columns !== null || tail.length !== 1 || tail[0]! < 0) return [];
  const [width] = tail;
  const named = Math.min(width!, shownFeatures);
  const names = Array.from({ length: named }, (_, i) => `column_${i + 1}`);
  const list = `features: [${names.join(", ")}${width! > named ? ", …" : ""}]`;
  return [
    `"${input}" takes ${width} values, and nothing says which columns they are: requests ` +
      `by column will be refused (a list under "${input}" is taken); say it in NAME.umpire.yaml beside the model: ${list}`,
  ];
}

/** Of two classes that are no yes and no, the last is taken: its owner may mean the other. */
function classNote({ column }: ScoreChoice, classes: readonly string[] | null): string[] {
  if (classes?.length !== 2 || column === null || classes.some((name) => /^(0|1|true|false|yes|no)$/i.test(name)))
    return [];
  const [taken, other] = [classes[column], classes[1 - column]];
  return [
    `the score is the probability of ${JSON.stringify(taken)}; for that of ${JSON.stringify(other)}, in NAME.umpire.yaml ` +
      `beside the model: class: ${JSON.stringify(other)}`,
  ];
}

function answerNote({ output, column, isVector, classes }: ScoreChoice, outputs: readonly TensorSpec[]): string[] {
  const spec = outputs.find((candidate) => candidate.name === output);
  const width = spec?.shape[1] ?? 1;
  if (column !== null || isVector !== true || classes !== undefined || spec?.datatype === "BYTES" || width < 2)
    return [];
  return [
    `"${output}" answers ${width} numbers a row, and nothing says that they are classes: all are ` +
      "answered; in NAME.umpire.yaml beside the model, class: 1 answers one of them, task: multiclass names the best",
  ];
}
