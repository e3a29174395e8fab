import { Failure } from "../failures.ts";

const MAGIC = "UMPIRE-1";
const HEADER_START = 16;
const CHECKSUM_AT = 12;

type TypedArray = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

const kinds = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array } as const;

/**
 * A JSON document in which typed arrays keep every bit: `UMPIRE-1`, the header's length (uint32), a checksum of all that follows (uint32; 0 in
 * records of before), the JSON header with
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
  new DataView(bytes.buffer).setUint32(CHECKSUM_AT, checksum(bytes), true);
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
  const recorded = new DataView(bytes.buffer, bytes.byteOffset).getUint32(CHECKSUM_AT, true);
  if (recorded !== 0 && recorded !== checksum(bytes))
    throw broken("the record is not as it was written: bytes differ or are missing");
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

/**
 * Of the bytes behind the head, by words of 32 bits; never 0. Each step is a bijection of the sum so far and of the
 * word, so that one changed word always shows. Against damage and careless hands, not against forgery.
 */
function checksum(bytes: Uint8Array): number {
  const body = bytes.subarray(HEADER_START, bytes.length - (bytes.length % 4));
  const whole = body.byteOffset % 4 === 0 ? body : Uint8Array.from(body);
  const words = new Uint32Array(whole.buffer, whole.byteOffset, whole.length / 4);
  let sum = words.length | 0;
  for (let i = 0; i < words.length; i++) {
    sum = Math.imul(sum ^ words[i]!, 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum >>> 0 || 1;
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
