import { isTexts, type Tensor } from "../../core/serving/tensor.ts";
import type { Answer } from "../ports/serving-runtime.ts";

/** Which output is the score, and which of its columns; null: all of them. */
export interface ScoreChoice {
  readonly output: string;
  readonly column: number | null;
  readonly classes?: readonly string[];
  /** True where all columns are answers of their own and not classes. */
  readonly isVector?: boolean;
}

/** True of an output that holds one row after the other. */
export function startsWithRows({ shape }: Tensor, rows: number): boolean {
  return shape.length === 0 ? rows === 1 : shape[0] === rows;
}

/**
 * Reads the scores out of output tensors.
 * @throws Error where the output is missing or its size is no multiple of the rows: the model lies
 */
export function answerOf(outputs: readonly Tensor[], rows: number, choice: ScoreChoice): Answer {
  const tensor = outputs.find((output) => output.name === choice.output) ?? outputs[0];
  if (tensor === undefined) throw new Error(`the answer has no output "${choice.output}"`);
  const width = rows === 0 ? 1 : tensor.data.length / rows;
  if (!Number.isInteger(width) || width < 1 || (!startsWithRows(tensor, rows) && width > 1)) {
    throw new Error(`the output "${tensor.name}" has the shape [${tensor.shape.join(",")}] for ${rows} rows`);
  }
  if (isTexts(tensor.data)) {
    const texts = tensor.data.map((value) => (typeof value === "string" ? value : new TextDecoder().decode(value)));
    const byRow =
      width === 1 ? texts : Array.from({ length: rows }, (_, row) => texts.slice(row * width, (row + 1) * width));
    return { outputs, scores: new Float64Array(rows).fill(Number.NaN), width: 1, texts: byRow };
  }
  const { data } = tensor;
  if (choice.column === null) return { outputs, scores: Float64Array.from(data as Float64Array, Number), width };
  const scores = new Float64Array(rows);
  for (let row = 0, at = Math.min(choice.column, width - 1); row < rows; row++, at += width)
    scores[row] = Number(data[at]);
  return { outputs, scores, width: 1 };
}
