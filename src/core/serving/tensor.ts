/** The element types of the Open Inference Protocol. */
export const datatypes = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const;

export type Datatype = (typeof datatypes)[number];

/**
 * Elements in row-major order. FP16 is kept as its values in 32 bits; BOOL as 0 and 1; BYTES as text, or as bytes where
 * they are not UTF-8.
 */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly (string | Uint8Array)[];

export type Parameters = Readonly<Record<string, unknown>>;

export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
  readonly parameters?: Parameters;
}

/** What a model says of an input or an output; -1 is any size. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

export type NumberArray = Exclude<TensorData, readonly (string | Uint8Array)[]>;

export function isDatatype(text: unknown): text is Datatype {
  return typeof text === "string" && (datatypes as readonly string[]).includes(text);
}

/** Bytes of one element on the wire; null for BYTES, whose elements differ. */
export function elementBytes(datatype: Datatype): number | null {
  switch (datatype) {
    case "BOOL":
    case "UINT8":
    case "INT8":
      return 1;
    case "UINT16":
    case "INT16":
    case "FP16":
      return 2;
    case "UINT32":
    case "INT32":
    case "FP32":
      return 4;
    case "UINT64":
    case "INT64":
    case "FP64":
      return 8;
    case "BYTES":
      return null;
  }
}

/** Number of elements of a shape; 1 of an empty one. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

export function allocate(datatype: Exclude<Datatype, "BYTES">, length: number): NumberArray {
  switch (datatype) {
    case "BOOL":
    case "UINT8":
      return new Uint8Array(length);
    case "UINT16":
      return new Uint16Array(length);
    case "UINT32":
      return new Uint32Array(length);
    case "UINT64":
      return new BigUint64Array(length);
    case "INT8":
      return new Int8Array(length);
    case "INT16":
      return new Int16Array(length);
    case "INT32":
      return new Int32Array(length);
    case "INT64":
      return new BigInt64Array(length);
    case "FP16":
    case "FP32":
      return new Float32Array(length);
    case "FP64":
      return new Float64Array(length);
  }
}

/** Elements of one row: the product of all sizes but the first. */
export function rowWidth(shape: readonly number[]): number {
  return elementCount(shape.slice(1));
}

/** Number of rows that all tensors share as first size; null where they differ or one has none. */
export function sharedRows(tensors: readonly Tensor[]): number | null {
  const rows = tensors[0]?.shape[0];
  if (rows === undefined) return null;
  return tensors.every((tensor) => tensor.shape[0] === rows) ? rows : null;
}

/** The named rows of a tensor, in the order given. */
export function takeRows(tensor: Tensor, rows: readonly number[]): Tensor {
  const width = rowWidth(tensor.shape);
  const shape = [rows.length, ...tensor.shape.slice(1)];
  if (isTexts(tensor.data)) {
    const { data } = tensor;
    return { ...tensor, shape, data: rows.flatMap((row) => data.slice(row * width, (row + 1) * width)) };
  }
  const data = allocate(tensor.datatype as Exclude<Datatype, "BYTES">, rows.length * width);
  const source = tensor.data;
  for (const [at, row] of rows.entries()) {
    for (let i = 0; i < width; i++) data[at * width + i] = source[row * width + i]!;
  }
  return { ...tensor, shape, data };
}

/** Tensors of the same name and trailing sizes, one after the other along the first size. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const shape = [rows, ...first.shape.slice(1)];
  if (isTexts(first.data)) return { ...first, shape, data: parts.flatMap((part) => part.data as readonly string[]) };
  const data = allocate(first.datatype as Exclude<Datatype, "BYTES">, elementCount(shape));
  let at = 0;
  for (const part of parts) {
    (data as Float64Array).set(part.data as Float64Array, at);
    at += part.data.length;
  }
  return { ...first, shape, data };
}

/** Rows `from` to `to` of a tensor, without a copy where the elements are numbers. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const width = rowWidth(tensor.shape);
  const shape = [to - from, ...tensor.shape.slice(1)];
  const data = isTexts(tensor.data)
    ? tensor.data.slice(from * width, to * width)
    : tensor.data.subarray(from * width, to * width);
  return { ...tensor, shape, data };
}

export function isTexts(data: TensorData): data is readonly (string | Uint8Array)[] {
  return Array.isArray(data);
}
