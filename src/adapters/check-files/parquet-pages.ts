import type { FileHandle } from "node:fs/promises";
import { crc32, gunzipSync, zstdDecompressSync } from "node:zlib";
import { ThriftReader, type ThriftStruct, type ThriftValue } from "./thrift.ts";

export interface ParquetLayout {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly rowGroups: readonly RowGroup[];
}

interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly ColumnChunk[];
}

interface ColumnChunk {
  readonly column: string;
  readonly codec: number;
  readonly from: number;
  readonly bytes: number;
}

export interface PageProblem {
  readonly rowGroup: number;
  readonly column: string;
  readonly says: string;
  readonly rows: number;
  /** Byte of the file at which the damaged page's content begins; null where it is not known. */
  readonly at: number | null;
  /** Column whose pages end where those of this one begin: who counts bytes from its chunk looks there. */
  readonly after: string | null;
}

const struct = (value: ThriftValue | undefined): ThriftStruct => (value instanceof Map ? value : new Map());
const list = (value: ThriftValue | undefined): ThriftValue[] => (Array.isArray(value) ? value : []);
const number = (value: ThriftValue | undefined): number => (typeof value === "number" ? value : Number.NaN);
const text = (value: ThriftValue | undefined): string =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : "";

/** Reads the footer. @throws RangeError where it is damaged */
export async function readParquetLayout(file: FileHandle, size: number): Promise<ParquetLayout> {
  const tail = Buffer.alloc(8);
  await file.read(tail, 0, 8, size - 8);
  const length = tail.readUInt32LE(0);
  if (length > size - 12 || length > 1 << 29)
    throw new RangeError(`the footer claims ${length} bytes, the file has ${size}`);
  const footer = Buffer.alloc(length);
  await file.read(footer, 0, length, size - 8 - length);
  const meta = new ThriftReader(footer).struct();
  const schema = list(meta.get(2)).slice(1).map(struct);
  return {
    rows: number(meta.get(3)),
    columns: topLevel(list(meta.get(2)).map(struct), schema),
    rowGroups: list(meta.get(4)).map((group) => ({
      rows: number(struct(group).get(3)),
      chunks: list(struct(group).get(1)).map((chunk) => chunkOf(struct(struct(chunk).get(3)))),
    })),
  };
}

function topLevel(all: readonly ThriftStruct[], elements: readonly ThriftStruct[]): string[] {
  const wanted = number(all[0]?.get(5));
  const names: string[] = [];
  let skip = 0;
  for (const element of elements) {
    const children = number(element.get(5)) || 0;
    if (skip > 0) skip += children - 1;
    else {
      names.push(text(element.get(4)));
      skip = children;
    }
    if (names.length > wanted) break;
  }
  return names;
}

function chunkOf(meta: ThriftStruct): ColumnChunk {
  const data = number(meta.get(9));
  const dictionary = number(meta.get(11));
  return {
    column: list(meta.get(3)).map(text).join("."),
    codec: number(meta.get(4)),
    from: dictionary > 0 ? Math.min(dictionary, data) : data,
    bytes: number(meta.get(7)),
  };
}

/**
 * Walks all pages and compares them with their checksums.
 * Chunks are read whole; larger ones than 256 MiB are left to the engine.
 * @param trial also unpack pages without checksum, where the codec is at hand (gzip, zstd): to find out which is damaged
 */
export async function checkPages(
  file: FileHandle,
  size: number,
  layout: ParquetLayout,
  trial: boolean,
): Promise<PageProblem[]> {
  const problems: PageProblem[] = [];
  for (const [rowGroup, group] of layout.rowGroups.entries()) {
    // Writers leave row groups without rows, and then chunks without a place.
    if (group.rows === 0) continue;
    for (const chunk of group.chunks) {
      const problem = await checkChunk(file, size, chunk, trial);
      if (problem !== null) {
        const first = problem.at !== null && problem.at - chunk.from < firstPage;
        const before = first ? group.chunks.find((other) => other.from + other.bytes === chunk.from) : undefined;
        problems.push({ rowGroup, column: chunk.column, ...problem, rows: group.rows, after: before?.column ?? null });
      }
      if (problems.length >= 1000) return problems;
    }
  }
  return problems;
}

/** Bytes of a page's header at most: a damaged page that begins within them is the first of its chunk. */
const firstPage = 256;

async function checkChunk(
  file: FileHandle,
  size: number,
  chunk: ColumnChunk,
  trial: boolean,
): Promise<Pick<PageProblem, "says" | "at"> | null> {
  const nowhere = (says: string): Pick<PageProblem, "says" | "at"> => ({ says, at: null });
  if (!(chunk.from >= 4) || !(chunk.bytes >= 0) || chunk.from + chunk.bytes > size - 8)
    return nowhere("the pages lie outside of the file");
  if (chunk.bytes > 1 << 28) return null;
  const bytes = Buffer.allocUnsafe(chunk.bytes);
  const { bytesRead } = await file.read(bytes, 0, chunk.bytes, chunk.from);
  if (bytesRead < chunk.bytes) return nowhere("the pages end too early");
  for (let position = 0; position < bytes.length; ) {
    let header: ThriftStruct;
    const reader = new ThriftReader(bytes, position);
    try {
      header = reader.struct();
    } catch {
      return { says: "the header of a page is damaged", at: chunk.from + position };
    }
    const length = number(header.get(3));
    const page = bytes.subarray(reader.position, reader.position + length);
    if (!(length >= 0) || page.length < length)
      return { says: "a page is longer than its column chunk", at: chunk.from + position };
    const sum = header.get(4);
    if (typeof sum === "number") {
      if (crc32(page) !== sum >>> 0) return { says: "page checksum does not match", at: chunk.from + reader.position };
    } else if (trial && !unpacks(page, chunk.codec, header))
      return { says: "a page cannot be unpacked", at: chunk.from + reader.position };
    position = reader.position + length;
  }
  return null;
}

/** Trial by unpacking, for pages without checksum; version 2 pages have an unpacked part in front. */
function unpacks(page: Buffer, codec: number, header: ThriftStruct): boolean {
  const second = struct(header.get(8));
  const plain = (number(second.get(5)) || 0) + (number(second.get(6)) || 0);
  if (second.get(7) === false) return true;
  const wanted = number(header.get(2)) - plain;
  if (codec !== 2 && codec !== 6) return true;
  if (wanted > 1 << 26) return true;
  try {
    const packed = page.subarray(plain);
    if (wanted === 0) return true;
    const unpacked =
      codec === 2
        ? gunzipSync(packed, { maxOutputLength: wanted + 1 })
        : zstdDecompressSync(packed, { maxOutputLength: wanted + 1 });
    return unpacked.length === wanted;
  } catch {
    return false;
  }
}
