import { type Form, form, formCount } from "../../core/data-quality/cell-form.ts";
import type { CheckColumn } from "../../core/data-quality/check-block.ts";
import { noCode, TextDictionary } from "../../core/data-quality/text-dictionary.ts";
import { hashText } from "../../core/data-quality/text-hash.ts";
import { ValueColumn } from "./json-cells.ts";

/** How a column comes out of the engine. */
export type ParquetKind = "integer" | "decimal" | "boolean" | "date" | "time" | "zoned" | "coded" | "text";

export interface ParquetPlan {
  readonly name: string;
  readonly type: string;
  readonly kind: ParquetKind;
  readonly sql: string;
  /** Bytes of one value in the vector; 0 for texts, which come as values. */
  readonly bytes: number;
  /** `coded`: texts by code. */
  readonly texts: readonly string[];
}

/** A column that fills from the engine's vectors. */
export interface ParquetColumn {
  readonly column: CheckColumn;
  copy(data: Uint8Array, validity: Uint8Array | null, rows: number, at: number): void;
  values(values: readonly unknown[], at: number): void;
  begin(): void;
  end(rows: number): void;
}

export function parquetColumn(plan: ParquetPlan, capacity: number): ParquetColumn {
  return plan.kind === "text" ? new TextParquetColumn(plan, capacity) : new TypedParquetColumn(plan, capacity);
}

const formOfKind: Readonly<Record<ParquetKind, Form>> = {
  integer: form.integer,
  decimal: form.decimal,
  boolean: form.boolean,
  date: form.isoDate,
  time: form.isoDateTime,
  zoned: form.isoZoned,
  coded: form.text,
  text: form.text,
};

class TypedParquetColumn implements ParquetColumn, CheckColumn {
  readonly name: string;
  readonly forms: Uint8Array;
  readonly numbers: Float64Array;
  readonly codes: Uint32Array;
  readonly dictionary = new TextDictionary((text) => ({
    form: text.trim() === "" ? form.nullWord : form.text,
    value: Number.NaN,
  }));
  readonly hashes = null;
  uniform: Form | null = null;
  readonly #kind: ParquetKind;
  readonly #plain: Form;
  readonly #bytes: number;
  readonly #forms = new Uint8Array(formCount);

  constructor(plan: ParquetPlan, capacity: number) {
    this.name = plan.name;
    this.#kind = plan.kind;
    this.#plain = formOfKind[plan.kind];
    this.#bytes = plan.bytes;
    this.forms = new Uint8Array(capacity);
    this.numbers = new Float64Array(capacity).fill(Number.NaN);
    this.codes = new Uint32Array(capacity).fill(noCode);
    const hash = { lo: 0, hi: 0 };
    for (const text of plan.texts) {
      hashText(text, hash);
      this.dictionary.add(hash.lo, hash.hi, text);
    }
  }

  get column(): CheckColumn {
    return this;
  }

  begin(): void {
    this.#forms.fill(0);
  }

  copy(data: Uint8Array, validity: Uint8Array | null, rows: number, at: number): void {
    if (this.#kind === "coded") return this.#copyCodes(data, validity, rows, at);
    const values = this.#kind === "boolean" ? data : new Float64Array(data.buffer, data.byteOffset, rows);
    this.numbers.set(rows === values.length ? values : values.subarray(0, rows), at);
    const plain = this.#plain;
    let odd = false;
    if (this.#kind === "decimal") {
      const { numbers } = this;
      for (let row = at; row < at + rows && !odd; row++) if (numbers[row]! - numbers[row]! !== 0) odd = true;
    }
    if (validity === null && !odd) {
      this.forms.fill(plain, at, at + rows);
      this.#forms[plain] = 1;
      return;
    }
    for (let row = 0; row < rows; row++) this.#mixed(row, at, validity);
  }

  #mixed(row: number, at: number, validity: Uint8Array | null): void {
    const value = this.numbers[at + row]!;
    let one = this.#plain;
    if (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0) {
      one = form.empty;
      this.numbers[at + row] = Number.NaN;
    } else if (value !== value) one = form.notANumber;
    else if (value === Infinity || value === -Infinity) one = form.infinite;
    this.forms[at + row] = one;
    this.#forms[one] = 1;
  }

  #copyCodes(data: Uint8Array, validity: Uint8Array | null, rows: number, at: number): void {
    const codes =
      this.#bytes === 1
        ? data
        : this.#bytes === 2
          ? new Uint16Array(data.buffer, data.byteOffset, rows)
          : new Uint32Array(data.buffer, data.byteOffset, rows);
    const { forms } = this.dictionary;
    for (let row = 0; row < rows; row++) {
      if (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0) {
        this.codes[at + row] = noCode;
        this.forms[at + row] = form.empty;
        this.#forms[form.empty] = 1;
        continue;
      }
      const code = codes[row]!;
      const one = forms[code]!;
      this.codes[at + row] = code;
      this.forms[at + row] = one;
      this.#forms[one] = 1;
    }
  }

  values(): void {}

  end(): void {
    const present = this.#forms.indexOf(1);
    this.uniform = present !== -1 && this.#forms.lastIndexOf(1) === present ? (present as Form) : null;
  }

  text(row: number): string {
    const one = this.forms[row]!;
    if (one === form.empty) return "";
    const code = this.codes[row]!;
    if (code !== noCode) return this.dictionary.texts[code]!;
    const value = this.numbers[row]!;
    if (this.#kind === "boolean") return value === 1 ? "true" : "false";
    if (this.#kind === "date" || this.#kind === "time" || this.#kind === "zoned") return timeText(value, this.#kind);
    return String(value);
  }
}

function timeText(value: number, kind: ParquetKind): string {
  if (!(Math.abs(value) < 8.64e15)) return String(value);
  const text = new Date(value).toISOString();
  if (kind === "date") return text.slice(0, 10);
  return kind === "zoned" ? text : text.replace("T", " ").replace(/(\.000)?Z$/, "");
}

/** Texts with more distinct values than a dictionary takes, 64-bit integers beyond 2^53, nested values. */
class TextParquetColumn implements ParquetColumn {
  readonly column: ValueColumn;
  readonly #long: boolean;

  constructor(plan: ParquetPlan, capacity: number) {
    this.column = new ValueColumn(plan.name, capacity);
    this.#long = /INT/.test(plan.type);
  }

  begin(): void {
    this.column.clear();
  }

  copy(): void {}

  values(values: readonly unknown[], at: number): void {
    values.forEach((value, row) => {
      if (this.#long && typeof value === "string")
        this.column.set(at + row, Number(value), Number.isSafeInteger(Number(value)) ? null : value);
      else this.column.set(at + row, value, null);
    });
  }

  end(): void {}
}
