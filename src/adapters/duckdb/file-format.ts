import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Failure } from "../../core/failures.ts";
import { reasonOf } from "./source-files.ts";

export type FileFormat = "parquet" | "csv" | "json";

/** A file that is known to be what its name says, unpacked if it was packed. */
export interface PlainFile {
  /** As the user named it: for messages. */
  readonly path: string;
  /** Where the plain bytes are: the same, or a file in the scratch folder. */
  readonly plain: string;
  readonly format: FileFormat;
  readonly bytes: number;
  /** Delimiter that the name announces. */
  readonly delimiter: string;
}

/**
 * Looks at the first bytes before any engine does, so that a wrong file is named for what it is. Where the content is
 * plain to see, it decides and not the name, as in `umpire check`: gzip, Parquet, records of JSON, text with fields.
 * A gzip file is unpacked into the scratch folder, which also proves that it is whole (the engine reads a cut gzip
 * stream without a word).
 * @throws Failure FILE_UNREADABLE, FILE_EMPTY
 */
export async function openPlainFile(path: string, scratch: string, index: number): Promise<PlainFile> {
  if (statSync(path).size === 0)
    throw new Failure("FILE_EMPTY", { where: path, message: "the file is empty (0 bytes)" });
  let plain = path;
  let head = firstBytes(path);
  if (contentOf(head) === "gzip") {
    plain = join(scratch, `unpacked-${index}`);
    await unpack(path, plain);
    head = firstBytes(plain);
  }
  const bytes = statSync(plain).size;
  if (bytes === 0) throw new Failure("FILE_EMPTY", { where: path, message: "the file is empty after unpacking" });
  const format = checkContent(path, formatOfName(path), head, bytes, plain);
  return { path, plain, format, bytes, delimiter: /\.(tsv|tab)(\.gz)?$/i.test(path) ? "\t" : "," };
}

/** What the ending of a name announces; null where it announces nothing. */
function formatOfName(path: string): FileFormat | null {
  const plain = path.toLowerCase().replace(/\.(gz|gzip)$/, "");
  if (/\.(parquet|pq)$/.test(plain)) return "parquet";
  if (/\.(json|jsonl|ndjson)$/.test(plain)) return "json";
  return /\.(csv|tsv|tab|txt)$/.test(plain) ? "csv" : null;
}

function firstBytes(path: string): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(4096);
      return buffer.subarray(0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, `the file cannot be opened (${reasonOf(cause)})`, ["check its permissions"], cause);
  }
}

/** As in `umpire check`: gzip packs real tables 3 to 50 times. */
const bombBytes = 256 * 1024 * 1024;
const bombRatio = 400;

/** Stops a decompression bomb before it fills the disk. */
async function* bounded(pieces: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const packed = statSync(path).size;
  let unpacked = 0;
  for await (const piece of pieces) {
    unpacked += piece.length;
    if (unpacked > bombBytes && unpacked > packed * bombRatio) {
      throw unreadable(path, `${packed} bytes unpack to more than ${unpacked}: refused as a decompression bomb`, [
        "unpack it yourself if it is meant to be so",
      ]);
    }
    yield piece;
  }
}

async function unpack(path: string, plain: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), (pieces) => bounded(pieces, path), createWriteStream(plain));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const reason = reasonOf(cause);
    const cut = reason === "Z_BUF_ERROR";
    throw unreadable(
      path,
      cut ? "the gzip stream ends too early: the file is truncated" : `the gzip stream is damaged (${reason})`,
      ["copy or export the file again"],
      cause,
    );
  }
}

/** The format of the content. @throws Failure where it is none that is read, or not what a table's name announces */
function checkContent(path: string, named: FileFormat | null, head: Buffer, bytes: number, plain: string): FileFormat {
  const content = contentOf(head);
  if (content === "Parquet") {
    if (bytes < 12 || !lastBytes(plain, bytes).equals(Buffer.from("PAR1"))) {
      throw unreadable(path, "no PAR1 mark at the end: the Parquet file is truncated", [
        "copy or export the file again",
      ]);
    }
    return "parquet";
  }
  if (named === "parquet") {
    const looks = content ?? (looksLikeText(head) ? "text, it looks like CSV" : "something else");
    throw unreadable(path, `the name says Parquet but the content is ${looks}`, ["name it for what it is"]);
  }
  if (content !== null) {
    const says = named === "csv" ? "delimited text" : named === "json" ? "JSON" : null;
    throw unreadable(
      path,
      says === null ? `the content is ${content}` : `the name says ${says} but the content is ${content}`,
      content === "gzip" ? ["it was packed twice: unpack it once"] : otherMend(content),
    );
  }
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  if (text.trim() === "" && bytes <= head.length) {
    throw new Failure("FILE_EMPTY", { where: path, message: "the file holds only blank lines" });
  }
  return named === "json" || /^\s*(\{\s*"|\[\s*[{[])/.test(text) ? "json" : "csv";
}

function otherMend(content: string): string[] {
  if (content.startsWith("UTF-16")) return ["convert it to UTF-8: iconv -f UTF-16 -t UTF-8"];
  if (content === "HTML") return ["an error page was saved instead of the data: download it again"];
  return [];
}

function contentOf(head: Buffer): string | null {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x41, 0x52, 0x31)) return "Parquet";
  if (starts(0x50, 0x41, 0x52, 0x45)) return "encrypted Parquet";
  if (starts(0x1f, 0x8b)) return "gzip";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "Zstandard";
  if (starts(0x42, 0x5a, 0x68)) return "bzip2";
  if (starts(0x50, 0x4b, 0x03, 0x04)) return "a ZIP archive or spreadsheet";
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return "UTF-16 text";
  if (head.subarray(0, 6).toString("latin1") === "ARROW1") return "Arrow";
  if (head.subarray(0, 6).toString("latin1") === "SQLite") return "a SQLite database";
  const text = head
    .subarray(0, 512)
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .toLowerCase();
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return "HTML";
  if (text.startsWith("<?xml")) return "XML";
  if (head.includes(0)) return "binary";
  return null;
}

function looksLikeText(head: Buffer): boolean {
  return !head.includes(0) && /[,;\t]/.test(head.toString("utf8"));
}

function lastBytes(path: string, bytes: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(4);
    readSync(file, buffer, 0, 4, bytes - 4);
    return buffer;
  } finally {
    closeSync(file);
  }
}

function unreadable(path: string, message: string, mend: readonly string[], cause?: unknown): Failure {
  return new Failure("FILE_UNREADABLE", { where: path, message, mend, ...(cause === undefined ? {} : { cause }) });
}
