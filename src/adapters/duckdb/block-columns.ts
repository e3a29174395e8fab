import { bigMemory } from "../../core/tables/big-memory.ts";
import type { Column } from "../../core/tables/table.ts";
import { nullCode } from "../../core/tables/table.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { KeyCodes } from "./unit-codes.ts";

const bytesOf = { f64: 8, f32: 4, i32: 4, u8: 1, u16: 2, u32: 4, u64: 8 } as const;

type Values = Float64Array | Float32Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** Collects one column of one block from the engine's vectors. */
export class BlockColumn {
  readonly bytes: number;
  readonly #plan: ColumnPlan;
  readonly #rows: number;
  #values: Values;
  #bytes: Uint8Array;
  #nulls: Uint8Array | undefined;
  #spareNulls: Uint8Array | undefined;

  constructor(plan: ColumnPlan, rows: number) {
    this.#plan = plan;
    this.#rows = rows;
    this.bytes = bytesOf[plan.wire];
    this.#values = allocate(plan, rows);
    this.#bytes = new Uint8Array(this.#values.buffer);
  }

  /**
   * Copies `count` values from row `start` of a vector to row `at` of the block. `validity` is the vector's bit mask
   * from its first row, null where nothing is null; what lies under a null is not a value and is overwritten.
   */
  copy(data: Uint8Array, validity: Uint8Array | null, start: number, count: number, at: number): void {
    const from = start * this.bytes;
    const slice = data.subarray(from, from + count * this.bytes);
    if (this.#plan.keys !== undefined) this.#findCodes(this.#plan.keys, slice, validity, start, count, at);
    else if (this.#plan.narrow) {
      this.#values.set(new Float64Array(slice.buffer, slice.byteOffset, count), at);
    } else if (this.#values instanceof Float64Array && this.#plan.wire === "i32") {
      this.#values.set(new Int32Array(slice.buffer, slice.byteOffset, count), at);
    } else {
      this.#bytes.set(slice, at * this.bytes);
    }
    if (validity !== null) this.#markNulls(validity, start, count, at);
  }

  /** Begins a block in the memory of the last one. */
  reset(): void {
    this.#spareNulls = this.#nulls ?? this.#spareNulls;
    this.#nulls = undefined;
  }

  /** The column of the finished block of `rows` rows. */
  finish(rows: number): Column {
    const { name, kind, integer, texts } = this.#plan;
    const values = rows === this.#rows ? this.#values : this.#values.slice(0, rows);
    const nulls = this.#nulls === undefined || rows === this.#rows ? this.#nulls : this.#nulls.slice(0, rows);
    const base = nulls === undefined ? { name } : { name, nulls };
    if (kind === "category") {
      if (!(values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array))
        return impossible();
      return { ...base, kind, codes: values, dictionary: { texts: texts ?? [] } };
    }
    if (kind === "boolean") return values instanceof Uint8Array ? { ...base, kind, values } : impossible();
    if (kind === "time") return values instanceof Float64Array ? { ...base, kind, values } : impossible();
    if (values instanceof Uint16Array || values instanceof Uint32Array) return impossible();
    return integer ? { ...base, kind, values, integer } : { ...base, kind, values };
  }

  #findCodes(
    keys: KeyCodes,
    slice: Uint8Array,
    validity: Uint8Array | null,
    start: number,
    count: number,
    at: number,
  ): void {
    const words = new Uint32Array(slice.buffer, slice.byteOffset, count * 2);
    for (let i = 0; i < count; i++) {
      const row = start + i;
      // The hash of a null is no text: it must not take a code.
      if (validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) continue;
      this.#values[at + i] = keys.code(words[2 * i]!, words[2 * i + 1]!);
    }
  }

  #markNulls(validity: Uint8Array, start: number, count: number, at: number): void {
    let nulls = this.#nulls;
    for (let i = 0; i < count; i++) {
      const row = start + i;
      if ((validity[row >> 3]! >> (row & 7)) & 1) continue;
      if (nulls === undefined) {
        nulls = this.#spareNulls?.fill(0) ?? new Uint8Array(this.#rows);
        this.#nulls = nulls;
        this.#widen();
      }
      nulls[at + i] = 1;
      this.#values[at + i] = this.#nullValue();
    }
  }

  /** Int32 has no NaN: a block that holds a null becomes float64. */
  #widen(): void {
    if (!(this.#values instanceof Int32Array)) return;
    this.#values = Float64Array.from(this.#values);
    this.#bytes = new Uint8Array(this.#values.buffer);
  }

  #nullValue(): number {
    const values = this.#values;
    return values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array
      ? nullCode(values)
      : Number.NaN;
  }
}

function allocate({ wire, narrow, texts }: ColumnPlan, rows: number): Values {
  if (narrow || wire === "f32") return new Float32Array(rows);
  if (wire === "f64") return new Float64Array(bigMemory(rows * 8));
  if (wire === "i32") return new Int32Array(rows);
  if (wire === "u8") return new Uint8Array(rows);
  const few = wire === "u16" || (wire === "u64" && (texts?.length ?? 0) <= 0xffff);
  return few ? new Uint16Array(rows) : new Uint32Array(rows);
}

function impossible(): never {
  throw new TypeError("a column's array does not fit its kind");
}
