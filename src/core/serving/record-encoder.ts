import { type CategoryCodes, categoryCodes } from "./category-codes.ts";
import { CategoryTexts } from "./category-text.ts";
import { columnOfInput, exportedName } from "./column-alias.ts";
import { type FeatureRecord, RequestFailure } from "./feature-record.ts";
import { describe, valueOf } from "./describe-value.ts";
import { openSizes } from "./open-sizes.ts";
import { allocate, type Datatype, type NumberArray, type Tensor } from "./tensor.ts";

/** One input tensor and the columns that fill it. */
export interface InputColumns {
  readonly input: string;
  readonly datatype: Datatype;
  /** Sizes after the first, -1 where it is open; [] gives a tensor of shape [rows]. */
  readonly tail: readonly number[];
  /** Columns in order; null: the record holds the whole row of the tensor under the input's own name. */
  readonly columns: readonly string[] | null;
}

export interface EncoderRules {
  /** Category to number, per column. */
  readonly encode?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What a null becomes, per column or for all; default NaN for decimal numbers, "" for texts. */
  readonly missing?: number | string | Readonly<Record<string, number | string>>;
  /** Texts that the model compares with, as it spells them. */
  readonly categories?: readonly string[];
}

/**
 * Turns records into input tensors. A column that a record lacks is the client's mistake unless `missing` names a
 * value for it; a null is a missing value.
 */
export class RecordEncoder {
  readonly #inputs: readonly InputColumns[];
  readonly #rules: EncoderRules;
  readonly #codes: ReadonlyMap<string, CategoryCodes>;
  readonly #texts: CategoryTexts;

  constructor(inputs: readonly InputColumns[], rules: EncoderRules) {
    this.#inputs = inputs;
    this.#rules = rules;
    this.#codes = categoryCodes(rules.encode);
    this.#texts = new CategoryTexts(rules.categories ?? []);
  }

  /** @throws RequestFailure naming the record (from 1) and the column */
  encode(records: readonly FeatureRecord[]): Tensor[] {
    return this.#inputs.map((input) => this.#tensor(input, records));
  }

  #tensor(input: InputColumns, records: readonly FeatureRecord[]): Tensor {
    const tail = input.columns === null ? openSizes(input, records) : input.tail;
    const width = tail.reduce((product, size) => product * size, 1);
    const shape = [records.length, ...tail];
    const columns = input.columns ?? [input.input];
    if (input.datatype === "BYTES") {
      const texts: string[] = [];
      for (const [row, record] of records.entries()) {
        if (input.columns === null && input.tail.length > 0)
          texts.push(...this.#whole(input, record, row, width).map(String));
        else for (const column of columns) texts.push(this.#text(column, record, row));
      }
      return { name: input.input, datatype: "BYTES", shape, data: texts };
    }
    const data = allocate(input.datatype, records.length * width);
    const hasCodes = this.#codes.size > 0;
    const isFloat = data instanceof Float32Array || data instanceof Float64Array;
    let at = 0;
    for (const [row, record] of records.entries()) {
      if (input.columns === null && input.tail.length > 0) {
        for (const value of this.#whole(input, record, row, width)) {
          this.#put(data, at++, this.#number(input.input, value, row), input, input.input, row);
        }
        continue;
      }
      for (const column of columns) {
        const value = columnValue(record, column);
        // The common case first: a number into a float tensor.
        if (typeof value === "number" && isFloat && !(hasCodes && this.#codes.has(column))) {
          data[at++] = value;
        } else {
          this.#put(data, at++, this.#number(column, value, row), input, column, row);
        }
      }
    }
    return { name: input.input, datatype: input.datatype, shape, data };
  }

  #whole(input: InputColumns, record: FeatureRecord, row: number, width: number): readonly unknown[] {
    const value = valueOf(record, input.input);
    const flat: readonly unknown[] | null = Array.isArray(value) ? (value.flat(8) as unknown[]) : null;
    if (flat?.length === width) return flat;
    const got = flat === null ? describe(value) : `${flat.length}`;
    throw new RequestFailure(
      `record ${row + 1}: "${input.input}" takes a list of ${width} values and got ${got}; nothing says which columns ` +
        "they are (give the model `features`, in the policy or in a file of the same name beside it ending in .yaml)",
    );
  }

  #number(column: string, value: unknown, row: number): number | bigint {
    const codes = this.#codes.get(column);
    if (codes !== undefined && isCategory(value)) return codes.codeOf(value) ?? this.#missingNumber(column);
    if (typeof value === "number" || typeof value === "bigint") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (value === null) return this.#missingNumber(column);
    if (value === undefined) {
      if (this.#hasMissing(column)) return this.#missingNumber(column);
      throw new RequestFailure(`record ${row + 1} lacks the column "${column}"`);
    }
    if (typeof value === "string") {
      if (value.toLowerCase() === "nan") return Number.NaN;
      const number = value.trim() === "" ? Number.NaN : Number(value);
      if (!Number.isNaN(number)) return Number.isSafeInteger(number) || !/^-?\d+$/.test(value) ? number : BigInt(value);
    }
    throw new RequestFailure(`record ${row + 1}: "${column}" takes a number and got ${describe(value)}`);
  }

  #put(data: NumberArray, at: number, value: number | bigint, input: InputColumns, column: string, row: number): void {
    if (data instanceof Float32Array || data instanceof Float64Array) {
      data[at] = Number(value);
      return;
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
      const what = Number.isNaN(value) ? "a missing value" : String(value);
      throw new RequestFailure(`record ${row + 1}: "${column}" takes a whole number and got ${what}`);
    }
    if (!fits(value, input.datatype)) {
      throw new RequestFailure(`record ${row + 1}: ${value} does not fit "${column}" (${input.datatype})`);
    }
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[at] = BigInt(value);
    else data[at] = Number(value);
  }

  #text(column: string, record: FeatureRecord, row: number): string {
    const value = columnValue(record, column);
    if (typeof value === "string") return this.#texts.ofText(value);
    if (value === undefined && !this.#hasMissing(column)) {
      throw new RequestFailure(`record ${row + 1} lacks the column "${column}"`);
    }
    if (value === null || value === undefined) return String(this.#missingOf(column) ?? "");
    if (typeof value === "boolean") return this.#texts.ofBoolean(value);
    if (typeof value === "number" || typeof value === "bigint") return this.#texts.ofNumber(value);
    throw new RequestFailure(`record ${row + 1}: "${column}" takes a text and got ${describe(value)}`);
  }

  #hasMissing(column: string): boolean {
    return this.#missingOf(column) !== undefined;
  }

  #missingOf(column: string): number | string | undefined {
    const { missing } = this.#rules;
    if (typeof missing !== "object") return missing;
    return Object.hasOwn(missing, column) ? missing[column] : undefined;
  }

  #missingNumber(column: string): number {
    const missing = this.#missingOf(column);
    return typeof missing === "number" ? missing : Number.NaN;
  }
}

/** The value of a column, which the record may hold under the name that it had before the model was exported. */
function columnValue(record: FeatureRecord, column: string): unknown {
  const value = valueOf(record, column);
  if (value !== undefined) return value;
  const alias = columnOfInput(column, renamedKeys(record));
  return alias === undefined ? undefined : valueOf(record, alias);
}

const renamed = new WeakMap<FeatureRecord, readonly string[]>();

/** Names in a record that an exporter would change: looked for once a record, since most have none. */
function renamedKeys(record: FeatureRecord): readonly string[] {
  let keys = renamed.get(record);
  if (keys === undefined) {
    keys = Object.keys(record).filter((key) => exportedName(key) !== key);
    renamed.set(record, keys);
  }
  return keys;
}

function isCategory(value: unknown): value is string | number | bigint | boolean {
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "bigint" || (type === "number" && value === value);
}

const ranges: Readonly<Partial<Record<Datatype, readonly [bigint, bigint]>>> = {
  BOOL: [0n, 1n],
  UINT8: [0n, 255n],
  UINT16: [0n, 65535n],
  UINT32: [0n, 4294967295n],
  UINT64: [0n, 18446744073709551615n],
  INT8: [-128n, 127n],
  INT16: [-32768n, 32767n],
  INT32: [-2147483648n, 2147483647n],
  INT64: [-9223372036854775808n, 9223372036854775807n],
};

/** True where a whole number can be held by the type; always for the decimal ones. */
export function fits(value: number | bigint, datatype: Datatype): boolean {
  const range = ranges[datatype];
  return range === undefined || (value >= range[0] && value <= range[1]);
}
