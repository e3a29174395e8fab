import { isUtf8 } from "node:buffer";
import type { CheckBlock, RejectedLine } from "../../core/data-quality/check-block.ts";
import { counted, shorten, thousands } from "../../core/data-quality/check-finding.ts";
import { firstInvalid, withLineFeeds } from "./csv-bytes.ts";
import { CsvColumn } from "./csv-cells.ts";
import { CsvRows, type RowKind } from "./csv-rows.ts";
import { describeRagged, isFooter } from "./csv-strangers.ts";
import type { ProblemTally } from "./problem-tally.ts";

/** Longest row that is held in memory. */
export const rowLimit = 16 * 1024 * 1024;
const blockCells = 400_000;
const mostBlockRows = 8192;
/** Lines that a quoted field may span before it is taken for a quote that was never closed. */
const quotedLinesLimit = 1000;
const quotedBytesLimit = 1 << 20;
/** Bytes at the end of what was read so far that wait for more. */
const heldBack = 2048;

export interface CsvLayout {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** Line of the header; rows begin on the next. */
  readonly headerLine: number;
  readonly header: string;
  /** Byte where the rows begin, in the unpacked text. */
  readonly rowsAt: number;
  /** Every row ends with one delimiter more than the header. */
  readonly trailing: boolean;
  /** Bytes of a byte order mark before the text, for byte offsets. */
  readonly offset: number;
  /** Lines end in CR alone. */
  readonly carriageReturns: boolean;
}

/** Reads the rows of a CSV file in blocks; what is not a proper row is rejected with a reason. */
export class CsvFile {
  readonly #layout: CsvLayout;
  readonly #problems: ProblemTally;
  readonly #rows: CsvRows;
  readonly #columns: CsvColumn[];
  readonly #capacity: number;
  #rejects: RejectedLine[] = [];
  #blank = 0;
  readonly #blankLines: number[] = [];
  /** Bytes of the text before the buffer at hand. */
  #before = 0;
  #lastByte = 10;
  #data = 0;
  /** True after a row of more than {@link rowLimit} bytes: reading stopped. */
  stopped = false;

  constructor(layout: CsvLayout, problems: ProblemTally) {
    this.#layout = layout;
    this.#problems = problems;
    const names = layout.trailing ? [...layout.names, ""] : layout.names;
    this.#capacity = Math.max(1, Math.min(mostBlockRows, Math.floor(blockCells / names.length)));
    this.#rows = new CsvRows(layout.delimiter.charCodeAt(0), { fields: names.length, rows: this.#capacity });
    this.#columns = layout.names.map((name, index) => new CsvColumn(name, index, names.length, this.#capacity + 1));
    this.#rows.line = layout.headerLine + 1;
  }

  async *blocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<CheckBlock> {
    let carry: Buffer = Buffer.alloc(0);
    let skip = this.#layout.rowsAt;
    this.#before = this.#layout.offset;
    for await (const piece of chunks) {
      let chunk = this.#layout.carriageReturns ? withLineFeeds(piece) : piece;
      if (skip > 0) {
        const part = Math.min(skip, chunk.length);
        skip -= part;
        this.#before += part;
        chunk = chunk.subarray(part);
        if (chunk.length === 0) continue;
      }
      this.#lastByte = chunk[chunk.length - 1]!;
      const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      let position = 0;
      for (;;) {
        const block = this.#block(bytes, position, false);
        position = this.#rows.position;
        if (block !== null) yield block;
        if (block === null || this.#rows.rows < this.#capacity) break;
      }
      this.#before += position;
      carry = bytes.subarray(position);
      if (carry.length > rowLimit) {
        this.#tooLong(carry.length);
        return;
      }
    }
    for (let position = 0; position < carry.length; ) {
      const block = this.#block(carry, position, true);
      position = this.#rows.position;
      if (block !== null) yield block;
      else break;
    }
    // A header without rows still has columns.
    if (this.#data === 0) {
      this.#rows.reset(0);
      this.#rejects = [];
      yield this.#emit(Buffer.alloc(0));
    }
    this.#finish();
  }

  /** The next rows from `position` on, or null where there is nothing left that is complete. */
  #block(bytes: Buffer, position: number, final: boolean): CheckBlock | null {
    const rows = this.#rows;
    rows.reset(position);
    this.#rejects = [];
    const lineBefore = rows.line;
    let kind: RowKind = "incomplete";
    while (rows.rows < this.#capacity) {
      // The last lines may be a footer, or cut: they are judged together with the end of the file.
      if (!final && bytes.length - rows.position < heldBack) {
        kind = "incomplete";
        break;
      }
      kind = rows.next(bytes, bytes.length, final);
      if (kind === "row") {
        if (this.#isHeader(bytes)) this.#reject(bytes, "repeated-header", "the header stands again");
        else rows.keep();
      } else if (kind === "incomplete") {
        if (!this.#quoteGoesTooFar(bytes)) break;
        this.#openQuote(bytes);
      } else this.#strange(bytes, kind, final);
    }
    if (final && rows.rows > 0 && rows.position >= bytes.length) this.#dropFooter(bytes);
    if (!isUtf8(bytes.subarray(position, rows.position))) this.#rejectInvalid(bytes);
    if (bytes.subarray(position, rows.position).includes(0)) this.#noteNul(bytes);
    if (rows.rows === 0 && this.#rejects.length === 0 && !(final && rows.line > lineBefore)) return null;
    return this.#emit(bytes);
  }

  #emit(bytes: Buffer): CheckBlock {
    const rows = this.#rows;
    for (const column of this.#columns) column.read(bytes, rows);
    this.#data += rows.rows;
    return {
      rows: rows.rows,
      columns: this.#columns,
      lines: rows.lines,
      rejects: this.#rejects,
      raw: (row) => bytes.toString("utf8", rows.rowStarts[row]!, rows.rowEnds[row]!),
    };
  }

  #isHeader(bytes: Buffer): boolean {
    const { rowStart, rowEnd } = this.#rows;
    const { header } = this.#layout;
    if (rowEnd - rowStart !== header.length || bytes[rowStart] !== header.charCodeAt(0)) return false;
    return bytes.toString("utf8", rowStart, rowEnd) === header;
  }

  #quoteGoesTooFar(bytes: Buffer): boolean {
    const open = bytes.length - this.#rows.position;
    if (open < quotedBytesLimit) return false;
    let lines = 0;
    for (let at = this.#rows.position; at !== -1 && lines <= quotedLinesLimit; lines++) at = bytes.indexOf(10, at + 1);
    return lines > quotedLinesLimit;
  }

  #openQuote(bytes: Buffer): void {
    this.#rows.skipLine(bytes, bytes.length);
    this.#reject(bytes, "quotes", "a quote is opened and never closed");
  }

  #strange(bytes: Buffer, kind: RowKind, final: boolean): void {
    const rows = this.#rows;
    if (kind === "open-quote") return this.#openQuote(bytes);
    if (kind === "blank") {
      this.#blank++;
      if (this.#blankLines.length < 100) this.#blankLines.push(rows.rowLine);
      return;
    }
    if (rows.quotedLines > 0) {
      // A quote that swallowed line ends and did not make a row: the first line alone is to blame.
      this.#rewind(bytes);
      return this.#reject(bytes, "quotes", "a quote is opened and not closed on its line");
    }
    const text = bytes.toString("utf8", rows.rowStart, rows.rowEnd);
    if (rows.strayQuote) return this.#reject(bytes, "quotes", "text follows a closing quote");
    if (text.startsWith("#")) {
      this.#problems.note(
        "comment",
        "comment",
        rows.rowLine,
        text,
        (count, where) =>
          `${counted(count, "line")} inside of the data ${count === 1 ? "is a comment" : "are comments"} (${where}); left out`,
      );
      return;
    }
    const last = final && rows.position >= bytes.length;
    if (
      last &&
      this.#lastByte !== 10 &&
      rows.fieldsFound < this.#layout.names.length &&
      !isFooter(text, this.#layout.delimiter)
    )
      return this.#truncated(bytes, text);
    if (final && bytes.length - rows.position < heldBack && isFooter(text, this.#layout.delimiter))
      return this.#reject(bytes, "footer", "a footer, not a row");
    this.#ragged(bytes, text);
  }

  #rewind(bytes: Buffer): void {
    this.#rows.skipLine(bytes, bytes.length);
  }

  #ragged(bytes: Buffer, text: string): void {
    const rows = this.#rows;
    const wanted = this.#layout.names.length;
    const found = rows.fieldsFound;
    this.#rejects.push({
      line: rows.rowLine,
      raw: text,
      check: "field-count",
      reason: `${found} fields, ${wanted} expected`,
    });
    this.#problems.note("field-count", "ragged", rows.rowLine, `${found} fields: ${text}`, (count, where, examples) => {
      const sizes = examples.map((example) => Number.parseInt(example, 10));
      return describeRagged(count, wanted, where, sizes, bytes.length > 0);
    });
  }

  #truncated(bytes: Buffer, text: string): void {
    const rows = this.#rows;
    const wanted = this.#layout.names.length;
    this.#rejects.push({
      line: rows.rowLine,
      raw: text,
      check: "truncated",
      reason: "the file ends in the middle of this row",
    });
    this.#problems.note(
      "truncated",
      "truncated",
      rows.rowLine,
      text,
      () =>
        `the last row, line ${rows.rowLine}, has ${rows.fieldsFound} fields where the header has ${wanted}, and no line end: likely truncated (after ${counted(this.#data + rows.rows, "complete row")})`,
    );
    void bytes;
  }

  #reject(bytes: Buffer, check: string, reason: string): void {
    const rows = this.#rows;
    const raw = bytes.toString("utf8", rows.rowStart, rows.rowEnd);
    this.#rejects.push({ line: rows.rowLine, raw, check, reason });
    this.#problems.note(
      check,
      reason,
      rows.rowLine,
      raw,
      (count, where) => `${counted(count, "line")}: ${reason} (${where})`,
    );
  }

  /** A total at the very end that has the right number of fields. */
  #dropFooter(bytes: Buffer): void {
    const rows = this.#rows;
    const last = rows.rows - 1;
    const text = bytes.toString("utf8", rows.rowStarts[last]!, rows.rowEnds[last]!);
    if (!isFooter(text, this.#layout.delimiter) || this.#data + rows.rows < 3) return;
    rows.rows = last;
    [rows.rowStart, rows.rowEnd, rows.rowLine] = [rows.rowStarts[last]!, rows.rowEnds[last]!, rows.lines[last]!];
    this.#reject(bytes, "footer", "a footer, not a row");
  }

  /** Takes the rows with invalid UTF-8 out of the block, naming byte, line and column of each. */
  #rejectInvalid(bytes: Buffer): void {
    const rows = this.#rows;
    const fields = this.#layout.names.length + (this.#layout.trailing ? 1 : 0);
    let kept = 0;
    for (let row = 0; row < rows.rows; row++) {
      const [start, end] = [rows.rowStarts[row]!, rows.rowEnds[row]!];
      if (isUtf8(bytes.subarray(start, end))) {
        if (kept !== row) this.#move(row, kept, fields);
        kept++;
        continue;
      }
      const field = this.#layout.names.findIndex(
        (_, i) => !isUtf8(bytes.subarray(rows.starts[row * fields + i], rows.ends[row * fields + i])),
      );
      const column = this.#layout.names[field] ?? null;
      const from = field === -1 ? start : rows.starts[row * fields + field]!;
      const to = field === -1 ? end : rows.ends[row * fields + field]!;
      const at = this.#before + from + firstInvalid(bytes.subarray(from, to));
      const latin = bytes.toString("latin1", from, to);
      const line = rows.lines[row]!;
      this.#rejects.push({
        line,
        raw: bytes.toString("latin1", start, end),
        check: "encoding",
        reason: `invalid UTF-8 at byte ${at}`,
      });
      this.#problems.note(
        "encoding",
        column ?? "",
        line,
        latin,
        (count, where, examples) =>
          `invalid UTF-8 at byte offset ${thousands(at)}, line ${line}${column === null ? "" : `; column ${column}`}: ${counted(count, "row")} in all (${where}); in Latin-1 it would read '${examples[0] ?? ""}'`,
        column,
      );
    }
    rows.rows = kept;
  }

  #move(from: number, to: number, fields: number): void {
    const rows = this.#rows;
    rows.starts.copyWithin(to * fields, from * fields, (from + 1) * fields);
    rows.ends.copyWithin(to * fields, from * fields, (from + 1) * fields);
    for (let field = 0; field < fields; field++) {
      if (rows.escaped.has(from * fields + field)) rows.escaped.add(to * fields + field);
      else rows.escaped.delete(to * fields + field);
    }
    rows.rowStarts[to] = rows.rowStarts[from]!;
    rows.rowEnds[to] = rows.rowEnds[from]!;
    rows.lines[to] = rows.lines[from]!;
  }

  #noteNul(bytes: Buffer): void {
    const rows = this.#rows;
    for (let row = 0; row < rows.rows; row++) {
      const at = bytes.subarray(rows.rowStarts[row], rows.rowEnds[row]).indexOf(0);
      if (at === -1) continue;
      this.#problems.note(
        "control-bytes",
        "NUL",
        rows.lines[row]!,
        shorten(bytes.toString("latin1", rows.rowStarts[row]!, rows.rowEnds[row]!)),
        (count, where) => `${counted(count, "row")} with NUL bytes (${where}): binary content, or a hole after a crash`,
      );
    }
  }

  #tooLong(length: number): void {
    this.stopped = true;
    this.#problems.add({
      check: "line-too-long",
      severity: "error",
      count: 1,
      lines: [this.#rows.line],
      message: `line ${this.#rows.line} is longer than ${thousands(rowLimit)} bytes (at least ${thousands(length)}): refused; reading stopped there`,
    });
  }

  #finish(): void {
    const rows = this.#rows;
    if (rows.crlf > 0 && rows.lf > 0) {
      this.#problems.add({
        check: "line-ends",
        severity: "info",
        count: Math.min(rows.crlf, rows.lf),
        message: `mixed line ends: ${thousands(rows.crlf)} lines end in CRLF, ${thousands(rows.lf)} in LF; both are read as line ends`,
      });
    }
    // A blank line at the very end is a habit of editors, not a hole.
    while (this.#blankLines.at(-1) === rows.line - 1 && this.#blank > 0) {
      this.#blankLines.pop();
      this.#blank--;
      rows.line--;
    }
    if (this.#blank > 0) {
      this.#problems.add({
        check: "blank-lines",
        severity: "warning",
        count: this.#blank,
        lines: this.#blankLines,
        message: `${counted(this.#blank, "blank line")} between rows (${this.#blankLines.length === 1 ? "line" : "lines"} ${this.#blankLines.slice(0, 6).join(", ")}); left out`,
      });
    }
  }

  end(): { line: number; newline: boolean } {
    return { line: this.#rows.line - 1, newline: this.#lastByte === 10 };
  }
}
