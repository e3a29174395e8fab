/**
 * The wire form of Protocol Buffers, as much of it as an ONNX file needs: fields are visited without a schema, so that
 * weights are skipped, never parsed.
 */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wire: number;
  /** Varint value; 0 for other wire types. */
  readonly value: number;
  /** Content of a length-delimited or fixed field. */
  readonly bytes: Uint8Array;
  /** The field with its tag, to be copied as it stands. */
  readonly whole: Uint8Array;
}

/** Visits the fields of one message. @throws RangeError where the bytes are not a message. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("the message ends inside a number");
      // Beyond 2^53 precision is lost; only counts and small enumerations are read from here.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number is longer than ten bytes");
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const wire = tag & 7;
    let value = 0;
    let from = at;
    if (wire === 0) value = varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      from = at;
      at += length;
    } else throw new RangeError(`wire type ${wire} is not used`);
    if (at > message.length || tag < 8) throw new RangeError("a field is cut off");
    yield {
      number: Math.floor(tag / 8),
      wire,
      value,
      bytes: message.subarray(from, at),
      whole: message.subarray(start, at),
    };
  }
}

/** A length-delimited field with its tag. */
export function lengthDelimited(number: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concatenate([varintBytes(number * 8 + 2), varintBytes(length), ...parts]);
}

/** A varint field with its tag. */
export function varintField(number: number, value: number): Uint8Array {
  return concatenate([varintBytes(number * 8), varintBytes(value)]);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Signed 64-bit varints packed in a field, or one of them; exact to 2^53. */
export function integersOf(field: Field): number[] {
  if (field.wire === 0) return [signed(field.value)];
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(Number(BigInt.asIntN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return values;
}

function signed(value: number): number {
  return value >= 2 ** 63 ? value - 2 ** 64 : value;
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
