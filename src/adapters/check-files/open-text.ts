import { rowLimit } from "./csv-file.ts";
import { openCsv } from "./open-csv-text.ts";
import { openJson } from "./open-json-text.ts";
import { sniff } from "./sniff.ts";
import type { TextOpened, TextToOpen } from "./text-to-open.ts";

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
