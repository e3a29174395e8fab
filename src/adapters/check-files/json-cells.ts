import { type Form, form, readTypedText } from "../../core/data-quality/cell-form.ts";
import type { CheckColumn } from "../../core/data-quality/check-block.ts";
import { noCode, TextDictionary } from "../../core/data-quality/text-dictionary.ts";
import { type Hash, hashText } from "../../core/data-quality/text-hash.ts";

/** One column of values that already have types (JSON, Parquet): strings stay texts, numbers numbers. */
export class ValueColumn implements CheckColumn {
  readonly name: string;
  forms: Uint8Array;
  numbers: Float64Array;
  codes: Uint32Array;
  readonly dictionary = new TextDictionary(readTypedText);
  uniform: Form | null = null;
  hashes: Uint32Array | null = null;
  readonly #hash: Hash = { lo: 0, hi: 0 };
  readonly #texts: string[] = [];
  readonly #values: unknown[] = [];

  constructor(name: string, capacity: number) {
    this.name = name;
    this.forms = new Uint8Array(capacity);
    this.numbers = new Float64Array(capacity).fill(Number.NaN);
    this.codes = new Uint32Array(capacity).fill(noCode);
  }

  /** Forgets the cells of the block before. */
  clear(): void {
    this.forms.fill(form.empty);
    this.numbers.fill(Number.NaN);
    this.codes.fill(noCode);
    this.hashes?.fill(0);
    this.uniform = null;
    this.#texts.length = 0;
    this.#values.length = 0;
  }

  /** @param exact the digits as written, where a number is too long for a double */
  set(row: number, value: unknown, exact: string | null): void {
    this.#values[row] = value;
    if (value === null || value === undefined) return;
    if (typeof value === "number") this.#setNumber(row, value, exact);
    else if (typeof value === "string") this.#setText(row, value);
    else if (typeof value === "boolean") {
      this.forms[row] = form.boolean;
      this.numbers[row] = Number(value);
    } else {
      this.forms[row] = form.nested;
      this.#texts[row] = nestedText(value);
      hashText(this.#texts[row], this.#hash);
      this.hashes ??= new Uint32Array(this.forms.length);
      this.hashes[row] = this.#hash.lo;
    }
  }

  #setNumber(row: number, value: number, exact: string | null): void {
    this.numbers[row] = value;
    if (Number.isInteger(value)) this.forms[row] = Number.isSafeInteger(value) ? form.integer : form.bigInteger;
    else if (value === value) this.forms[row] = Number.isFinite(value) ? form.decimal : form.infinite;
    else this.forms[row] = form.notANumber;
    if (exact === null) return;
    // Kept apart by its digits: as a double it may equal its neighbour.
    this.#texts[row] = exact;
    this.numbers[row] = value;
    hashText(exact, this.#hash);
    const known = this.dictionary.find(this.#hash.lo, this.#hash.hi);
    this.codes[row] = known === -1 ? this.dictionary.add(this.#hash.lo, this.#hash.hi, exact) : known;
  }

  #setText(row: number, text: string): void {
    hashText(text, this.#hash);
    let code = this.dictionary.find(this.#hash.lo, this.#hash.hi);
    if (code === -1) code = this.dictionary.add(this.#hash.lo, this.#hash.hi, text);
    this.codes[row] = code;
    if (code === noCode) {
      this.hashes ??= new Uint32Array(this.forms.length);
      this.hashes[row] = this.#hash.lo;
      const cell = readTypedText(text);
      this.forms[row] = cell.form;
      this.numbers[row] = cell.value;
      return;
    }
    this.forms[row] = this.dictionary.forms[code]!;
    this.numbers[row] = this.dictionary.values[code]!;
  }

  text(row: number): string {
    const own = this.#texts[row];
    if (own !== undefined) return own;
    const value = this.#values[row];
    return value === null || value === undefined ? "" : String(value);
  }
}

/** A nested value in one line, cut; depth is bounded because serialising recurses. */
function nestedText(value: unknown): string {
  const text = JSON.stringify(prune(value, 6));
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}

function prune(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.slice(0, 50).map((entry) => prune(entry, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([key, entry]) => [key, prune(entry, depth - 1)]),
  );
}
