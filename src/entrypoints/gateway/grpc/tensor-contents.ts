import { type BinaryReader, type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { RequestFailure } from "../../../core/serving/feature-record.ts";
import { fits } from "../../../core/serving/record-encoder.ts";
import { allocate, type Datatype, isTexts, type Tensor, type TensorData } from "../../../core/serving/tensor.ts";
import { readInner, readRepeated, writeInner } from "./wire.ts";

/** `InferTensorContents` as it came: one list for each of its fields that is not empty. */
export interface TypedContents {
  readonly lists: ReadonlyMap<number, ContentList>;
}

type ContentList = (number | bigint)[] | Float32Array | Float64Array | Uint8Array[];

const fieldNames = [
  "",
  "bool_contents",
  "int_contents",
  "int64_contents",
  "uint_contents",
  "uint64_contents",
  "fp32_contents",
  "fp64_contents",
  "bytes_contents",
] as const;

/** The field that holds the elements of a datatype; null for FP16, which only travels raw. */
export function contentField(datatype: Datatype): number | null {
  switch (datatype) {
    case "BOOL":
      return 1;
    case "INT8":
    case "INT16":
    case "INT32":
      return 2;
    case "INT64":
      return 3;
    case "UINT8":
    case "UINT16":
    case "UINT32":
      return 4;
    case "UINT64":
      return 5;
    case "FP32":
      return 6;
    case "FP64":
      return 7;
    case "BYTES":
      return 8;
    case "FP16":
      return null;
  }
}

/** Reads an `InferTensorContents`. @param most elements; more are refused before they are kept */
export function readContents(reader: BinaryReader, most: number): TypedContents {
  const lists = new Map<number, ContentList>();
  readInner(reader, (field, wire) => {
    if (field < 1 || field > 8) return false;
    const before = lists.get(field);
    if (field === 8) {
      const texts = (before ?? []) as Uint8Array[];
      texts.push(reader.bytes());
      lists.set(field, texts);
    } else if (wire === WireType.LengthDelimited && before === undefined && (field === 6 || field === 7)) {
      lists.set(field, packedFloats(reader, field));
    } else {
      const numbers = before === undefined ? [] : Array.from(before as (number | bigint)[]);
      readRepeated(reader, wire, () => {
        if (numbers.length >= most) throw new RequestFailure(`more than ${most} elements in one tensor`, 413);
        numbers.push(readNumber(reader, field));
      });
      lists.set(field, numbers);
    }
    return true;
  });
  return { lists };
}

function packedFloats(reader: BinaryReader, field: number): Float32Array | Float64Array {
  const bytes = reader.bytes();
  const size = field === 6 ? 4 : 8;
  if (bytes.length % size !== 0) throw new RangeError(`${fieldNames[field]} is cut`);
  // A copy, since the array needs an aligned start.
  const { buffer } = new Uint8Array(bytes);
  return field === 6 ? new Float32Array(buffer) : new Float64Array(buffer);
}

function readNumber(reader: BinaryReader, field: number): number | bigint {
  switch (field) {
    case 1:
      return reader.bool() ? 1 : 0;
    case 2:
      return reader.int32();
    case 3:
      return BigInt(reader.int64());
    case 4:
      return reader.uint32();
    case 5:
      return BigInt(reader.uint64());
    case 6:
      return reader.float();
    default:
      return reader.double();
  }
}

/** The elements of a tensor from its typed contents. @throws RequestFailure where they are others than it says */
export function contentsToData(name: string, datatype: Datatype, count: number, contents: TypedContents): TensorData {
  const wanted = contentField(datatype);
  if (wanted === null) throw new RequestFailure(`input "${name}": ${datatype} travels in raw_input_contents only`);
  for (const [field, list] of contents.lists) {
    if (field !== wanted && list.length > 0) {
      throw new RequestFailure(
        `input "${name}" is ${datatype}, whose elements are in ${fieldNames[wanted]}, not in ${fieldNames[field]}`,
      );
    }
  }
  const list = contents.lists.get(wanted) ?? [];
  if (list.length !== count) {
    throw new RequestFailure(`input "${name}" has ${list.length} elements; its shape says ${count}`);
  }
  if (datatype === "BYTES") return (list as Uint8Array[]).map(textOrBytes);
  if (list instanceof Float32Array || list instanceof Float64Array) return list;
  const data = allocate(datatype, count);
  for (const [i, value] of (list as (number | bigint)[]).entries()) {
    if (!fits(value, datatype)) {
      throw new RequestFailure(`input "${name}": element ${i + 1} is ${value}, which is no ${datatype}`);
    }
    data[i] = value;
  }
  return data;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return strict.decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

/** Writes a tensor's elements as `InferTensorContents`; not for FP16. */
export function writeContents(writer: BinaryWriter, field: number, { data, datatype }: Tensor): void {
  const inner = contentField(datatype);
  if (inner === null || data.length === 0) return;
  writeInner(writer, field, () => {
    if (isTexts(data)) {
      const encoder = new TextEncoder();
      for (const value of data) {
        const bytes = typeof value === "string" ? encoder.encode(value) : value;
        writer.tag(inner, WireType.LengthDelimited).bytes(bytes);
      }
    } else if (inner === 6 || inner === 7) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      writer.tag(inner, WireType.LengthDelimited).bytes(bytes);
    } else {
      writeInner(writer, inner, () => {
        for (const value of data) writeNumber(writer, inner, value);
      });
    }
  });
}

function writeNumber(writer: BinaryWriter, field: number, value: number | bigint): void {
  if (field === 1) writer.bool(value !== 0);
  else if (field === 2) writer.int32(Number(value));
  else if (field === 3) writer.int64(value);
  else if (field === 4) writer.uint32(Number(value));
  else writer.uint64(value);
}
