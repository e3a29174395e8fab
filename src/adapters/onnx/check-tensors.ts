import type { InferenceSession } from "onnxruntime-node";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { joinRows, sliceRows, type Tensor, type TensorSpec } from "../../core/serving/tensor.ts";

/**
 * The runtime's own messages would blame the model; a wrong tensor is the client's.
 * @param ofRows inputs whose first size is the number of rows
 * @throws RequestFailure naming the input
 */
export function checkTensors(
  tensors: readonly Tensor[],
  specs: readonly TensorSpec[],
  ofRows: ReadonlySet<string>,
): void {
  let first: Tensor | null = null;
  for (const spec of specs) {
    const tensor = tensors.find((candidate) => candidate.name === spec.name);
    if (tensor === undefined) throw new RequestFailure(`the input "${spec.name}" is missing`);
    if (tensor.datatype !== spec.datatype) {
      throw new RequestFailure(`the input "${spec.name}" is ${spec.datatype} and got ${tensor.datatype}`);
    }
    const wrong =
      tensor.shape.length !== spec.shape.length ||
      spec.shape.some((size, i) => i > 0 && size > 0 && tensor.shape[i] !== size);
    if (wrong) {
      throw new RequestFailure(
        `the input "${spec.name}" has the shape [${spec.shape.join(",")}] and got [${tensor.shape.join(",")}]`,
      );
    }
    if (!ofRows.has(spec.name)) continue;
    first ??= tensor;
    // The runtime would repeat a single row of one input for all rows of the other, without a word.
    if (tensor.shape[0] !== first.shape[0]) {
      throw new RequestFailure(
        `the input "${first.name}" has ${first.shape[0]} rows and "${tensor.name}" has ${tensor.shape[0]}`,
      );
    }
  }
  const unknown = tensors.find((tensor) => !specs.some((spec) => spec.name === tensor.name));
  if (unknown !== undefined) throw new RequestFailure(`the model has no input "${unknown.name}"`);
}

/** For models that were exported with a fixed number of rows: the last run is filled up with its last row, and cut. */
export async function runInParts(
  run: (tensors: readonly Tensor[], all: boolean) => Promise<readonly Tensor[]>,
  tensors: readonly Tensor[],
  all: boolean,
  specs: readonly TensorSpec[],
): Promise<readonly Tensor[]> {
  const size = specs.find((spec) => (spec.shape[0] ?? -1) > 0)?.shape[0] ?? 1;
  const rows = tensors[0]?.shape[0] ?? 0;
  if (rows === size) return run(tensors, all);
  const parts: (readonly Tensor[])[] = [];
  for (let at = 0; at < rows; at += size) {
    const end = Math.min(at + size, rows);
    const part = tensors.map((tensor) => filledUp(sliceRows(tensor, at, end), size));
    const answers = await run(part, all);
    // An answer that does not start with the rows (one for all of them) is left as it is.
    parts.push(answers.map((answer) => (answer.shape[0] === size ? sliceRows(answer, 0, end - at) : answer)));
  }
  return parts[0]!.map((first, i) =>
    first.shape[0] === Math.min(size, rows) ? joinRows(parts.map((part) => part[i]!)) : first,
  );
}

function filledUp(part: Tensor, size: number): Tensor {
  const rows = part.shape[0]!;
  if (rows === size) return part;
  const last = sliceRows(part, rows - 1, rows);
  return joinRows([part, ...Array.from({ length: size - rows }, () => last)]);
}

/** Inputs whose first size goes by the same name as the first input's, or by none: that of the rows. */
export function inputsOfRows(inputs: readonly InferenceSession.ValueMetadata[]): ReadonlySet<string> {
  const open = inputs.flatMap((input) => {
    const size = input.isTensor ? input.shape[0] : undefined;
    return size === undefined || Number(size) > 0 ? [] : [{ name: input.name, size }];
  });
  return new Set(open.filter(({ size }) => size === open[0]!.size).map(({ name }) => name));
}
