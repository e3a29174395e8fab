import { BinaryReader, type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { RequestFailure } from "../../../core/serving/feature-record.ts";

/** What to do with one field: read it and return true, or return false to have it skipped. */
export type ReadField = (field: number, wire: WireType, reader: BinaryReader) => boolean;

/** Reads the fields of a message whole. @throws RequestFailure where the bytes are no such message */
export function readMessage(bytes: Uint8Array, what: string, read: ReadField): void {
  const reader = new BinaryReader(bytes, decodeText);
  try {
    readFields(reader, reader.len, read);
  } catch (error) {
    if (error instanceof RequestFailure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestFailure(`the bytes are no ${what}: ${reason.slice(0, 120)}`);
  }
}

/** Reads the fields of a message within another. */
export function readInner(reader: BinaryReader, read: ReadField): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("a message inside is cut");
  readFields(reader, end, read);
}

function readFields(reader: BinaryReader, end: number, read: ReadField): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    // A group holds groups to any depth, and no message here has one.
    if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new RangeError("it holds a group");
    if (!read(field, wire, reader)) reader.skip(wire, field);
  }
  if (reader.pos !== end) throw new RangeError("a field runs over its end");
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw new RangeError("a text is not UTF-8");
  }
}

/** Elements of a repeated field, packed or one by one: both may come, and mixed. */
export function readRepeated(reader: BinaryReader, wire: WireType, readOne: () => void): void {
  if (wire !== WireType.LengthDelimited) {
    readOne();
    return;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError("a list is cut");
  while (reader.pos < end) readOne();
}

export function writeText(writer: BinaryWriter, field: number, text: string): void {
  if (text !== "") writer.tag(field, WireType.LengthDelimited).string(text);
}

export function writeFlag(writer: BinaryWriter, field: number, flag: boolean): void {
  if (flag) writer.tag(field, WireType.Varint).bool(true);
}

export function writeInner(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

export function writeShape(writer: BinaryWriter, field: number, shape: readonly number[]): void {
  if (shape.length === 0) return;
  writeInner(writer, field, () => {
    for (const size of shape) writer.int64(size);
  });
}
