import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Failure } from "../../core/failures.ts";
import { findLayout } from "../../core/tables/text-layout.ts";

/** What a delimited file says about itself in its first lines. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** Lines before the header: comments, a title, `sep=;`. They are left out. */
  readonly preamble: number;
  /** Bytes of these lines where they hold quotes, else 0: the engine reads on over a quote that is never closed. */
  readonly quotedPreamble: number;
}

const headBytes = 1 << 20;
/** As in `umpire check`. */
const maxColumns = 16_384;

/**
 * Finds the delimiter and the header as `umpire check` does; the names are the header's fields, trimmed.
 * @param expected delimiter that the name announces
 * @throws Failure FILE_UNREADABLE for a name that occurs twice and for a first line that is data
 */
export function readCsvDialect(plain: string, path: string, expected: string): CsvDialect {
  const { text, complete } = headOf(plain);
  const layout = findLayout(text, expected, complete);
  const preamble = layout.preamble.length;
  const header = headerLine(text, preamble);
  const best = { delimiter: layout.delimiter, names: splitLine(header, layout.delimiter) };
  if (best.names.length > maxColumns) {
    throw new Failure("FILE_UNREADABLE", {
      where: `${path}:${preamble + 1}`,
      message: `${best.names.length} columns, at most ${maxColumns} are read`,
      mend: ["turn columns into rows, or keep the columns that are needed"],
    });
  }
  const seen = new Set<string>();
  const names = best.names.map((raw, i) => {
    const name = raw.trim() === "" ? `column_${i + 1}` : raw.trim();
    if (!seen.has(name.toLowerCase())) {
      seen.add(name.toLowerCase());
      return name;
    }
    throw new Failure("FILE_UNREADABLE", {
      where: `${path}:${preamble + 1}`,
      message: `two columns are named "${name}" (names are compared without case)`,
      mend: ["rename one of them in the header line"],
    });
  });
  if (names.length > 1 && names.every((name) => /^[-+]?[\d.]+([eE][-+]?\d+)?$/.test(name))) {
    throw new Failure("FILE_UNREADABLE", {
      where: `${path}:${preamble + 1}`,
      message: "the first line holds numbers, not column names",
      mend: ["put a line with the names of the columns on top"],
    });
  }
  const above = text.slice(0, headerStart(text, preamble));
  // Three bytes more where a byte order mark was taken off: the header begins later, never earlier.
  return {
    delimiter: best.delimiter,
    names,
    preamble,
    quotedPreamble: above.includes('"') ? Buffer.byteLength(above) : 0,
  };
}

function headOf(plain: string): { readonly text: string; readonly complete: boolean } {
  const file = openSync(plain, "r");
  try {
    const buffer = Buffer.alloc(headBytes);
    const read = readSync(file, buffer);
    const text = buffer
      .subarray(0, read)
      .toString("utf8")
      .replace(/^\uFEFF/, "");
    return { text, complete: read < headBytes };
  } finally {
    closeSync(file);
  }
}

/** The record after the preamble: a quoted name may hold a line end. */
function headerLine(text: string, preamble: number): string {
  const from = headerStart(text, preamble);
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    if (!quoted && (text[i] === "\n" || text[i] === "\r")) return text.slice(from, i);
  }
  return text.slice(from);
}

function headerStart(text: string, preamble: number): number {
  let from = 0;
  for (let skipped = 0; skipped < preamble; skipped++) from = afterLineEnd(text, from);
  return from;
}

function afterLineEnd(text: string, from: number): number {
  const end = /\r\n|\n|\r/g;
  end.lastIndex = from;
  return end.exec(text) === null ? text.length : end.lastIndex;
}

/**
 * Refuses a file whose last line lacks fields and its line end: it was cut off. The engine leaves such a line out
 * without a word.
 * @throws Failure FILE_UNREADABLE
 */
export function checkLastLine(plain: string, path: string, { delimiter, names }: CsvDialect): void {
  const line = lastLine(plain);
  if (line.trim() === "" || (line.split('"').length - 1) % 2 === 1) return;
  const fields = splitLine(line, delimiter).length;
  if (fields >= names.length) return;
  throw new Failure("FILE_UNREADABLE", {
    where: path,
    message: `the last line has ${fields} of ${names.length} fields and no line end: the file is truncated`,
    mend: ["copy or export the file again", `or remove its last line: ${line.slice(0, 60)}`],
  });
}

/** What follows the last line end; empty where the file ends with one. */
function lastLine(plain: string): string {
  const file = openSync(plain, "r");
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, headBytes));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const end = Math.max(buffer.lastIndexOf(0x0a), buffer.lastIndexOf(0x0d));
    return buffer.subarray(end + 1).toString("utf8");
  } finally {
    closeSync(file);
  }
}

/** Fields of one line, quotes removed and doubled quotes made single. */
export function splitLine(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quoted && char === '"' && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (char === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else {
      field += char;
    }
  }
  fields.push(field);
  return fields;
}
