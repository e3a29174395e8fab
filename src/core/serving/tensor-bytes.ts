import { RequestFailure } from "./feature-record.ts";
import { halfToNumber, numberToHalf } from "./half-float.ts";
import { type Datatype, elementBytes, isTexts, type NumberArray, type Tensor, type TensorData } from "./tensor.ts";

const constructors = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

/**
 * Elements of a tensor from the bytes of the protocol: little-endian, row-major; BYTES elements each after a length of
 * four bytes.
 * @throws RequestFailure where the number of bytes is another than the shape needs
 */
export function bytesToTensor(name: string, datatype: Datatype, count: number, bytes: Uint8Array): TensorData {
  const size = elementBytes(datatype);
  if (size === null || datatype === "BYTES") return bytesToTexts(name, count, bytes);
  if (bytes.length !== size * count) {
    throw new RequestFailure(`input "${name}" has ${bytes.length} bytes; its shape and datatype need ${size * count}`);
  }
  // A copy, since the array needs an aligned start. Not `slice`: a Buffer's shares the memory of its pool.
  const aligned = new Uint8Array(bytes);
  const values = new constructors[datatype](aligned.buffer, 0, count) as NumberArray;
  if (datatype === "FP16") return Float32Array.from(values as Uint16Array, halfToNumber);
  if (datatype === "BOOL") for (let i = 0; i < count; i++) (values as Uint8Array)[i] = values[i] === 0 ? 0 : 1;
  return values;
}

function bytesToTexts(name: string, count: number, bytes: Uint8Array): (string | Uint8Array)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: (string | Uint8Array)[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && values.length < count) {
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > bytes.length) break;
    values.push(textOrBytes(bytes.subarray(at, at + length)));
    at += length;
  }
  if (values.length === count && at === bytes.length) return values;
  throw new RequestFailure(`input "${name}": the bytes do not hold ${count} elements, each after its length`);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return strict.decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

/** The bytes of a tensor as the protocol writes them. */
export function tensorToBytes({ data, datatype }: Tensor): Uint8Array {
  if (!isTexts(data)) {
    const values = datatype === "FP16" ? Uint16Array.from(data as Float32Array, numberToHalf) : data;
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const encoder = new TextEncoder();
  const parts = data.map((value) => (typeof value === "string" ? encoder.encode(value) : value));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}
