import type { Column, Dictionary, Table } from "../tables/table.ts";
import { bandIndex, bandsOf } from "./band-edges.ts";
import type { Condition } from "./condition.ts";
import { periodCondition, periodName, periodOf } from "./periods.ts";
import type { Dimension } from "./slice-entry.ts";

/**
 * One column seen as a list of values: what `each` lists and `cross` combines. Codes are handed out while blocks are
 * read, so no pass is needed to learn the values; a code means the same in all blocks.
 */
export interface Axis {
  readonly column: string;
  /** Codes handed out so far, plus one for null: all codes are below it, save {@link AXIS_CAPACITY}. */
  readonly size: number;
  /** True once a value found no code; its rows get {@link AXIS_CAPACITY}. */
  readonly overflowed: boolean;
  encode(block: Table): AxisCodes;
  /** The value of a code: its name without the column, its condition, and its place in order. */
  member(code: number): { readonly name: string; readonly condition: Condition; readonly order: number | string };
}

/** The codes of a block's rows: a dictionary's codes as they stand with a table, so that no row is touched. */
export interface AxisCodes {
  readonly raw: Uint8Array | Uint16Array;
  /** The axis's code of each raw code; null where they are the same. */
  readonly codeOf: Uint16Array | null;
}

/** No axis has this many values, whatever the limit of its entry. */
export const AXIS_CAPACITY = 10_000;

/** @param edges the inner edges of a banded dimension, given or learnt */
export function createAxis(dimension: Dimension, edges: readonly number[]): Axis {
  if (dimension.by === "period") return createPeriodAxis(dimension);
  if (dimension.by === "edges" || dimension.by === "quantiles") return createBandAxis(dimension.column, edges);
  return createValueAxis(dimension.column);
}

function columnOf(block: Table, name: string): Column {
  return block.columns.get(name)!;
}

const nullMember = (column: string) => ({
  name: "null",
  condition: { kind: "null", column, isNull: true } as const,
  order: Number.POSITIVE_INFINITY,
});

function createBandAxis(column: string, edges: readonly number[]): Axis {
  const bands = edges.length === 0 ? [] : bandsOf(column, edges);
  // All values alike make one band, which is everything that is not null.
  if (bands.length === 0) bands.push({ name: "any", condition: { kind: "null", column, isNull: false } });
  const nullBand = bands.length;
  return {
    column,
    size: bands.length + 1,
    overflowed: false,
    encode(block) {
      const out = new Uint16Array(block.rows);
      const source = columnOf(block, column);
      if (source.kind !== "category") {
        const { values, nulls } = source;
        for (let i = 0; i < block.rows; i++) {
          const value = values[i]!;
          out[i] = value !== value || nulls?.[i] === 1 ? nullBand : bandIndex(value, edges);
        }
      }
      return { raw: out, codeOf: null };
    },
    member: (code) => (code === nullBand ? nullMember(column) : { ...bands[code]!, order: code }),
  };
}

/** Codes of numbers in order of first appearance, up to a capacity; small whole numbers by direct address. */
function createNumberCodes(capacity: number) {
  const numbers: number[] = [];
  const others = new Map<number, number>();
  const small = new Int32Array(65536).fill(-1);
  const state = { overflowed: false };
  const added = (value: number): number => {
    if (numbers.length >= capacity) {
      state.overflowed = true;
      return -1;
    }
    numbers.push(value === 0 ? 0 : value);
    return numbers.length - 1;
  };
  return {
    numbers,
    state,
    code(value: number): number {
      if (value >= 0 && value < 65536 && value % 1 === 0) {
        const known = small[value]!;
        if (known >= 0) return known;
        const code = added(value);
        small[value] = code;
        return code;
      }
      const known = others.get(value);
      if (known !== undefined) return known;
      const code = added(value);
      if (code >= 0) others.set(value, code);
      return code;
    },
  };
}

function createPeriodAxis(dimension: Extract<Dimension, { by: "period" }>): Axis {
  const { column, period } = dimension;
  const codes = createNumberCodes(AXIS_CAPACITY - 1);
  return {
    column,
    get size() {
      return codes.numbers.length + 1;
    },
    get overflowed() {
      return codes.state.overflowed;
    },
    encode(block) {
      const out = new Uint16Array(block.rows);
      const own = { raw: out, codeOf: null };
      const source = columnOf(block, column);
      if (source.kind === "category") return own;
      const { values, nulls } = source;
      let lastHour = Number.NaN;
      let lastCode = 0;
      for (let i = 0; i < block.rows; i++) {
        const value = values[i]!;
        if (value !== value || nulls?.[i] === 1) {
          out[i] = 0;
          continue;
        }
        const hour = Math.floor(value / 3_600_000);
        if (hour !== lastHour) {
          const code = codes.code(periodOf(value, period));
          lastCode = code < 0 ? AXIS_CAPACITY : code + 1;
          lastHour = hour;
        }
        out[i] = lastCode;
      }
      return own;
    },
    member(code) {
      if (code === 0) return nullMember(column);
      const value = codes.numbers[code - 1]!;
      return { name: periodName(value, period), condition: periodCondition(column, value, period), order: value };
    },
  };
}

/** Quoted where the bare text would read as null, as nothing, or as the name of a cross. */
function unmistakable(text: string): string {
  const plain =
    text !== "" && text !== "null" && text.trim() === text && !text.includes(" & ") && !text.startsWith('"');
  return plain ? text : JSON.stringify(text);
}

/** Every value as it stands: texts by dictionary, true and false, numbers. Code 0 is null. */
function createValueAxis(column: string): Axis {
  const texts: string[] = [];
  const codeOfText = new Map<string, number>();
  const codeTables = new WeakMap<Dictionary, Uint16Array>();
  const numbers = createNumberCodes(AXIS_CAPACITY - 1);
  let kind: Column["kind"] = "category";
  let overflowed = false;
  const textCode = (text: string): number => {
    const known = codeOfText.get(text);
    if (known !== undefined) return known;
    if (texts.length >= AXIS_CAPACITY - 1) return AXIS_CAPACITY;
    texts.push(text);
    codeOfText.set(text, texts.length);
    return texts.length;
  };
  const tableOf = (dictionary: Dictionary): Uint16Array => {
    const known = codeTables.get(dictionary);
    if (known !== undefined) return known;
    // Raw codes beyond the texts (null, or a dictionary that overflows anyway) read as null.
    const made = new Uint16Array(0x10000);
    dictionary.texts.slice(0, 0xffff).forEach((text, raw) => {
      made[raw] = textCode(text);
    });
    codeTables.set(dictionary, made);
    return made;
  };
  return {
    column,
    get size() {
      return Math.max(texts.length, numbers.numbers.length) + 1;
    },
    get overflowed() {
      return overflowed || numbers.state.overflowed;
    },
    encode(block) {
      const source = columnOf(block, column);
      kind = source.kind;
      if (source.kind === "category") {
        if (source.dictionary.texts.length >= AXIS_CAPACITY) overflowed = true;
        const { codes } = source;
        return codes instanceof Uint32Array
          ? { raw: narrowed(codes, tableOf(source.dictionary)), codeOf: null }
          : { raw: codes, codeOf: tableOf(source.dictionary) };
      }
      const out = new Uint16Array(block.rows);
      const isBoolean = source.kind === "boolean";
      const { values, nulls } = source;
      for (let i = 0; i < block.rows; i++) {
        const value = values[i]!;
        if (value !== value || nulls?.[i] === 1 || (isBoolean && value > 1)) {
          out[i] = 0;
          continue;
        }
        const code = numbers.code(value);
        out[i] = code < 0 ? AXIS_CAPACITY : code + 1;
      }
      return { raw: out, codeOf: null };
    },
    member(code) {
      if (code === 0) return nullMember(column);
      if (kind === "category") {
        const text = texts[code - 1]!;
        return { name: unmistakable(text), condition: { kind: "is", column, values: [text] }, order: text };
      }
      const value = numbers.numbers[code - 1]!;
      const scalar = kind === "boolean" ? value === 1 : value;
      return { name: String(scalar), condition: { kind: "is", column, values: [scalar] }, order: value };
    },
  };
}

function narrowed(codes: Uint32Array, table: Uint16Array): Uint16Array {
  const out = new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = codes[i]! < table.length ? table[codes[i]!]! : 0;
  return out;
}
