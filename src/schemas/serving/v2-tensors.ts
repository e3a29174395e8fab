import { RequestFailure } from "../../core/serving/feature-record.ts";
import { fits } from "../../core/serving/record-encoder.ts";
import {
  allocate,
  type Datatype,
  elementCount,
  isDatatype,
  isTexts,
  type Parameters,
  type Tensor,
} from "../../core/serving/tensor.ts";
import { bytesToTensor, tensorToBytes } from "../../core/serving/tensor-bytes.ts";
import { asObject } from "./as-object.ts";

export interface TensorLimits {
  readonly elements: number;
  readonly tensors: number;
  readonly dimensions: number;
}

/** One input of an infer request. @param binary what follows the JSON, and where the next tensor begins */
export function readTensor(value: unknown, limits: TensorLimits, binary: { bytes: Uint8Array; at: number }): Tensor {
  const input = asObject(value, "each of `inputs`");
  const { name, datatype, shape, data } = input;
  if (typeof name !== "string" || name === "") throw new RequestFailure("a tensor has no `name`");
  if (!isDatatype(datatype)) {
    throw new RequestFailure(
      `tensor "${name.slice(0, 100)}": datatype ${JSON.stringify(datatype)?.slice(0, 40)} is not known`,
    );
  }
  const sizes = readShape(name, shape, limits);
  const count = elementCount(sizes);
  const given = readParameters(input["parameters"]);
  refuseSharedMemory(name, given);
  const { binary_data_size: declared, ...parameters } = given ?? {};
  const common = { name, datatype, shape: sizes, ...(given === undefined ? {} : { parameters }) };
  if (declared !== undefined) {
    if (data !== undefined) throw new RequestFailure(`tensor "${name}" has both \`data\` and \`binary_data_size\``);
    const size = typeof declared === "number" && Number.isSafeInteger(declared) && declared >= 0 ? declared : -1;
    if (size < 0 || binary.at + size > binary.bytes.length) {
      throw new RequestFailure(
        `tensor "${name}": binary_data_size is ${String(declared).slice(0, 30)} and ${binary.bytes.length - binary.at} bytes follow`,
      );
    }
    const bytes = binary.bytes.subarray(binary.at, binary.at + size);
    binary.at += size;
    return { ...common, data: bytesToTensor(name, datatype, count, bytes) };
  }
  if (!Array.isArray(data)) throw new RequestFailure(`tensor "${name}" has no \`data\``);
  return { ...common, data: plainNumbers(datatype, count, data) ?? fromJson(name, datatype, sizes, data) };
}

/** The usual case: a flat list of numbers for a decimal type; null where it is any other. */
function plainNumbers(datatype: Datatype, count: number, data: readonly unknown[]): Float32Array | Float64Array | null {
  if ((datatype !== "FP32" && datatype !== "FP64") || data.length !== count) return null;
  const numbers = datatype === "FP32" ? new Float32Array(count) : new Float64Array(count);
  const most = beyond[datatype];
  for (let i = 0; i < count; i++) {
    const value = data[i];
    if (typeof value !== "number" || value >= most || value <= -most) return null;
    numbers[i] = value;
  }
  return numbers;
}

/** From here on a number becomes infinite in the type: it is no such number, unless it was infinite before. */
const beyond = { FP16: 65_520, FP32: 2 ** 128 - 2 ** 103, FP64: Number.POSITIVE_INFINITY } as const;

/** @throws RequestFailure */
export function refuseSharedMemory(name: string, parameters: Parameters | undefined): void {
  if (parameters?.["shared_memory_region"] === undefined) return;
  throw new RequestFailure(`input "${name.slice(0, 100)}": shared memory is not served; send its elements`);
}

export function readShape(name: string, shape: unknown, limits: TensorLimits): number[] {
  if (!Array.isArray(shape) || shape.length === 0 || shape.length > limits.dimensions) {
    throw new RequestFailure(`tensor "${name.slice(0, 100)}": \`shape\` is a list of 1 to ${limits.dimensions} sizes`);
  }
  let count = 1;
  for (const size of shape as unknown[]) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new RequestFailure(
        `tensor "${name}": the size ${String(size).slice(0, 30)} in \`shape\` is not a whole number from 0`,
      );
    }
    count *= size;
  }
  if (count > limits.elements) {
    throw new RequestFailure(
      `tensor "${name}": the shape [${shape.join(",")}] has more than ${limits.elements} elements`,
      413,
    );
  }
  return shape as number[];
}

function fromJson(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: readonly unknown[],
): Tensor["data"] {
  const count = elementCount(shape);
  let at = 0;
  const mistake = (value: unknown): RequestFailure =>
    new RequestFailure(`tensor "${name}": element ${at + 1} is ${short(value)}, which is no ${datatype}`);
  const overflow = (): RequestFailure =>
    new RequestFailure(`tensor "${name}" has more elements than its shape says (${count})`);
  const texts: string[] = [];
  const numbers = datatype === "BYTES" ? null : allocate(datatype, count);
  const put = (value: unknown): void => {
    if (at >= count) throw overflow();
    if (numbers === null) {
      if (typeof value !== "string") throw mistake(value);
      texts.push(value);
    } else if (numbers instanceof Float32Array || numbers instanceof Float64Array) {
      const number = typeof value === "bigint" ? Number(value) : value === null ? Number.NaN : value;
      if (typeof number !== "number") throw mistake(value);
      if (Number.isFinite(number) && Math.abs(number) >= beyond[datatype as keyof typeof beyond]) throw mistake(value);
      numbers[at] = number;
    } else {
      const number = typeof value === "boolean" && datatype === "BOOL" ? Number(value) : value;
      const whole = typeof number === "bigint" || (typeof number === "number" && Number.isInteger(number));
      if (!whole || !fits(number, datatype)) throw mistake(value);
      if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) numbers[at] = BigInt(number);
      else numbers[at] = Number(number);
    }
    at++;
  };
  const nesting = nestingOf(name, data, shape);
  const visit = (list: readonly unknown[], depth: number): void => {
    if (list.length !== nesting[depth]) throw otherLength(name, list.length, nesting[depth]!);
    const isLast = depth === nesting.length - 1;
    for (const value of list) {
      if (Array.isArray(value) === isLast)
        throw new RequestFailure(`tensor "${name}": \`data\` mixes lists and elements`);
      if (isLast) put(value);
      else visit(value as unknown[], depth + 1);
    }
  };
  visit(data, 0);
  if (at !== count) throw new RequestFailure(`tensor "${name}" has ${at} elements; its shape says ${count}`);
  return numbers ?? texts;
}

/**
 * The sizes of the lists in `data`, by its first ones: one where it is flat. Sizes of 1 may be there or not: many a
 * client has one list more or less than its shape.
 */
function nestingOf(name: string, data: readonly unknown[], shape: readonly number[]): readonly number[] {
  const sizes: number[] = [];
  for (let list: unknown = data; Array.isArray(list); [list] = list as unknown[]) {
    sizes.push(list.length);
    if (sizes.length > 16) throw new RequestFailure(`tensor "${name}": \`data\` nests too deep`);
  }
  if (sizes.length === 1) return sizes;
  const own = sizes.filter((size) => size !== 1);
  const declared = shape.filter((size) => size !== 1);
  if (own.length === declared.length && own.every((size, i) => size === declared[i])) return sizes;
  // Rows of a tensor of rank 1, or one list of everything: the order is plain.
  if (own.length <= 1 && sizes.every((size, i) => size === 1 || i === sizes.length - 1)) return sizes;
  throw new RequestFailure(
    `tensor "${name}": \`data\` is nested as [${sizes.join(",")}]; its shape is [${shape.join(",")}]`,
  );
}

function otherLength(name: string, length: number, wanted: number): RequestFailure {
  return new RequestFailure(`tensor "${name}": a list in \`data\` has ${length} entries where others have ${wanted}`);
}

function short(value: unknown): string {
  return (JSON.stringify(value, (_k, v: unknown) => (typeof v === "bigint" ? v.toString() : v)) ?? "nothing").slice(
    0,
    40,
  );
}

/** True where a whole number lost its last digits on the way: the text must be read again with `parseExact`. */
export function hasUnsafeIntegers(document: Readonly<Record<string, unknown>>): boolean {
  const tensors = document["inputs"] ?? document["outputs"];
  if (!Array.isArray(tensors)) return false;
  const unsafe = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(unsafe)
      : typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return tensors.some((tensor: unknown) => {
    const { datatype, data } = (tensor ?? {}) as { datatype?: unknown; data?: unknown };
    return (datatype === "INT64" || datatype === "UINT64") && unsafe(data);
  });
}

/** Parses JSON with whole numbers beyond 2^53 as bigint. */
export function parseExact(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? BigInt(context!.source!)
      : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** `parameters` of a request, an input or an output. @throws RequestFailure where it is no map of plain values */
export function readParameters(value: unknown): Parameters | undefined {
  if (value === undefined || value === null) return undefined;
  return asObject(value, "`parameters`");
}

/** A parameter that is true or false; undefined where it is not there. @throws RequestFailure where it is another value */
export function readFlag(parameters: Parameters, name: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  throw new RequestFailure(`the parameter \`${name}\` is true or false`);
}

/** One output as JSON; numbers that JSON has no word for are null. */
export function tensorJson(tensor: Tensor): string {
  const { name, datatype, shape, parameters } = tensor;
  const shown = parameters === undefined ? "" : `"parameters":${exactJson(parameters)},`;
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}],${shown}"data":[${elements(tensor)}]}`;
}

/** JSON in which whole numbers beyond 2^53 keep all their digits. */
export function exactJson(value: unknown): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? rawJSON(String(part)) : part));
}

function elements({ data, datatype }: Tensor): string {
  if (isTexts(data)) {
    const decoder = new TextDecoder();
    return data.map((value) => JSON.stringify(typeof value === "string" ? value : decoder.decode(value))).join(",");
  }
  if (datatype === "BOOL") return Array.from(data as Uint8Array, (value) => (value === 0 ? "false" : "true")).join(",");
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return data.join(",");
  let text = "";
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    text += `${i === 0 ? "" : ","}${Number.isFinite(value) ? value : "null"}`;
  }
  return text;
}

/** One output as its JSON part and its bytes. */
export function tensorBinary(tensor: Tensor): { json: string; bytes: Uint8Array } {
  const { name, datatype, shape, parameters } = tensor;
  const bytes = tensorToBytes(tensor);
  const shown = exactJson({ ...parameters, binary_data_size: bytes.length });
  const json = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}],"parameters":${shown}}`;
  return { json, bytes };
}
