import { Failure } from "../failures.ts";

const MAGIC = "UMPIRE-1";
const HEADER_START = 16;

type TypedArray = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

const kinds = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array } as const;

/**
 * A JSON document in which typed arrays keep every bit: `UMPIRE-1`, the header's length (uint32), the JSON header with
 * `{"$array": [kind, byte offset, length]}` in their place, then their bytes (little endian, 8-byte aligned). Maps are
 * written as `{"$map": [[key, value], …]}`, NaN and infinities as `{"$number": text}`.
 */
export function encodeArrayDocument(value: unknown): Uint8Array {
  const arrays: TypedArray[] = [];
  let size = 0;
  const plain = (node: unknown): unknown => {
    if (typeof node === "number" && !Number.isFinite(node)) return { $number: String(node) };
    if (node instanceof Map) return { $map: Array.from(node, ([key, entry]) => [key, plain(entry)]) };
    if (Array.isArray(node)) return node.map(plain);
    const kind = kindOf(node);
    if (kind !== null) {
      const array = node as TypedArray;
      const at = size;
      arrays.push(array);
      size = aligned(size + array.byteLength);
      return { $array: [kind, at, array.length] };
    }
    if (typeof node === "object" && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, entry]) => [key, plain(entry)]));
    }
    return node;
  };
  const header = new TextEncoder().encode(JSON.stringify(plain(value)));
  const start = aligned(HEADER_START + header.length);
  const bytes = new Uint8Array(start + size);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(8, header.length, true);
  bytes.set(header, HEADER_START);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at = aligned(at + array.byteLength);
  }
  return bytes;
}

/** The value that {@link encodeArrayDocument} wrote. @throws Failure RECORD where the bytes are not such a document */
export function decodeArrayDocument(bytes: Uint8Array, where: string): unknown {
  const broken = (message: string): Failure =>
    new Failure("RECORD", { where, message, mend: ["judge again to make a new record"] });
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw broken("this is not a record of Umpire");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const start = aligned(HEADER_START + length);
  if (start > bytes.length) throw broken("the record is cut off");
  const revive = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(revive);
    if (typeof node !== "object" || node === null) return node;
    const entries = node as Record<string, unknown>;
    if ("$number" in entries) return Number(entries["$number"]);
    if ("$map" in entries) {
      return new Map((entries["$map"] as [string, unknown][]).map(([key, entry]) => [key, revive(entry)]));
    }
    if ("$array" in entries) return readArray(entries["$array"] as [string, number, number]);
    return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, revive(entry)]));
  };
  const readArray = ([kind, at, count]: [string, number, number]): TypedArray => {
    const constructor = kinds[kind as keyof typeof kinds];
    if (constructor === undefined) throw broken(`unknown array kind ${kind}`);
    const from = start + at;
    const end = from + count * constructor.BYTES_PER_ELEMENT;
    if (!(from >= start && end <= bytes.length)) throw broken("the record is cut off");
    // Not `bytes.slice`: a Buffer's slice shares its memory, and the array would start at the pool's beginning.
    return new constructor(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + end) as ArrayBuffer);
  };
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_START, HEADER_START + length)));
  } catch {
    throw broken("the record is damaged");
  }
  return revive(header);
}

function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function kindOf(node: unknown): keyof typeof kinds | null {
  for (const [kind, constructor] of Object.entries(kinds)) {
    if (node instanceof constructor) return kind as keyof typeof kinds;
  }
  return null;
}
