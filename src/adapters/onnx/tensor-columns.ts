import type { ModelSpec } from "../../app/ports/model-runtime.ts";
import { Failure } from "../../core/failures.ts";
import { CategoryTexts } from "../../core/serving/category-text.ts";
import type { CategoryColumn, Column, Table } from "../../core/tables/table.ts";
import type { ElementType, InputPlan } from "./input-plan.ts";

/** Values of one input for some rows, row-major, in the array type that the runtime takes. */
export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | string[];

/** Rows of a width, the last one repeated until there are `rows`: a model of fixed size takes no fewer. */
export function filledUp<T extends TensorData>(data: T, rows: number, width: number): T;
export function filledUp(data: TensorData, rows: number, width: number): TensorData {
  const length = rows * width;
  if (data.length === length || data.length === 0) return data;
  if (Array.isArray(data)) {
    const last = data.slice(-width);
    return Array.from({ length }, (_, i) => data[i] ?? last[i % width]!);
  }
  const full = new (data.constructor as Float32ArrayConstructor)(length);
  full.set(data as Float32Array);
  for (let at = data.length; at < length; at += width) full.copyWithin(at, data.length - width, data.length);
  return full;
}

/**
 * Fills inputs from tables. What depends on a dictionary alone (codes, numbers in text) is worked out once per
 * dictionary, not per row.
 */
export class TensorFiller {
  readonly #spec: ModelSpec;
  readonly #texts: CategoryTexts;
  readonly #codes = new WeakMap<readonly string[], Map<string, Float64Array>>();

  constructor(spec: ModelSpec, categories: readonly string[]) {
    this.#spec = spec;
    this.#texts = new CategoryTexts(categories);
  }

  /** Rows `start` to `end` of the input's columns. */
  fill(plan: InputPlan, table: Table, start: number, end: number): TensorData {
    const width = plan.columns.length;
    const rows = end - start;
    if (plan.type === "string") {
      const texts = Array.from<string>({ length: rows * width });
      for (const [at, name] of plan.columns.entries())
        this.#fillTexts(texts, at, width, columnOf(table, name), start, end);
      return texts;
    }
    const data = allocate(plan.type, rows * width);
    for (const [at, name] of plan.columns.entries()) {
      this.#fillNumbers(data, at, width, columnOf(table, name), start, end, table.firstRow);
    }
    return data;
  }

  #fillNumbers(
    data: Exclude<TensorData, string[]>,
    at: number,
    width: number,
    column: Column,
    start: number,
    end: number,
    firstRow: number,
  ): void {
    const missing = this.#missingNumber(column.name);
    const nulls = column.nulls;
    if (column.kind === "category") {
      const numbers = this.#numbersOf(column);
      for (let row = start, out = at; row < end; row++, out += width) {
        const value = nulls?.[row] === 1 ? missing : numbers[column.codes[row]!]!;
        if (data instanceof Float32Array || data instanceof Float64Array) data[out] = value;
        else this.#setInteger(data, out, value, column.name, firstRow + row);
      }
      return;
    }
    const values = column.values;
    for (let row = start, out = at; row < end; row++, out += width) {
      const value = nulls?.[row] === 1 ? missing : values[row]!;
      if (data instanceof Float32Array || data instanceof Float64Array) data[out] = value;
      else this.#setInteger(data, out, value, column.name, firstRow + row);
    }
  }

  #setInteger(
    data: Exclude<TensorData, string[] | Float32Array | Float64Array>,
    out: number,
    value: number,
    name: string,
    row: number,
  ): void {
    if (!Number.isInteger(value)) {
      const what = Number.isNaN(value) ? "a missing value" : String(value);
      throw new Failure("MODEL", {
        where: this.#spec.path,
        message: `the model wants whole numbers for "${name}", and row ${row + 1} holds ${what}`,
        mend: [
          Number.isNaN(value)
            ? `say what stands for a missing value: missing: { ${name}: 0 }`
            : `\`features\` may be in another order than in training, or name the wrong column`,
        ],
      });
    }
    const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
    if (isWide) data[out] = BigInt(value);
    else data[out] = value;
    // An array takes the low bits of what is too large for it, without a word.
    if (Number(data[out]) === value) return;
    throw new Failure("MODEL", {
      where: this.#spec.path,
      message: `the model's whole numbers for "${name}" do not reach to ${value}, which row ${row + 1} holds`,
      mend: ["`features` may be in another order than in training, or name the wrong column"],
    });
  }

  #fillTexts(texts: string[], at: number, width: number, column: Column, start: number, end: number): void {
    const missing = this.#missingText(column.name);
    const encode = this.#spec.encode?.[column.name];
    const spelling = encode === undefined ? this.#texts : plainTexts;
    for (let row = start, out = at; row < end; row++, out += width) {
      const value = column.nulls?.[row] === 1 ? missing : textAt(column, row, spelling);
      texts[out] = encode === undefined ? value : String(encode[value] ?? missing);
    }
  }

  /** Number of each dictionary text: its code, or the number that it spells. An unknown category is missing. */
  #numbersOf(column: CategoryColumn): Float64Array {
    const texts = column.dictionary.texts;
    const known = this.#codes.get(texts)?.get(column.name);
    if (known !== undefined) return known;
    const encode = this.#spec.encode?.[column.name];
    const missing = this.#missingNumber(column.name);
    const numbers = Float64Array.from(texts, (text) => {
      if (encode !== undefined) return Object.hasOwn(encode, text) ? encode[text]! : missing;
      const number = text.trim() === "" ? Number.NaN : Number(text);
      if (!Number.isNaN(number) || text.toLowerCase() === "nan") return number;
      throw new Failure("MODEL", {
        where: this.#spec.path,
        message: `the model wants a number for "${column.name}", and the column holds '${text.slice(0, 60)}'`,
        mend: [`say which number stands for which value: encode: { ${column.name}: { ${text.slice(0, 60)}: 0 } }`],
      });
    });
    const byName = this.#codes.get(texts) ?? new Map<string, Float64Array>();
    byName.set(column.name, numbers);
    this.#codes.set(texts, byName);
    return numbers;
  }

  #missingOf(name: string): number | string | undefined {
    const { missing } = this.#spec;
    if (typeof missing !== "object") return missing;
    return Object.hasOwn(missing, name) ? missing[name] : undefined;
  }

  #missingNumber(name: string): number {
    const missing = this.#missingOf(name);
    return typeof missing === "number" ? missing : Number.NaN;
  }

  #missingText(name: string): string {
    const missing = this.#missingOf(name);
    return missing === undefined ? "" : String(missing);
  }
}

/** What codes are given for is spelled as in the policy. */
const plainTexts = new CategoryTexts([]);

function textAt(column: Column, row: number, texts: CategoryTexts): string {
  if (column.kind === "category") return column.dictionary.texts[column.codes[row]!] ?? "";
  const value = column.values[row]!;
  if (column.kind === "boolean") return texts.ofBoolean(value === 1);
  return column.kind === "time" ? texts.ofTime(value) : texts.ofNumber(value);
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column !== undefined) return column;
  throw new Failure("COLUMN_MISSING", {
    where: "",
    message: `the model needs the column "${name}", which was not read`,
  });
}

function allocate(type: Exclude<ElementType, "string">, length: number): Exclude<TensorData, string[]> {
  switch (type) {
    case "float16":
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "uint64":
      return new BigUint64Array(length);
    case "uint32":
      return new Uint32Array(length);
    case "uint16":
      return new Uint16Array(length);
    case "int32":
      return new Int32Array(length);
    case "int16":
      return new Int16Array(length);
    case "int8":
      return new Int8Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
  }
}
