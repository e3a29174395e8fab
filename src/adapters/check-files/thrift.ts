/**
 * Reads the compact protocol of Apache Thrift (the encoding of Parquet's metadata) into maps by field number. Depth
 * and sizes are bounded by the bytes at hand, so that a damaged footer cannot ask for memory.
 * Source: "Thrift compact protocol" of the Thrift documentation.
 */
export type ThriftValue = number | boolean | Uint8Array | ThriftValue[] | ThriftStruct;
export type ThriftStruct = Map<number, ThriftValue>;

const deepest = 24;

export class ThriftReader {
  readonly #bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** @throws RangeError where the bytes end too early or are not Thrift */
  struct(depth = 0): ThriftStruct {
    if (depth > deepest) throw new RangeError("nested too deep");
    const fields: ThriftStruct = new Map();
    for (let id = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return fields;
      const delta = head >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      fields.set(id, this.#value(head & 15, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return (this.#byte() << 24) >> 24;
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        return new DataView(this.#take(8).slice().buffer).getFloat64(0, true);
      case 8:
        return this.#take(this.#varint());
      case 9:
      case 10:
        return this.#list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`unknown type ${type}`);
    }
  }

  #list(depth: number): ThriftValue[] {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    if (size > this.#bytes.length - this.position) throw new RangeError("list longer than the bytes");
    const type = head & 15;
    const values: ThriftValue[] = [];
    for (let i = 0; i < size; i++)
      values.push(type === 1 || type === 2 ? this.#byte() === 1 : this.#value(type, depth + 1));
    return values;
  }

  #take(length: number): Uint8Array {
    const from = this.position;
    if (!(length >= 0) || from + length > this.#bytes.length) throw new RangeError("bytes end too early");
    this.position = from + length;
    return this.#bytes.subarray(from, from + length);
  }

  #byte(): number {
    const byte = this.#bytes[this.position++];
    if (byte === undefined) throw new RangeError("bytes end too early");
    return byte;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 64; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError("number too long");
  }

  /** Exact up to 2^53. */
  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
