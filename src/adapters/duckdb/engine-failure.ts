import { Failure } from "../../core/failures.ts";

/**
 * An error of the engine in the user's terms. Its texts are matched because it has no codes; what is not known keeps
 * the first line of the engine's words, never more.
 */
export function engineFailure(error: unknown, path: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const text = error.message;
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1] ?? / in line (\d+)/.exec(text)?.[1];
  const where = line === undefined ? path : `${path}:${line}`;
  const fail = (message: string, ...mend: string[]): Failure =>
    new Failure("FILE_UNREADABLE", { where, message, mend, cause: error });

  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (fields !== null) {
    const [expected, found] = [fields[1]!, fields[2]!];
    return fail(
      `the line has ${found} fields where the header has ${expected}`,
      Number(found) > Number(expected)
        ? "put quotes around a value that holds the delimiter"
        : "the line may be cut off: export the file again, or complete the line",
    );
  }
  if (/Value with unterminated quote|unterminated/i.test(text)) {
    return fail("a quote is opened and never closed", "close it, or double a quote that is part of the value");
  }
  if (/unicode|utf-?8/i.test(text)) {
    return fail("the text is not UTF-8", "convert it: iconv -f LATIN1 -t UTF-8");
  }
  if (/Malformed JSON|JSON/i.test(text)) {
    const reason = /line \d+: (.+?)\.?\s*(?:\n|$)/.exec(text)?.[1] ?? "it cannot be parsed";
    return fail(`the JSON is malformed: ${reason}`, "write one object a line, or one array of objects");
  }
  if (/Out of Memory|could not allocate|failed to allocate/i.test(text)) {
    return fail("the memory that the engine may use is not enough for this file", "read fewer columns at once");
  }
  if (/No space left|ENOSPC/i.test(text)) {
    return fail("the disk of the temporary folder is full", "set TMPDIR to a folder with more room");
  }
  if (
    /ZSTD|Snappy|decompress|Parquet|thrift|TProtocol|page|corrupt|checksum|read past|Invalid Input|IO Error/i.test(text)
  ) {
    return fail(`the file is damaged (${firstWords(text)})`, "copy or export the file again");
  }
  return fail(`the file cannot be read (${firstWords(text)})`);
}

function firstWords(text: string): string {
  const first = text.split("\n", 1)[0]!;
  return first
    .replace(/^[A-Z][A-Za-z ]*(Error|Exception): /, "")
    .replace(/^Failed to read file "[^"]*": /, "")
    .slice(0, 160);
}

/** True for a value that does not fit the type it was cast to: the reader then looks for the place. */
export function isCastError(error: unknown): boolean {
  return (
    error instanceof Error && /Conversion Error|Could not convert|Failed to cast|out of range/i.test(error.message)
  );
}
