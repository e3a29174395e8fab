import { isUtf8 } from "node:buffer";
import type { CheckReadOptions } from "../../app/ports/check-reader.ts";
import { form, readCell } from "../../core/data-quality/cell-form.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import { counted, thousands } from "../../core/data-quality/check-finding.ts";
import type { SourceFacts } from "../../core/data-quality/table-facts.ts";
import type { ByteSource } from "./byte-source.ts";
import { CsvFile, rowLimit } from "./csv-file.ts";
import { countFields, delimiterName, findLayout, type Layout } from "../../core/tables/text-layout.ts";
import { columnLimit, JsonFile, nestingLimit } from "./json-file.ts";
import { shapeOfDocument } from "./json-document.ts";
import type { ProblemTally } from "./problem-tally.ts";
import { sniff } from "./sniff.ts";

export interface TextOpened {
  readonly format: SourceFacts["format"];
  readonly delimiter: string | null;
  readonly header: string | null;
  blocks(): AsyncIterable<CheckBlock>;
  end(): { readonly line: number; readonly newline: boolean };
}

export interface TextToOpen {
  readonly path: string;
  readonly promise: string;
  readonly size: number;
  readonly problems: ProblemTally;
  readonly source: ByteSource;
  readonly reopen: () => ByteSource;
  readonly options: CheckReadOptions;
}

const headSize = 256 * 1024;

/** Looks at the unpacked beginning and decides how the text is read; null where it cannot be. */
export async function openText(file: TextToOpen): Promise<TextOpened | null> {
  const { problems } = file;
  const stream = file.source.chunks();
  let { head, complete } = await readHead(stream, headSize);
  const inner = sniff(head);
  if (
    file.source.unpackedBytes !== file.source.packedBytes &&
    (inner.kind === "gzip" || inner.kind === "other" || inner.kind === "parquet")
  ) {
    problems.add({
      check: inner.kind === "other" ? "format" : "compressed",
      severity: "error",
      message: `the unpacked content is ${inner.kind === "gzip" ? "gzip again" : inner.kind === "parquet" ? "Parquet: unpack the file first" : inner.says}`,
    });
    return null;
  }
  if (inner.kind === "empty" || inner.kind === "blank") {
    if (file.source.trouble === null)
      problems.add({
        check: "empty",
        severity: "error",
        count: 0,
        message:
          inner.kind === "empty" ? "the unpacked content is empty" : "no header and no rows: only blanks and line ends",
      });
    return null;
  }
  let offset = 0;
  if (inner.byteOrderMark && inner.encoding === "utf-8") {
    offset = 3;
    if (!problems.has("byte-order-mark"))
      problems.add({
        check: "byte-order-mark",
        severity: "info",
        message: "byte order mark removed (EF BB BF before the header)",
      });
    head = head.subarray(3);
  }
  const rest = chain(head, stream);
  const text = head.toString("utf8");
  const first = text.trimStart()[0];
  const promisedJson = file.promise.startsWith("JSON");
  if (first === "{" || (first === "[" && (promisedJson || /^\s*\[\s*[{[\]"\d-]/.test(text)))) {
    return openJson(file, rest, text, offset, complete);
  }
  if (promisedJson) {
    problems.add({
      check: "format",
      severity: "error",
      message: `content is not JSON: it begins with '${text.trimStart().slice(0, 20).split("\n")[0]}', the name announces ${file.promise}`,
    });
    return null;
  }
  // A header longer than the head: read on, up to the limit of a row.
  while (!complete && !head.includes(10) && !head.includes(13) && head.length < rowLimit) {
    const more = await readHead(rest, head.length * 4);
    ({ head, complete } = more);
    if (complete) break;
    return openCsv(file, chain(head, rest), head, offset, complete);
  }
  return openCsv(file, rest, head, offset, complete);
}

async function readHead(stream: AsyncGenerator<Buffer>, wanted: number): Promise<{ head: Buffer; complete: boolean }> {
  const parts: Buffer[] = [];
  for (let length = 0; length < wanted; ) {
    const next = await stream.next();
    if (next.done === true) return { head: Buffer.concat(parts), complete: true };
    parts.push(next.value);
    length += next.value.length;
  }
  return { head: Buffer.concat(parts), complete: false };
}

async function* chain(head: Buffer, stream: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* stream;
}

async function openJson(
  file: TextToOpen,
  rest: AsyncGenerator<Buffer>,
  text: string,
  offset: number,
  complete: boolean,
): Promise<TextOpened | null> {
  const first = text.trimStart()[0];
  const array = first === "[";
  if (array ? !/^\s*\[\s*(\{|\]|$)/.test(text) : !isJsonLines(text, complete, file.promise)) {
    await refuseDocument(file, rest, array);
    return null;
  }
  if (array && /^\s*\[\s*\]\s*$/.test(text) && complete) {
    file.problems.add({ check: "no-rows", severity: "error", count: 0, message: "0 rows: the array is empty" });
    return null;
  }
  if (file.promise !== "" && !file.promise.startsWith("JSON")) {
    const kind = array ? "a JSON array" : "JSON lines";
    file.problems.add({
      check: "format",
      severity: "warning",
      message: `content is ${kind}, the name announces ${file.promise}; read as ${kind}`,
    });
  }
  const json = new JsonFile(file.problems, offset);
  return {
    format: array ? "json" : "json-lines",
    delimiter: null,
    header: null,
    blocks: () => json.blocks(rest, array),
    end: () => json.end(),
  };
}

/** JSON lines: some of the first lines is a whole object, or the name says so and the first line is not an open bracket. */
function isJsonLines(text: string, complete: boolean, promise: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (!complete && lines.length > 1) lines.pop();
  const whole = lines.slice(0, 20).filter((line) => {
    const trimmed = line.trim();
    if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return false;
    return trimmed.length > 1_000_000 || bracketDepth(trimmed) <= nestingLimit;
  });
  if (lines.length <= 1 && !complete && promise === "JSON lines") return true;
  if (whole.length === 0) return false;
  if (lines.length === 1) return promise === "JSON lines" || flat(whole[0]!);
  return lines.length > 1 ? whole.length >= Math.min(lines.length, 20) / 2 : true;
}

function bracketDepth(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const char of text) {
    if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
  }
  return deepest;
}

/** One object alone is one record only if it does not hold the records itself. */
function flat(text: string): boolean {
  return !/\[\s*\{/.test(text);
}

async function refuseDocument(file: TextToOpen, rest: AsyncGenerator<Buffer>, array: boolean): Promise<void> {
  const shape = await shapeOfDocument(rest);
  if (shape.deepest > nestingLimit) {
    file.problems.add({
      check: "nesting",
      severity: "error",
      count: shape.deepest,
      message: `nesting of ${thousands(shape.deepest)} levels, deeper than the limit of ${nestingLimit}: refused`,
    });
  }
  const where =
    shape.arrays.length === 0
      ? ""
      : `; records sit in ${shape.arrays
          .slice(0, 3)
          .map(({ path, objects }) => `${path} (${thousands(objects)})`)
          .join(", ")}: take them out, one object a line`;
  const problem = shape.complete ? "" : "; the document is not complete: likely truncated";
  file.problems.add({
    check: "format",
    severity: "error",
    message: `${array ? "an array of something other than records" : "one JSON document, not an array of records and not JSON lines"}${where}${problem}`,
    examples: shape.arrays.map(({ path }) => path),
  });
}

function openCsv(
  file: TextToOpen,
  rest: AsyncGenerator<Buffer>,
  head: Buffer,
  offset: number,
  complete: boolean,
): TextOpened | null {
  const { problems } = file;
  const returns = !head.includes(10) && head.includes(13);
  const text = head.toString("latin1");
  const expected = file.options.delimiter ?? (file.promise === "TSV" ? "\t" : ",");
  const layout = findLayout(text, expected, complete);
  if (layout.delimiter !== expected) {
    const shown = delimiterName(layout.delimiter);
    problems.add({
      check: "delimiter",
      severity: "warning",
      message: `delimiter is ${shown}, not ${delimiterName(expected)}; read with ${shown}`,
    });
  }
  notePreamble(layout, problems);
  const place = headerPlace(head, layout, returns);
  if (place === null || head.length >= rowLimit) {
    problems.add({
      check: "line-too-long",
      severity: "error",
      lines: [layout.preamble.length + 1],
      message: `the header is longer than ${thousands(head.length)} bytes: refused`,
    });
    return null;
  }
  const raw = head.subarray(place.from, place.to);
  const header = isUtf8(raw) ? raw.toString("utf8") : raw.toString("latin1");
  if (!isUtf8(raw)) {
    problems.add({
      check: "encoding",
      severity: "error",
      message: `the header (line ${place.line}) is not valid UTF-8; in Latin-1 it reads '${header.slice(0, 80)}'`,
    });
  }
  const names = splitHeader(header, layout.delimiter);
  if (names.length > columnLimit) {
    problems.add({
      check: "too-wide",
      severity: "error",
      count: names.length,
      message: `${thousands(names.length)} columns, at most ${thousands(columnLimit)} are read: refused`,
    });
    return null;
  }
  const trailing = noteHeader(names, layout, text.slice(place.next), problems, place.line);
  const csv = new CsvFile(
    {
      delimiter: layout.delimiter,
      names,
      headerLine: place.line,
      header,
      rowsAt: place.next,
      trailing,
      offset,
      carriageReturns: returns,
    },
    problems,
  );
  return { format: "csv", delimiter: layout.delimiter, header, blocks: () => csv.blocks(rest), end: () => csv.end() };
}

function notePreamble(layout: Layout, problems: ProblemTally): void {
  const { preamble } = layout;
  if (preamble.length === 0) return;
  const sep = preamble.length === 1 && /^sep=/i.test(preamble[0]!.text);
  problems.add({
    check: "preamble",
    severity: sep ? "info" : "warning",
    count: preamble.length,
    lines: preamble.map(({ line }) => line),
    examples: preamble.map(({ text }) => text),
    message: sep
      ? "the first line names the delimiter (sep=); left out"
      : `${counted(preamble.length, "line")} before the header (${preamble.length === 1 ? "line" : "lines"} ${preamble
          .map(({ line }) => line)
          .slice(0, 6)
          .join(", ")}); left out`,
  });
}

function headerPlace(
  head: Buffer,
  layout: Layout,
  returns: boolean,
): { from: number; to: number; next: number; line: number } | null {
  const end = returns ? 13 : 10;
  let from = 0;
  for (let skipped = 0; skipped < layout.preamble.length; skipped++) from = head.indexOf(end, from) + 1;
  let to = from;
  for (let quoted = false; to < head.length && (quoted || head[to] !== end); to++)
    if (head[to] === 34) quoted = !quoted;
  if (to >= head.length && head.indexOf(end, from) !== -1) to = head.indexOf(end, from);
  const last = to > from && head[to - 1] === 13 ? to - 1 : to;
  if (to >= head.length && head.length >= rowLimit) return null;
  return { from, to: last, next: Math.min(head.length, to + 1), line: layout.preamble.length + 1 };
}

function splitHeader(header: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = 0; i < header.length; i++) {
    const char = header[i]!;
    if (quoted) {
      if (char !== '"') name += char;
      else if (header[i + 1] === '"') name += header[++i];
      else quoted = false;
    } else if (char === '"' && name === "") quoted = true;
    else if (char === delimiter) {
      names.push(name);
      name = "";
    } else name += char;
  }
  names.push(name);
  return names;
}

/** Duplicate names, a header that is data, trailing delimiters. True where rows have one empty field more. */
function noteHeader(
  names: readonly string[],
  layout: Layout,
  body: string,
  problems: ProblemTally,
  line: number,
): boolean {
  const counts = new Map<string, number[]>();
  names.forEach((name, i) => counts.set(name, [...(counts.get(name) ?? []), i + 1]));
  for (const [name, places] of counts) {
    if (places.length < 2) continue;
    problems.add({
      check: "duplicate-name",
      severity: "error",
      column: name,
      count: places.length,
      lines: [line],
      message:
        name === ""
          ? `${places.length} columns have no name (columns ${places.slice(0, 6).join(", ")})`
          : `duplicate column name ${name} (columns ${places.slice(0, 6).join(" and ")})`,
    });
  }
  const numbers = names.filter((name) =>
    [form.integer, form.decimal, form.scientific, form.isoDate, form.isoDateTime].some(
      (one) => one === readCell(name).form,
    ),
  ).length;
  const below = splitHeader(body.split(/\r\n|\n|\r/, 1)[0] ?? "", layout.delimiter).filter(
    (name) => readCell(name).value === readCell(name).value,
  ).length;
  if (numbers > 0 && numbers >= below * 0.7 && numbers * 5 >= names.length) {
    problems.add({
      check: "no-header",
      severity: "error",
      lines: [line],
      examples: names,
      message: `line ${line} should be the header and looks like data: ${numbers} of ${names.length} names are numbers`,
    });
  }
  const lines = body
    .split(/\r\n|\n|\r/)
    .filter((text) => text !== "")
    .slice(0, 50);
  const longer = lines.filter(
    (text) => text.endsWith(layout.delimiter) && countFields(text, layout.delimiter) === names.length + 1,
  );
  const trailing = lines.length > 0 && longer.length >= lines.length * 0.9;
  if (trailing || (names.at(-1) === "" && names.length > 1 && lines.every((text) => text.endsWith(layout.delimiter)))) {
    problems.add({
      check: "trailing-delimiter",
      severity: "warning",
      message: `rows end with a delimiter: an empty field after the last column${trailing ? "; left out" : ""}`,
    });
  }
  return trailing;
}
