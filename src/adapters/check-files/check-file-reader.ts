import { open, stat } from "node:fs/promises";
import type { CheckedFile, CheckReader, CheckReadOptions } from "../../app/ports/check-reader.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import { thousands } from "../../core/data-quality/check-finding.ts";
import type { SourceFacts } from "../../core/data-quality/table-facts.ts";
import { Failure } from "../../core/failures.ts";
import { ByteSource } from "./byte-source.ts";
import { ProblemTally } from "./problem-tally.ts";
import { sniff, type Sniffed } from "./sniff.ts";
import { openParquet } from "./open-parquet.ts";
import { openText } from "./open-text.ts";
import type { TextOpened } from "./text-to-open.ts";

/** Reads CSV, TSV, JSON lines, JSON arrays and Parquet for checking, packed or not. */
export function createCheckReader(expand: (inputs: readonly string[]) => Promise<string[]>): CheckReader {
  return {
    expand,
    open: (path, options = {}) => openPath(path, options),
    openText: async (name, text, options = {}) => openBytes(name, Buffer.from(text), options),
  };
}

const headBytes = 64 * 1024;

async function openPath(path: string, options: CheckReadOptions): Promise<CheckedFile> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new Failure("FILE_MISSING", { message: `${path} does not exist or may not be read`, cause });
  });
  if (!facts.isFile()) {
    throw new Failure("FILE_MISSING", {
      message: `${path} is not a file`,
      mend: ["name a file, or a folder that holds data files"],
    });
  }
  const handle = await open(path).catch((cause: unknown) => {
    throw new Failure("FILE_UNREADABLE", {
      message: `${path} may not be read`,
      mend: ["check its permissions"],
      cause,
    });
  });
  const head = Buffer.alloc(Math.min(headBytes, facts.size));
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  return openSniffed(path, path, head, facts.size, options);
}

function openBytes(name: string, bytes: Buffer, options: CheckReadOptions): Promise<CheckedFile> {
  return openSniffed(name, bytes, bytes.subarray(0, headBytes), bytes.length, options);
}

/** What a name promises: the format, and whether it is packed. */
function promiseOf(path: string): { format: string; gzip: boolean } {
  const lower = path.toLowerCase();
  const gzip = /\.(gz|gzip)$/.test(lower);
  const ending = /\.([a-z0-9]+)$/.exec(lower.replace(/\.(gz|gzip)$/, ""))?.[1] ?? "";
  const formats: Record<string, string> = {
    parquet: "Parquet",
    pq: "Parquet",
    csv: "CSV",
    tsv: "TSV",
    tab: "TSV",
    txt: "CSV",
    json: "JSON",
    jsonl: "JSON lines",
    ndjson: "JSON lines",
  };
  return { format: formats[ending] ?? "", gzip };
}

async function openSniffed(
  path: string,
  from: string | Buffer,
  head: Buffer,
  size: number,
  options: CheckReadOptions,
): Promise<CheckedFile> {
  const problems = new ProblemTally();
  const promise = promiseOf(path);
  const found = sniff(head);
  const source = new ByteSource(from, {
    gzip: found.kind === "gzip",
    encoding: found.encoding === "utf-32" ? "utf-8" : found.encoding,
  });
  const refuse = (): CheckedFile => refused(path, problems, source, size);
  if (found.kind === "empty") {
    problems.add({ check: "empty", severity: "error", count: 0, message: "the file is empty (0 bytes)" });
    return refuse();
  }
  if (found.kind === "blank") {
    problems.add({
      check: "empty",
      severity: "error",
      count: 0,
      message: `no header and no rows: ${thousands(size)} bytes of blanks and line ends`,
    });
    return refuse();
  }
  if (found.kind === "other") {
    problems.add({
      check: "format",
      severity: "error",
      message: `content is ${found.says}${promise.format === "" ? "" : `; not ${promise.format}, as the name announces`}`,
    });
    return refuse();
  }
  if (promise.format === "Parquet" && found.kind !== "parquet") {
    const like = guessContent(head, found);
    problems.add({
      check: "format",
      severity: "error",
      message: `no PAR1 magic at the start; content looks like ${like}, the name announces Parquet`,
    });
    return refuse();
  }
  if (found.kind === "parquet") {
    if (typeof from !== "string") return refuse();
    if (promise.format !== "Parquet" && promise.format !== "") {
      problems.add({
        check: "format",
        severity: "warning",
        message: `content is Parquet (PAR1), the name announces ${promise.format}; read as Parquet`,
      });
    }
    return openParquet(path, size, problems, source);
  }
  if (found.kind === "gzip" && !promise.gzip) {
    problems.add({
      check: "format",
      severity: "warning",
      message: "content is gzip (1f 8b) under a name without .gz; unpacked and read",
    });
  } else if (found.kind !== "gzip" && promise.gzip) {
    problems.add({
      check: "format",
      severity: "warning",
      message: "the name ends in .gz, the content is not gzip; read as it is",
    });
  }
  noteEncoding(found, problems);
  const reopen = (): ByteSource => new ByteSource(from, { gzip: found.kind === "gzip", encoding: found.encoding });
  const opened = await openText({ path, promise: promise.format, size, problems, source, reopen, options });
  noteTrouble(source, problems);
  return opened === null ? refuse() : fileOf(path, problems, source, size, opened, options);
}

function noteEncoding(found: Sniffed, problems: ProblemTally): void {
  if (found.encoding === "utf-16le" || found.encoding === "utf-16be") {
    const mark = found.byteOrderMark ? "" : ", without a byte order mark";
    problems.add({
      check: "encoding",
      severity: "error",
      message: `encoding is ${found.encoding.toUpperCase()}${mark}, not UTF-8: most programs read it as noise; write the file as UTF-8 (iconv -f UTF-16 -t UTF-8)`,
    });
  } else if (found.byteOrderMark) {
    problems.add({
      check: "byte-order-mark",
      severity: "info",
      message: "byte order mark removed (EF BB BF before the header)",
    });
  }
}

function guessContent(head: Buffer, found: Sniffed): string {
  if (found.kind === "gzip") return "gzip (1f 8b)";
  const first = head.toString("latin1").trimStart();
  if (first.startsWith("{") || first.startsWith("[")) return "JSON";
  const line = first.split("\n", 1)[0] ?? "";
  return /[,;\t|]/.test(line) ? "CSV" : "text";
}

function noteTrouble(source: ByteSource, problems: ProblemTally): void {
  const { trouble } = source;
  if (trouble === null || problems.has("compressed")) return;
  if (trouble.kind === "truncated") {
    problems.add({
      check: "compressed",
      severity: "error",
      message: `unexpected end of the gzip stream after ${thousands(trouble.unpacked)} unpacked bytes: the file is truncated`,
    });
  } else if (trouble.kind === "damaged") {
    problems.add({
      check: "compressed",
      severity: "error",
      message: `the gzip stream is damaged after ${thousands(trouble.unpacked)} unpacked bytes (${trouble.reason})`,
    });
  } else {
    problems.add({
      check: "compressed",
      severity: "error",
      message: `${thousands(trouble.packed)} bytes unpack to more than ${thousands(trouble.unpacked)}: refused as a decompression bomb`,
    });
  }
}

function refused(path: string, problems: ProblemTally, source: ByteSource, size: number): CheckedFile {
  return {
    path,
    source: null,
    declaredTypes: null,
    header: null,
    async *blocks() {},
    findings: () => problems.findings(),
    end: () => null,
    fingerprint: () => source.fingerprint(size),
  };
}

function fileOf(
  path: string,
  problems: ProblemTally,
  source: ByteSource,
  size: number,
  opened: TextOpened,
  options: CheckReadOptions,
): CheckedFile {
  const facts: SourceFacts = { format: opened.format, delimiter: opened.delimiter, bytes: size };
  return {
    path,
    source: facts,
    declaredTypes: null,
    header: opened.header,
    async *blocks(): AsyncGenerator<CheckBlock> {
      for await (const block of opened.blocks()) {
        if (options.signal?.aborted === true)
          throw new Failure("INTERRUPTED", { message: "interrupted while reading" });
        options.onProgress?.(source.packedBytes, size);
        yield block;
      }
      noteTrouble(source, problems);
    },
    findings: () => problems.findings(),
    end: () => (source.trouble === null ? opened.end() : null),
    fingerprint: () => source.fingerprint(size),
  };
}
