/**
 * Finds rows and fields in bytes: positions only, nothing is decoded. One instance per file; `scan` may be called again
 * with the rest of an unfinished row in front.
 */
export interface RowLimits {
  /** Fields of a proper row. */
  readonly fields: number;
  /** Rows that a block takes. */
  readonly rows: number;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** What a call of `next` found. */
export type RowKind = "row" | "ragged" | "blank" | "incomplete" | "open-quote";

export class CsvRows {
  readonly #delimiter: number;
  readonly #fields: number;
  /** Field positions of the rows of the block: `row * fields + field`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly rowStarts: Int32Array;
  readonly rowEnds: Int32Array;
  readonly lines: Uint32Array;
  /** Index of fields with doubled quotes inside. */
  readonly escaped = new Set<number>();
  rows = 0;
  /** Where the next row begins, and on which line. */
  position = 0;
  line = 1;
  /** Of the last row that `next` found. */
  fieldsFound = 0;
  lastEmpty = false;
  rowStart = 0;
  rowEnd = 0;
  rowLine = 1;
  /** Text after a closing quote. */
  strayQuote = false;
  quotedLines = 0;
  crlf = 0;
  lf = 0;

  constructor(delimiter: number, limits: RowLimits) {
    this.#delimiter = delimiter;
    this.#fields = limits.fields;
    this.starts = new Int32Array((limits.rows + 1) * limits.fields);
    this.ends = new Int32Array((limits.rows + 1) * limits.fields);
    this.rowStarts = new Int32Array(limits.rows + 1);
    this.rowEnds = new Int32Array(limits.rows + 1);
    this.lines = new Uint32Array(limits.rows + 1);
  }

  /** Begins a new block at `position`. */
  reset(position: number): void {
    this.rows = 0;
    this.position = position;
    this.escaped.clear();
  }

  /**
   * Reads one row; a proper one is added to the block. `incomplete` and `open-quote` leave `position` where it was.
   * @param final no bytes follow `end`: a last row without line end is complete
   */
  next(bytes: Uint8Array, end: number, final: boolean): RowKind {
    const delimiter = this.#delimiter;
    const fields = this.#fields;
    const { starts, ends } = this;
    const base = this.rows * fields;
    const rowStart = this.position;
    let pos = rowStart;
    let field = 0;
    let start = pos;
    let quotedEnd = -1;
    let quotedStart = 0;
    let extraLines = 0;
    let stray = false;
    this.rowStart = rowStart;
    this.rowLine = this.line;
    if (pos >= end) return "incomplete";
    if (this.escaped.size > 0) for (let i = 0; i < fields; i++) this.escaped.delete(base + i);
    for (;;) {
      const byte = pos < end ? bytes[pos]! : -1;
      if (byte === QUOTE && pos === start) {
        const closing = closeQuote(bytes, pos + 1, end);
        if (closing < 0) {
          if (!final) return "incomplete";
          return "open-quote";
        }
        quotedStart = pos + 1;
        quotedEnd = closing;
        for (let i = quotedStart; i < closing; i++) {
          if (bytes[i] === LF) extraLines++;
          else if (bytes[i] === QUOTE && field < fields) this.escaped.add(base + field);
        }
        pos = closing + 1;
        continue;
      }
      if (byte !== delimiter && byte !== LF && byte !== -1) {
        pos++;
        continue;
      }
      if (byte === -1 && !final) return "incomplete";
      let fieldEnd = pos;
      if (byte !== delimiter && fieldEnd > rowStart && bytes[fieldEnd - 1] === CR && fieldEnd > start) fieldEnd--;
      if (quotedEnd >= 0) {
        if (fieldEnd !== quotedEnd + 1) stray = true;
        else {
          start = quotedStart;
          fieldEnd = quotedEnd;
        }
        quotedEnd = -1;
      }
      if (field < fields) {
        starts[base + field] = start;
        ends[base + field] = fieldEnd;
      }
      field++;
      this.lastEmpty = start >= fieldEnd;
      pos++;
      if (byte === delimiter) {
        start = pos;
        continue;
      }
      return this.#endRow(bytes, rowStart, pos, byte === LF, field, extraLines, stray);
    }
  }

  #endRow(
    bytes: Uint8Array,
    rowStart: number,
    pos: number,
    newline: boolean,
    field: number,
    extraLines: number,
    stray: boolean,
  ): RowKind {
    let rowEnd = pos - 1;
    if (newline) {
      if (rowEnd > rowStart && bytes[rowEnd - 1] === CR) {
        rowEnd--;
        this.crlf++;
      } else {
        this.lf++;
      }
    } else if (rowEnd > rowStart && bytes[rowEnd - 1] === CR) rowEnd--;
    this.position = newline ? pos : pos - 1;
    this.line += extraLines + 1;
    this.fieldsFound = field;
    this.rowEnd = rowEnd;
    this.strayQuote = stray;
    this.quotedLines = extraLines;
    if (isBlank(bytes, rowStart, rowEnd) && (this.#fields > 1 || rowEnd === rowStart)) return "blank";
    if (field !== this.#fields || stray) return "ragged";
    return "row";
  }

  /** Adds the row that `next` just found to the block. */
  keep(): void {
    this.rowStarts[this.rows] = this.rowStart;
    this.rowEnds[this.rows] = this.rowEnd;
    this.lines[this.rows] = this.rowLine;
    this.rows++;
  }

  /** Leaves the rest of this line out, taking quotes as plain characters: after a quote that is never closed. */
  skipLine(bytes: Uint8Array, end: number): void {
    let pos = bytes.indexOf(LF, this.rowStart);
    if (pos === -1 || pos >= end) pos = end;
    this.rowEnd = pos > this.rowStart && bytes[pos - 1] === CR ? pos - 1 : pos;
    this.position = Math.min(end, pos + 1);
    this.line = this.rowLine + 1;
    this.lf++;
  }
}

/** Position of the closing quote, skipping doubled ones; -1 where there is none before `end`. */
function closeQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (i + 1 < end && bytes[i + 1] === QUOTE) i++;
    else return i;
  }
  return -1;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 32 && bytes[i] !== 9 && bytes[i] !== CR) return false;
  return true;
}
