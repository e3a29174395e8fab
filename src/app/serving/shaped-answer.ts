import { allocate, elementCount, isTexts, type NumberArray, type Tensor } from "../../core/serving/tensor.ts";
import type { Answer, ServingModel } from "../ports/serving-runtime.ts";

/**
 * The outputs that a client of `asked` expects, filled with the scores that another version gave: the output that holds
 * the score in its own shape, and the label where there are two classes. What cannot be known is left out.
 */
export function shapedLike(asked: ServingModel, answer: Answer, rows: number): readonly Tensor[] {
  const isKnown = (output: Tensor): boolean => asked.outputs.some((spec) => spec.name === output.name);
  if (answer.outputs.every(isKnown)) return answer.outputs;
  const shaped: Tensor[] = [];
  for (const spec of asked.outputs) {
    const isScore = spec.name === asked.score.output;
    if (spec.datatype === "BYTES") {
      if (isScore && answer.texts !== undefined) {
        shaped.push({
          name: spec.name,
          datatype: "BYTES",
          shape: [rows, ...spec.shape.slice(1).map((_, i) => (i === 0 ? answer.texts!.flat().length / rows : 1))],
          data: answer.texts.flat(),
        });
      }
      continue;
    }
    const width = isScore ? scoreWidth(asked, spec.shape, answer.width) : 1;
    const isLabel = !isScore && spec.datatype === "INT64" && answer.width === 1 && asked.score.column !== null;
    if (!isScore && !isLabel) continue;
    const shape =
      spec.shape.length === 1 ? [rows] : [rows, ...spec.shape.slice(1).map((_, i) => (i === 0 ? width : 1))];
    const data = allocate(spec.datatype, elementCount(shape));
    const tensor: Tensor = { name: spec.name, datatype: spec.datatype, shape, data };
    for (let row = 0; row < rows; row++) writeRow(tensor, row, asked, answer, row);
    shaped.push(tensor);
  }
  return shaped;
}

/** Puts the answers of some rows, given by another version, into outputs that exist. */
export function replaceRows(
  outputs: readonly Tensor[],
  asked: ServingModel,
  answer: Answer,
  at: readonly number[],
): Tensor[] {
  return outputs.map((tensor) => {
    const copy: Tensor = { ...tensor, data: isTexts(tensor.data) ? [...tensor.data] : tensor.data.slice() };
    for (const [from, to] of at.entries()) writeRow(copy, to, asked, answer, from);
    return copy;
  });
}

function scoreWidth(asked: ServingModel, shape: readonly number[], width: number): number {
  if (asked.score.column === null) return width;
  const declared = shape[1] ?? -1;
  return declared > asked.score.column ? declared : asked.score.column === 0 ? 1 : 2;
}

function writeRow(tensor: Tensor, to: number, asked: ServingModel, answer: Answer, from: number): void {
  if (isTexts(tensor.data)) {
    const texts = [answer.texts?.[from] ?? []].flat();
    for (const [i, text] of texts.entries()) (tensor.data as string[])[to * texts.length + i] = text;
    return;
  }
  const data = tensor.data;
  const width = data.length / tensor.shape[0]!;
  if (tensor.name !== asked.score.output) {
    if (answer.width === 1 && asked.score.column !== null) put(data, to, answer.scores[from]! >= 0.5 ? 1 : 0);
    return;
  }
  const { column } = asked.score;
  if (column === null) {
    for (let i = 0; i < width; i++) put(data, to * width + i, answer.scores[from * answer.width + i] ?? 0);
    return;
  }
  const score = answer.scores[from * answer.width]!;
  for (let i = 0; i < width; i++) put(data, to * width + i, i === column ? score : width === 2 ? 1 - score : 0);
}

function put(data: NumberArray, at: number, value: number): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[at] = BigInt(Math.round(value) || 0);
  else data[at] = value;
}
