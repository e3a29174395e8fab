import type { Severity } from "../../findings.ts";
import type { FileCheck } from "../check.ts";

const fileCheck = (name: string, severity: Severity, says: string): FileCheck => ({
  kind: "file",
  group: "file",
  name,
  severity,
  says,
});

/** What the readers find while they read bytes. The names are promises: contracts switch them by name. */
export const fileChecks: readonly FileCheck[] = [
  fileCheck("empty", "error", "The file has no bytes, or nothing but blank lines: no header and no rows."),
  fileCheck(
    "format",
    "error",
    "The content is not what the name announces: HTML, a ZIP archive or spreadsheet, PDF, Parquet named .csv, CSV named .parquet, one JSON document that is not an array of records. Gzip without .gz is unpacked with a warning.",
  ),
  fileCheck(
    "encoding",
    "error",
    "The file is UTF-16 or UTF-32, or a row is not valid UTF-8. Byte offset, line and column are named, and what the bytes would mean in Latin-1.",
  ),
  fileCheck("byte-order-mark", "info", "A UTF-8 byte order mark stands before the header; it is left out."),
  fileCheck(
    "line-ends",
    "info",
    "Some lines end in CRLF, others in LF (or CR alone); the line end never becomes part of a value.",
  ),
  fileCheck(
    "delimiter",
    "warning",
    "Fields are separated by something else than the name or the contract says: tab, semicolon, pipe. The file is read with what it uses.",
  ),
  fileCheck(
    "compressed",
    "error",
    "The compressed stream ends too early, is damaged, holds another compressed stream, or unpacks to so much more than its size that it looks like a bomb.",
  ),
  fileCheck("field-count", "error", "A row has fewer or more fields than the header (ragged). Each such row fails."),
  fileCheck(
    "trailing-delimiter",
    "warning",
    "All rows end with a delimiter: one empty field more than the header, or an empty column without a name.",
  ),
  fileCheck(
    "quotes",
    "error",
    "A quote is opened and never closed, or text follows a closing quote. The row fails; reading goes on with the next line.",
  ),
  fileCheck("duplicate-name", "error", "Two columns have the same name: which one is meant cannot be known."),
  fileCheck(
    "no-header",
    "error",
    "The first line looks like data: as many numbers as the lines below, in the same places.",
  ),
  fileCheck(
    "preamble",
    "warning",
    "Lines before the header that are not data: a title, comments, `sep=;`. They are left out.",
  ),
  fileCheck(
    "repeated-header",
    "error",
    "The header stands again inside of the file, as after joining files. Those lines fail.",
  ),
  fileCheck("footer", "error", "The last lines are a total, a count or a remark, not a row. They fail."),
  fileCheck(
    "comment",
    "warning",
    "Lines inside of the data begin with # and have not the fields of a row. They are left out.",
  ),
  fileCheck("blank-lines", "warning", "Blank lines stand between rows. They are left out and counted."),
  fileCheck(
    "invalid-json",
    "error",
    "A line is not one JSON object: cut, two objects, NaN or Infinity, single quotes. Each such line fails, with what is wrong and where.",
  ),
  fileCheck(
    "varying-keys",
    "warning",
    "Records of a JSON file lack keys that others have; the values are read as null.",
  ),
  fileCheck(
    "nesting",
    "error",
    "A document is nested deeper than the limit. It is refused without being read recursively.",
  ),
  fileCheck("too-wide", "error", "More columns than the limit of 16,384."),
  fileCheck("line-too-long", "error", "A row is longer than 16 MiB. It is refused, not held in memory."),
  fileCheck("control-bytes", "error", "The file holds NUL bytes: binary content, or a file with holes after a crash."),
  fileCheck(
    "corrupt-page",
    "error",
    "A page of a Parquet file does not match its checksum or cannot be unpacked; row group and column are named, and what is readable.",
  ),
  fileCheck("unreadable", "error", "The file cannot be read as its format, for the reason given."),
  fileCheck("bad-rows", "error", "More rows failed than `bad_rows` allows: the whole file is refused."),
  fileCheck("already-loaded", "warning", "A file with the same bytes was accepted before."),
];
