import { isUtf8 } from "node:buffer";
import type { CheckBlock, RejectedLine } from "../../core/data-quality/check-block.ts";
import { counted, thousands } from "../../core/data-quality/check-finding.ts";
import { rowLimit } from "./csv-file.ts";
import { ValueColumn } from "./json-cells.ts";
import { diagnoseJson, longIntegers } from "./json-problems.ts";
import type { ProblemTally } from "./problem-tally.ts";

export const columnLimit = 16_384;
export const nestingLimit = 64;
const mostBlockRows = 2048;

interface Piece {
  readonly text: string;
  readonly line: number;
  readonly at: number;
}

/** Reads records, one JSON object a line or the elements of one array, in blocks. Columns are the keys met so far. */
export class JsonFile {
  readonly #problems: ProblemTally;
  readonly #columns: ValueColumn[] = [];
  readonly #byName = new Map<string, number>();
  readonly #present: number[] = [];
  readonly #firstLacking: number[] = [];
  #records: { value: Record<string, unknown>; text: string; line: number }[] = [];
  #rejects: RejectedLine[] = [];
  #rows = 0;
  #line = 1;
  #lastByte = 10;
  #before: number;
  stopped = false;

  constructor(problems: ProblemTally, offset: number) {
    this.#problems = problems;
    this.#before = offset;
  }

  /** @param array true where the records are the elements of one array */
  async *blocks(chunks: AsyncIterable<Buffer>, array: boolean): AsyncGenerator<CheckBlock> {
    const pieces = array ? this.#elements(chunks) : this.#linesOf(chunks);
    for await (const piece of pieces) {
      this.#take(piece);
      if (this.stopped) break;
      const width = Math.max(1, this.#columns.length);
      if (this.#records.length + this.#rejects.length >= Math.min(mostBlockRows, Math.max(16, 400_000 / width)))
        yield this.#emit();
    }
    if (this.#records.length + this.#rejects.length > 0) yield this.#emit();
    this.#finish();
  }

  async *#linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
    let carry: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks) {
      this.#lastByte = chunk[chunk.length - 1]!;
      const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
        yield this.#piece(bytes, start, end);
        start = end + 1;
      }
      carry = bytes.subarray(start);
      this.#before += start;
      if (carry.length > rowLimit) return this.#tooLong(carry.length);
    }
    if (carry.length > 0) yield this.#piece(carry, 0, carry.length);
  }

  #piece(bytes: Buffer, start: number, end: number): Piece {
    const stop = end > start && bytes[end - 1] === 13 ? end - 1 : end;
    const part = bytes.subarray(start, stop);
    const line = this.#line++;
    if (isUtf8(part)) return { text: part.toString("utf8"), line, at: this.#before + start };
    this.#problems.note(
      "encoding",
      "",
      line,
      part.toString("latin1"),
      (count, where) =>
        `invalid UTF-8: ${counted(count, "line")} (${where}); first in the line that begins at byte offset ${thousands(this.#before + start)}`,
    );
    this.#rejects.push({ line, raw: part.toString("latin1"), check: "encoding", reason: "invalid UTF-8" });
    return { text: "", line: -1, at: 0 };
  }

  /** The elements of a top-level array, found by counting brackets; depth is bounded, nothing recurses. */
  async *#elements(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
    let carry: Buffer = Buffer.alloc(0);
    let [depth, inString, escaped, start, line, startLine, opened, scanned] = [0, false, false, -1, 1, 1, false, 0];
    for await (const chunk of chunks) {
      this.#lastByte = chunk[chunk.length - 1]!;
      const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      for (let i = scanned; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (byte === 10) line++;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === 92) escaped = true;
          else if (byte === 34) inString = false;
          continue;
        }
        if (!opened) {
          if (byte === 91) opened = true;
          continue;
        }
        if (byte === 34) inString = true;
        else if (byte === 123 || byte === 91) depth++;
        if (depth === 0 && start === -1 && byte !== 44 && byte !== 93 && byte > 32) [start, startLine] = [i, line];
        if (depth > 0 && start === -1) [start, startLine] = [i, line];
        if (depth > nestingLimit) return this.#tooDeep(line);
        if (depth > 0 && (byte === 125 || byte === 93)) {
          depth--;
          if (depth > 0) continue;
          yield { text: bytes.toString("utf8", start, i + 1), line: startLine, at: this.#before + start };
          start = -1;
        } else if (depth === 0 && start !== -1 && (byte === 44 || byte === 93)) {
          yield { text: bytes.toString("utf8", start, i), line: startLine, at: this.#before + start };
          start = -1;
        }
      }
      const from = start === -1 ? bytes.length : start;
      carry = bytes.subarray(from);
      scanned = carry.length;
      this.#before += from;
      if (start !== -1) start = 0;
      if (carry.length > rowLimit) return this.#tooLong(carry.length);
    }
    this.#line = line + 1;
    if (carry.length > 0) yield { text: carry.toString("utf8"), line: startLine, at: this.#before };
    else if (depth > 0 || this.#lastByte !== 93) this.#endOfArray();
  }

  #endOfArray(): void {
    // Blanks and a line end may follow the bracket; anything else means that it never came.
    if (this.#lastByte > 32)
      this.#problems.add({
        check: "truncated",
        severity: "error",
        message: "the array has no closing bracket: likely truncated",
      });
  }

  #take(piece: Piece): void {
    if (piece.line === -1) return;
    const { text, line } = piece;
    if (text.trim() === "") {
      this.#problems.note(
        "invalid-json",
        "empty",
        line,
        "",
        (count, where) => (count === 1 ? `${where}: empty` : `${counted(count, "empty line")} (${where})`),
        null,
        "warning",
      );
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#invalid(text, line);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.#invalid(text, line);
    const record = value as Record<string, unknown>;
    if (nestsTooDeep(record, text)) {
      this.#rejects.push({ line, raw: text, check: "nesting", reason: `nested deeper than ${nestingLimit} levels` });
      this.#problems.note(
        "nesting",
        "deep",
        line,
        text,
        (count, where) => `${counted(count, "record")} nested deeper than ${nestingLimit} levels (${where})`,
      );
      return;
    }
    this.#records.push({ value: record, text, line });
    for (const key in record) if (!this.#byName.has(key)) this.#addColumn(key);
    if (this.#columns.length > columnLimit) this.#tooWide();
  }

  #invalid(text: string, line: number): void {
    const problem = diagnoseJson(text);
    this.#rejects.push({ line, raw: text, check: "invalid-json", reason: problem.says });
    this.#problems.note(
      "invalid-json",
      problem.kind,
      line,
      text,
      (count, where) =>
        count === 1
          ? `${where}: ${problem.says}`
          : `${thousands(count)} lines are not valid JSON: ${problem.kind} (${where})`,
      problem.column,
    );
  }

  #addColumn(name: string): void {
    this.#byName.set(name, this.#columns.length);
    this.#columns.push(new ValueColumn(name, mostBlockRows + 1));
    this.#present.push(0);
    this.#firstLacking.push(this.#rows > 0 ? 1 : 0);
  }

  #emit(): CheckBlock {
    const records = this.#records;
    const lines = new Uint32Array(records.length);
    for (const column of this.#columns) column.clear();
    records.forEach(({ value, text, line }, row) => {
      lines[row] = line;
      const long = /\d{16}/.test(text) ? longIntegers(text) : null;
      for (const key in value) {
        const index = this.#byName.get(key)!;
        this.#present[index]! += 1;
        this.#columns[index]!.set(row, value[key], long?.get(key) ?? null);
      }
      this.#columns.forEach((_, index) => {
        if (this.#firstLacking[index] === 0 && !Object.hasOwn(value, this.#columns[index]!.name))
          this.#firstLacking[index] = line;
      });
    });
    this.#rows += records.length;
    const rejects = this.#rejects;
    this.#records = [];
    this.#rejects = [];
    return { rows: records.length, columns: [...this.#columns], lines, rejects, raw: (row) => records[row]!.text };
  }

  #finish(): void {
    this.#columns.forEach((column, index) => {
      const lacking = this.#rows - this.#present[index]!;
      if (lacking === 0) return;
      this.#problems.add({
        check: "varying-keys",
        severity: lacking > this.#rows / 2 ? "warning" : "info",
        column: column.name,
        count: lacking,
        lines: this.#firstLacking[index]! > 0 ? [this.#firstLacking[index]!] : [],
        message: `${thousands(lacking)} of ${thousands(this.#rows)} records have no key ${column.name}; read as null`,
      });
    });
  }

  #tooWide(): void {
    this.stopped = true;
    this.#problems.add({
      check: "too-wide",
      severity: "error",
      count: this.#columns.length,
      message: `more than ${thousands(columnLimit)} different keys: refused`,
    });
  }

  #tooLong(length: number): void {
    this.stopped = true;
    this.#problems.add({
      check: "line-too-long",
      severity: "error",
      lines: [this.#line],
      message: `line ${this.#line} is longer than ${thousands(rowLimit)} bytes (at least ${thousands(length)}): refused; reading stopped there`,
    });
  }

  #tooDeep(line: number): void {
    this.stopped = true;
    this.#problems.add({
      check: "nesting",
      severity: "error",
      lines: [line],
      message: `nested deeper than ${nestingLimit} levels at line ${line}: refused`,
    });
  }

  end(): { line: number; newline: boolean } {
    return { line: this.#line - 1, newline: this.#lastByte === 10 };
  }
}

/** Counted on the text, without recursion; only records that hold something nested are looked at. */
function nestsTooDeep(record: Record<string, unknown>, text: string): boolean {
  if (!Object.values(record).some((value) => typeof value === "object" && value !== null)) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      if (++depth > nestingLimit) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}
