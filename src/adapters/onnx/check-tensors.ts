import type { InferenceSession } from "onnxruntime-node";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import type { Tensor, TensorSpec } from "../../core/serving/tensor.ts";

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

/** Inputs whose first size goes by the same name as the first input's, or by none: that of the rows. */
export function inputsOfRows(inputs: readonly InferenceSession.ValueMetadata[]): ReadonlySet<string> {
  const open = inputs.flatMap((input) => {
    const size = input.isTensor ? input.shape[0] : undefined;
    return size === undefined || Number(size) > 0 ? [] : [{ name: input.name, size }];
  });
  return new Set(open.filter(({ size }) => size === open[0]!.size).map(({ name }) => name));
}
