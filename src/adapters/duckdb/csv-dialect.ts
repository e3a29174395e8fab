import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Failure } from "../../core/failures.ts";

/** What a delimited file says about itself in its first line. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly names: readonly string[];
}

const delimiters = [",", "\t", ";", "|"];
const headBytes = 1 << 20;
/** As in `umpire check`. */
const maxColumns = 16_384;

/**
 * Reads the header line: the delimiter is the candidate that splits it most often (outside of quotes); the names are
 * its fields, trimmed.
 * @throws Failure FILE_UNREADABLE for a name that occurs twice and for a first line that is data
 */
export function readCsvDialect(plain: string, path: string): CsvDialect {
  const header = firstLine(plain);
  let best = { delimiter: ",", names: splitLine(header, ",") };
  for (const delimiter of delimiters.slice(1)) {
    const names = splitLine(header, delimiter);
    if (names.length > best.names.length) best = { delimiter, names };
  }
  if (best.names.length > maxColumns) {
    throw new Failure("FILE_UNREADABLE", {
      where: `${path}:1`,
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
      where: `${path}:1`,
      message: `two columns are named "${name}" (names are compared without case)`,
      mend: ["rename one of them in the header line"],
    });
  });
  if (names.length > 1 && names.every((name) => /^[-+]?[\d.]+([eE][-+]?\d+)?$/.test(name))) {
    throw new Failure("FILE_UNREADABLE", {
      where: `${path}:1`,
      message: "the first line holds numbers, not column names",
      mend: ["put a line with the names of the columns on top"],
    });
  }
  return { delimiter: best.delimiter, names };
}

function firstLine(plain: string): string {
  const file = openSync(plain, "r");
  try {
    const buffer = Buffer.alloc(headBytes);
    const text = buffer
      .subarray(0, readSync(file, buffer))
      .toString("utf8")
      .replace(/^\uFEFF/, "");
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '"') quoted = !quoted;
      if (!quoted && (text[i] === "\n" || text[i] === "\r")) {
        if (text.slice(0, i).trim() !== "") return text.slice(0, i);
      }
    }
    return text;
  } finally {
    closeSync(file);
  }
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
