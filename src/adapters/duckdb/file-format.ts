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
}

/**
 * Looks at the first bytes before any engine does, so that a wrong file is named for what it is.
 * A gzip file is unpacked into the scratch folder, which also proves that it is whole (the engine reads a cut gzip
 * stream without a word).
 * @throws Failure FILE_UNREADABLE, FILE_EMPTY
 */
export async function openPlainFile(path: string, scratch: string, index: number): Promise<PlainFile> {
  const bytes = statSync(path).size;
  if (bytes === 0) throw new Failure("FILE_EMPTY", { where: path, message: "the file is empty (0 bytes)" });
  const named = formatOfName(path);
  if (!/\.gz$/i.test(path)) {
    checkContent(path, named, firstBytes(path), bytes);
    return { path, plain: path, format: named, bytes };
  }
  const plain = join(scratch, `unpacked-${index}`);
  await unpack(path, plain);
  const size = statSync(plain).size;
  if (size === 0) throw new Failure("FILE_EMPTY", { where: path, message: "the file is empty after unpacking" });
  checkContent(path, named, firstBytes(plain), size, plain);
  return { path, plain, format: named, bytes };
}

function formatOfName(path: string): FileFormat {
  const plain = path.toLowerCase().replace(/\.gz$/, "");
  if (/\.(parquet|pq)$/.test(plain)) return "parquet";
  if (/\.(json|jsonl|ndjson)$/.test(plain)) return "json";
  if (/\.(csv|tsv|tab|txt)$/.test(plain)) return "csv";
  throw new Failure("FILE_UNREADABLE", {
    where: path,
    message: "the name does not say what the file is",
    mend: ["name it .parquet, .csv, .tsv, .json or .jsonl (each also with .gz)"],
  });
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
  const head = firstBytes(path);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    throw unreadable(path, `the name ends in .gz but the content is ${contentOf(head) ?? "not gzip"}`, [
      "take .gz off the name",
    ]);
  }
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

function checkContent(path: string, format: FileFormat, head: Buffer, bytes: number, plain: string = path): void {
  const content = contentOf(head);
  if (format === "parquet") {
    if (content !== "Parquet") {
      const looks = content ?? (looksLikeText(head) ? "text, it looks like CSV" : "something else");
      throw unreadable(path, `the name says Parquet but the content is ${looks}`, ["name it for what it is"]);
    }
    if (bytes < 12 || !lastBytes(plain, bytes).equals(Buffer.from("PAR1"))) {
      throw unreadable(path, "no PAR1 mark at the end: the Parquet file is truncated", [
        "copy or export the file again",
      ]);
    }
    return;
  }
  if (content !== null) {
    const says = format === "csv" ? "delimited text" : "JSON";
    const mend = content === "gzip" ? ["add .gz to the name"] : content === "Parquet" ? ["name it .parquet"] : [];
    throw unreadable(path, `the name says ${says} but the content is ${content}`, [...mend, ...otherMend(content)]);
  }
  if (head.toString("utf8").trim() === "" && bytes <= head.length) {
    throw new Failure("FILE_EMPTY", { where: path, message: "the file holds only blank lines" });
  }
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
