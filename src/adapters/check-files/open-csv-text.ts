import { isUtf8 } from "node:buffer";
import { form, readCell } from "../../core/data-quality/cell-form.ts";
import { counted, thousands } from "../../core/data-quality/check-finding.ts";
import { countFields, delimiterName, findLayout, type Layout } from "../../core/tables/text-layout.ts";
import { CsvFile, rowLimit } from "./csv-file.ts";
import { columnLimit } from "./json-file.ts";
import type { ProblemTally } from "./problem-tally.ts";
import type { TextOpened, TextToOpen } from "./text-to-open.ts";

/** Opens text with a delimiter, by the header that its beginning holds. @returns null where it cannot be read, which is told */
export function openCsv(
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
