import type { Tensor } from "onnxruntime-node";
import { halfToNumber, numberToHalf } from "../../core/serving/half-float.ts";

/**
 * A tensor of 16-bit floats. The runtime's own class would hold a Float16Array where there is one (Node 24), of which
 * the native side reads no byte.
 */
export function halfTensor(values: ArrayLike<number>, dims: readonly number[]): Tensor {
  const plain = { type: "float16", dims, data: Uint16Array.from(values, numberToHalf), location: "cpu" };
  return plain as unknown as Tensor;
}

/** The values of such a tensor: Node 24 hands out a Float16Array, older versions the bits. */
export function halfValues(data: unknown): Float32Array {
  return data instanceof Uint16Array
    ? Float32Array.from(data, halfToNumber)
    : Float32Array.from(data as ArrayLike<number>);
}
