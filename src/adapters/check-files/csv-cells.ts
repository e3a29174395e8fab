import { type Form, form, readCell } from "../../core/data-quality/cell-form.ts";
import type { CheckColumn } from "../../core/data-quality/check-block.ts";
import { noCode, TextDictionary } from "../../core/data-quality/text-dictionary.ts";
import { type Hash, hashBytes } from "../../core/data-quality/text-hash.ts";
import type { CsvRows } from "./csv-rows.ts";

const powers = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** One column of a CSV file: turns the bytes of its fields into forms, numbers and codes. Memory is reused. */
export class CsvColumn implements CheckColumn {
  readonly name: string;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array;
  readonly codes: Uint32Array;
  readonly dictionary = new TextDictionary();
  uniform: Form | null = null;
  hashes: Uint32Array | null = null;
  readonly #index: number;
  readonly #fields: number;
  readonly #hash: Hash = { lo: 0, hi: 0 };
  #bytes: Buffer = Buffer.alloc(0);
  #rows: CsvRows | null = null;
  #codesClean = true;

  constructor(name: string, index: number, fields: number, capacity: number) {
    this.name = name;
    this.#index = index;
    this.#fields = fields;
    this.forms = new Uint8Array(capacity);
    this.numbers = new Float64Array(capacity);
    this.codes = new Uint32Array(capacity).fill(noCode);
  }

  read(bytes: Buffer, rows: CsvRows): void {
    this.#bytes = bytes;
    this.#rows = rows;
    const { starts, ends } = rows;
    if (!this.#codesClean) this.codes.fill(noCode);
    this.#codesClean = true;
    if (this.hashes !== null) this.hashes.fill(0);
    let same = true;
    let at = this.#index;
    const first = rows.rows > 0 ? this.#cell(bytes, starts[at]!, ends[at]!, 0, rows, at) : form.empty;
    this.forms[0] = first;
    for (let row = 1; row < rows.rows; row++) {
      at += this.#fields;
      const one = this.#cell(bytes, starts[at]!, ends[at]!, row, rows, at);
      this.forms[row] = one;
      if (one !== first) same = false;
    }
    this.uniform = same ? first : null;
  }

  #cell(bytes: Buffer, start: number, end: number, row: number, rows: CsvRows, at: number): Form {
    if (start >= end) {
      this.numbers[row] = Number.NaN;
      return form.empty;
    }
    const first = bytes[start]!;
    if (first <= 57 && first >= 43) {
      const one = this.#number(bytes, start, end, row);
      if (one !== form.empty) return one;
    }
    return this.#text(bytes, start, end, row, rows, at);
  }

  /** Plain numbers and ISO times, straight from the bytes; `form.empty` where it is neither. */
  #number(bytes: Buffer, start: number, end: number, row: number): Form {
    let pos = start;
    const sign = bytes[pos]!;
    if (sign === 45 || sign === 43) pos++;
    let mantissa = 0;
    let digits = 0;
    let decimals = 0;
    const whole = pos;
    let byte = 0;
    for (; pos < end; pos++) {
      byte = bytes[pos]!;
      if (byte < 48 || byte > 57) break;
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
    }
    const wholeDigits = digits;
    if (pos < end && byte === 46) {
      for (pos++; pos < end; pos++) {
        byte = bytes[pos]!;
        if (byte < 48 || byte > 57) break;
        mantissa = mantissa * 10 + (byte - 48);
        digits++;
        decimals++;
      }
    }
    if (pos < end)
      return byte === 45 && wholeDigits === 4 && pos === start + 4 ? this.#isoTime(bytes, start, end, row) : form.empty;
    if (digits === 0 || digits > 15) return form.empty;
    if (wholeDigits === digits && bytes[end - 1] !== 46) {
      this.numbers[row] = sign === 45 ? -mantissa : mantissa;
      return digits > 1 && bytes[whole] === 48 ? form.leadingZero : form.integer;
    }
    const value = mantissa / powers[decimals]!;
    this.numbers[row] = sign === 45 ? -value : value;
    return form.decimal;
  }

  /** `2026-11-23`, `2026-11-23 08:00:00`, the same with T, and with Z; anything else is left to the slow way. */
  #isoTime(bytes: Buffer, start: number, end: number, row: number): Form {
    const length = end - start;
    if ((length !== 10 && length !== 19 && length !== 20) || bytes[start + 7] !== 45) return form.empty;
    const two = (at: number): number => (bytes[start + at]! - 48) * 10 + bytes[start + at + 1]! - 48;
    const year = two(0) * 100 + two(2);
    const [month, day] = [two(5), two(8)];
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28)) return form.empty;
    let time = Date.UTC(year, month - 1, day);
    if (length === 10) {
      this.numbers[row] = time;
      return form.isoDate;
    }
    const separator = bytes[start + 10]!;
    if ((separator !== 32 && separator !== 84) || bytes[start + 13] !== 58 || bytes[start + 16] !== 58)
      return form.empty;
    const [hour, minute, second] = [two(11), two(14), two(17)];
    if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return form.empty;
    if (length === 20 && bytes[end - 1] !== 90) return form.empty;
    time += hour * 3_600_000 + minute * 60_000 + second * 1000;
    this.numbers[row] = time;
    return length === 20 ? form.isoZoned : form.isoDateTime;
  }

  #text(bytes: Buffer, start: number, end: number, row: number, rows: CsvRows, at: number): Form {
    const hash = this.#hash;
    hashBytes(bytes, start, end, hash);
    let code = this.dictionary.find(hash.lo, hash.hi);
    if (code === -1) {
      const text = decode(bytes, start, end, rows.escaped.has(at));
      code = this.dictionary.add(hash.lo, hash.hi, text);
      if (code === noCode) return this.#loose(text, row, hash.lo);
    }
    this.codes[row] = code;
    this.#codesClean = false;
    this.numbers[row] = this.dictionary.values[code]!;
    return this.dictionary.forms[code]!;
  }

  /** A text that the dictionary did not take in. */
  #loose(text: string, row: number, low: number): Form {
    this.hashes ??= new Uint32Array(this.forms.length);
    this.hashes[row] = low;
    const cell = readCell(text);
    this.numbers[row] = cell.value;
    return cell.form;
  }

  text(row: number): string {
    const rows = this.#rows!;
    const at = row * this.#fields + this.#index;
    return decode(this.#bytes, rows.starts[at]!, rows.ends[at]!, rows.escaped.has(at));
  }
}

function decode(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  const text = bytes.toString("utf8", start, end);
  return escaped ? text.replaceAll('""', '"') : text;
}
